import { type CheckpointAttempt, isCheckpointOnItsWay } from "../../domain/records/method-attempts/checkpoint-attempt";
import { ignoreFullVolume } from "../session/host-failure";
import type { Operation } from "../session/operation";
import type { CheckpointEvidence } from "./checkpoint-evidence";
import { hostTimeOf } from "./checkpoint-look";

/** How long a call may take that had looked at its record before that was written anew. */
const CALL_ON_ITS_WAY_MS = 1000;

/**
 * Makes an attempt that is under way this run's: the run that began it has no say in it from then on. A call of it that has not begun by
 * then never does, for it rests on the record as it was. One that has begun is waited for, so that nobody decides beside it.
 */
export async function overtakeCheckpoint(operation: Operation, evidence: CheckpointEvidence): Promise<CheckpointAttempt | undefined> {
  const attempt = evidence.read();
  if (attempt === undefined) return undefined;
  const isOpen = isCheckpointOnItsWay(attempt);
  const overtakenAt = attempt.overtakenAt ?? (isOpen ? await hostTimeOf(operation, attempt) : undefined);
  const mine = { ...attempt, run: operation.run, ...(overtakenAt !== undefined && { overtakenAt }) };
  if (mine.run !== attempt.run || mine.overtakenAt !== attempt.overtakenAt) await evidence.write(mine).catch(ignoreFullVolume);
  if (isOpen) await operation.clock.sleep(Math.min(CALL_ON_ITS_WAY_MS, Math.max(operation.remaining(), 0)));
  return mine;
}
