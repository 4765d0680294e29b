import { z } from "zod";

/** One call of a method that makes something of a machine: written down before it is made, so that what a killed run made is known again. */
export const methodAttempt = z.object({
  /** The run that is at it: a run that goes on with the attempt of another writes its own here first. */
  run: z.string().max(100),
  virtualMachineId: z.string(),
  virtualMachineName: z.string(),
  consistency: z.enum(["application", "crash"]),
  /** Jobs that were listed before the call: never ours. */
  jobsBefore: z.array(z.string()),
  /** ISO 8601: right before the call. */
  startedAt: z.string(),
  /** The same by the host's own clock, by which its jobs' start goes. */
  hostTime: z.string(),
  /** By that clock: the record has been written anew since, which the call rests on, so it begins no more. */
  overtakenAt: z.string().optional(),
  /** The host has refused the call, or its job has failed: nothing comes of it. */
  isRefused: z.boolean().optional(),
  jobPath: z.string().optional(),
});

/** Whether nothing shows that the call has come to an end: it may be on its way still. */
export function isOnItsWay(
  { jobPath, isRefused }: Pick<z.infer<typeof methodAttempt>, "jobPath" | "isRefused">,
  made: string | undefined,
): boolean {
  return jobPath === undefined && made === undefined && isRefused !== true;
}
