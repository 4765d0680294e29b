import { z } from "zod";

/** What a machine of the lab is like, as far as it decides whether a reference point of it can be made. Absent: all is well. */
export const machineCondition = z.strictObject({
  guestBackup: z.enum(["works", "fallsBack", "fails"]).default("works"),
  passThroughDisk: z.boolean().default(false),
  replica: z.boolean().default(false),
  checkpointRunning: z.boolean().default(false),
});

export type MachineCondition = z.infer<typeof machineCondition>;

const WELL = machineCondition.parse({});

export function conditionOf(machine: { readonly condition?: MachineCondition | undefined }): MachineCondition {
  return machine.condition ?? WELL;
}
