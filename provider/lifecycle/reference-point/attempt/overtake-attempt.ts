import { isPointOnItsWay, type PointAttempt } from "../../../domain/records/method-attempts/point-attempt";
import { ignoreFullVolume } from "../../session/host-failure";
import type { Operation } from "../../session/operation";
import type { PointEvidence } from "../record/point-evidence";
import { pointJobsOf } from "./what-has-come";

/** How long a call may take that had looked at its record before that was written anew. */
const CALL_ON_ITS_WAY_MS = 1000;

/**
 * Makes an attempt that is under way this run's: the run that began it has no say in it from then on. A call of it that has not begun by
 * then never does, for it rests on the record as it was: also one of this run, whose connection broke. One that has begun is waited for,
 * so that nobody decides beside it. On a full volume the wait must do: a destroy is what makes room there.
 */
export async function overtakeAttempt(operation: Operation, evidence: PointEvidence): Promise<PointAttempt | undefined> {
  const attempt = evidence.read();
  if (attempt === undefined) return undefined;
  const mine = { ...attempt, run: operation.run, ...(await endOfCalls(operation, attempt)) };
  if (mine.run !== attempt.run || mine.overtakenAt !== attempt.overtakenAt) await evidence.write(mine).catch(ignoreFullVolume);
  if (isPointOnItsWay(mine)) await operation.clock.sleep(Math.min(CALL_ON_ITS_WAY_MS, Math.max(operation.remaining(), 0)));
  return mine;
}

async function endOfCalls(operation: Operation, attempt: PointAttempt): Promise<Pick<PointAttempt, "overtakenAt">> {
  if (!isPointOnItsWay(attempt) || attempt.overtakenAt !== undefined) return {};
  const { hostTime } = await pointJobsOf(operation, attempt.virtualMachineId, attempt.virtualMachineName);
  return { overtakenAt: hostTime };
}
