import { z } from "zod";
import { exportedDisk } from "../export-target";
import { isOnItsWay, methodAttempt } from "./method-attempt";

/** One go at making a recovery checkpoint. */
export const checkpointAttempt = methodAttempt.extend({
  /** The machine's disks as they were: while a checkpoint stands, nobody can tell how much of them is in use. */
  disks: z.array(exportedDisk),
  /** Instance ids of the machine's disks that no checkpoint holds. */
  disksLeftOut: z.array(z.string()).optional(),
  /** Checkpoints that were listed before the call: never ours. */
  checkpointsBefore: z.array(z.string()),
  /** The checkpoint that is proved to be ours. */
  checkpointId: z.string().optional(),
});

export type CheckpointAttempt = z.infer<typeof checkpointAttempt>;

export function isCheckpointOnItsWay(attempt: CheckpointAttempt): boolean {
  return isOnItsWay(attempt, attempt.checkpointId);
}
