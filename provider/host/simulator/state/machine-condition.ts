import { z } from "zod";

/** What a machine of the lab is like, as far as it decides what becomes of its points and checkpoints. Absent: all is well. */
export const machineCondition = z.strictObject({
  guestBackup: z.enum(["works", "fallsBack", "fails"]).default("works"),
  passThroughDisk: z.boolean().default(false),
  replica: z.boolean().default(false),
  checkpointRunning: z.boolean().default(false),
  chainLocked: z.boolean().default(false),
});

export type MachineCondition = z.infer<typeof machineCondition>;

const WELL = machineCondition.parse({});

export function conditionOf(machine: { readonly condition?: MachineCondition | undefined }): MachineCondition {
  return machine.condition ?? WELL;
}

/** The drive of the machine that a disk of the host is passed through to. */
export function passThroughDriveId(machine: { readonly Name: string }): string {
  return `Microsoft:${machine.Name}\\9BF9E9A5-0AD4-4C4C-8C1B-5E8D4F5C1B4C\\0\\7\\D`;
}
