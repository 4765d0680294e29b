import type { PointAttempt } from "../../../domain/records/method-attempts/point-attempt";
import type { Precondition } from "../../../host/port";

/**
 * Where a caller keeps what shows which point is its own: a record on the host, which outlives this process. What is written is there
 * when {@link PointEvidence.write} returns; one that another run has changed meanwhile is not written (`superseded`).
 */
export interface PointEvidence {
  /** The attempt as this run has last seen or written it. */
  read(): PointAttempt | undefined;
  write(attempt: PointAttempt): Promise<void>;
  /** The record as this run has last seen or written it: what must still hold when the method is called. */
  condition(): Precondition;
}
