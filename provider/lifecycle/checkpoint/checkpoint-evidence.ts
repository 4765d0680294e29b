import type { CheckpointAttempt } from "../../domain/records/method-attempts/checkpoint-attempt";
import type { Precondition } from "../../host/port";

/**
 * Where a caller keeps what shows which checkpoint is its own: a record on the host, which outlives this process. What is written is there
 * when {@link CheckpointEvidence.write} returns; one that another run has changed meanwhile is not written (`superseded`).
 */
export interface CheckpointEvidence {
  /** The attempt as this run has last seen or written it. */
  read(): CheckpointAttempt | undefined;
  write(attempt: CheckpointAttempt): Promise<void>;
  /** The attempt with what its job, or a look at the host, has told and would tell again: it is written with what comes next. */
  note(attempt: CheckpointAttempt): void;
  /** The record as this run has last seen or written it: what must still hold when a method is called. */
  condition(): Precondition;
}
