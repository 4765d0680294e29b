import { z } from "zod";
import { isOnItsWay, methodAttempt } from "./method-attempt";

/** One go at making a reference point. */
export const pointAttempt = methodAttempt.extend({
  /** Points that were listed before the call: never ours. */
  pointsBefore: z.array(z.string()),
  /** The call was not seen to start the job: it was found by its time. A point of another consistency is not what the call asked for. */
  isFoundByTime: z.boolean().optional(),
  /** The point that is proved to be ours. */
  referencePointId: z.string().optional(),
});

export type PointAttempt = z.infer<typeof pointAttempt>;

export function isPointOnItsWay(attempt: PointAttempt): boolean {
  return isOnItsWay(attempt, attempt.referencePointId);
}
