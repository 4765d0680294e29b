import { type ExportError, isExportError } from "../../domain/errors/export-error";
import type { Attempt } from "../../domain/records/attempt";
import type { ClaimedDirectory } from "../directory/claimed-directory";
import { isRefusal } from "../session/host-failure";
import type { Operation } from "../session/operation";
import { endAttempt } from "./discard-attempt";
import { whatHasRun } from "./what-has-run";

/** How long the record of an end may take, beyond the operation's own time if need be. */
const RECORD_LIMIT_MS = 10_000;

/**
 * Records what this go has left, if it is known to have ended: that must not pass for an export once its job is forgotten, and what
 * comes into the place from now on is somebody's. The record only helps: without it the next run finds the same by the job that is still
 * listed.
 */
export async function recordEnd(operation: Operation, directory: ClaimedDirectory, attempt: Attempt, error: unknown): Promise<void> {
  const known = directory.claim.attempt ?? attempt;
  const late = operation.extended(RECORD_LIMIT_MS);
  try {
    if (isExportError(error) && (await cameToNothing(late, directory, known, error))) await endAttempt(late, directory, known);
  } catch {
    // The failure itself is what must be told.
  }
}

/**
 * The host has said so, or the method was refused or its job cancelled, and no job of ours runs or was done before. A call that was not
 * answered may start one yet.
 */
async function cameToNothing(operation: Operation, directory: ClaimedDirectory, attempt: Attempt, error: ExportError): Promise<boolean> {
  if (error.code === "export-incomplete" || error.code === "job-failed" || error.code === "job-terminated") return true;
  const isCancelled = (error.code === "job-stalled" || error.code === "timed-out") && attempt.state === "running";
  return (isCancelled || isRefusal(error.cause)) && (await whatHasRun(operation, directory, attempt)).kind === "nothing";
}
