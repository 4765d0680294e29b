import { ExportError } from "../../domain/errors/export-error";
import { jobRemedy } from "../../domain/hyperv/job-remedies";
import { jobOutcome, jobStates } from "../../domain/hyperv/job-state";
import { nextPollDelay } from "../../domain/hyperv/poll-interval";
import { describeReturnCode, returnCodes } from "../../domain/hyperv/return-codes";
import { namedBelow } from "../../domain/listing/written-files";
import type { NamedFile } from "../../domain/records/attempt";
import { durationOf } from "../../domain/reference-point-export/time-limit";
import { formatBytes } from "../../domain/values/byte-size";
import { formatDuration } from "../../domain/values/duration";
import type { ExportJob, JobPath, Place } from "../../host/port";
import { isSuperseded, type SeenClaim } from "../directory/seen-claim";
import { explain, isConnectionFailure } from "../session/host-failure";
import type { Operation } from "../session/operation";
import { cancelJob } from "./cancel-job";

export const EXPORT_STEP = "export the reference point";

/** How long the last look at a job may take, beyond the operation's own time. */
const LAST_LOOK_MS = 10_000;

export type WatchedEnd =
  | { readonly kind: "succeeded"; readonly job: ExportJob; readonly warnings: readonly string[] }
  /** No longer listed: the files must tell. */
  | { readonly kind: "vanished" }
  /** The job failed with a code that may not come again. */
  | { readonly kind: "failedForNow"; readonly error: ExportError };

/**
 * Watches a job to its end. A job that makes no progress for timeouts.stall, and one that outlasts the operation, is cancelled, but not
 * before one more look: this process may have been stopped for longer than that, while the job went on. A broken connection is borne
 * for as long as a standing job is.
 *
 * @param seen the claim that makes the job ours to cancel
 * @param onRunning called at each look that shows the job running: a job that ends at once needs no record
 */
export async function watchJob(
  operation: Operation,
  path: JobPath,
  subject: string,
  stall: string,
  seen: SeenClaim,
  onRunning: (job: ExportJob) => Promise<unknown>,
): Promise<WatchedEnd> {
  const stallMs = durationOf(stall);
  const { clock } = operation;
  const watch = new JobProgress(clock.now());
  let broken = 0;
  let isDoubted = false;
  for (;;) {
    try {
      const job = await operation.withinTime(EXPORT_STEP, subject, operation.host.pollJob(path));
      if (job === undefined) return { kind: "vanished" };
      broken = 0;
      const end = endOfJob(job, subject);
      if (end) return end;
      await onRunning(job);
      watch.note(job, clock.now());
      operation.progress(watch.describe(job, clock.now()));
      const idle = clock.now() - watch.changedAt;
      if (idle >= stallMs) {
        if (isDoubted) throw await stalled(operation, path, subject, stall, seen, job);
        isDoubted = true;
        continue;
      }
      isDoubted = false;
      const wait = nextPollDelay(watch.elapsed(clock.now()), job.percentComplete);
      await clock.sleep(Math.min(wait, stallMs - idle, Math.max(operation.remaining(), 0)));
      if (operation.isOver()) throw operation.timedOut(EXPORT_STEP, subject);
    } catch (error) {
      if (isConnectionFailure(error) && clock.now() - watch.changedAt < stallMs && !operation.isOver()) {
        await operation.backOff(++broken, `${operation.surroundings.hostName} does not answer; its job goes on`);
        continue;
      }
      const reason = explain(error, EXPORT_STEP, subject);
      if (reason.code !== "timed-out") throw reason;
      return await endAtLimit(operation, path, subject, seen, reason);
    }
  }
}

/** One more look at a job when the time is over: one that has ended meanwhile is not cancelled. */
async function endAtLimit(operation: Operation, path: JobPath, subject: string, seen: SeenClaim, reason: ExportError): Promise<WatchedEnd> {
  const late = operation.extended(LAST_LOOK_MS);
  const job = await late.withinTime(EXPORT_STEP, subject, operation.host.pollJob(path)).catch(() => undefined);
  const end = job && endOfJob(job, subject);
  if (end) return end;
  await cancelJob(operation, path, seen).catch((error: unknown) => {
    if (isSuperseded(error)) throw error;
  });
  throw reason;
}

function endOfJob(job: ExportJob, subject: string): WatchedEnd | undefined {
  switch (jobOutcome(job.jobState)) {
    case "running":
      return undefined;
    case "succeeded":
      return { kind: "succeeded", job, warnings: warningsOf(job) };
    case "terminated":
      throw new ExportError("job-terminated", { step: EXPORT_STEP, subject, reason: `the job was terminated at ${job.percentComplete} %` });
    case "failed": {
      const code = job.errorCode === 0 ? "no error code" : `error ${describeReturnCode(job.errorCode)}`;
      const reason = `the job failed at ${job.percentComplete} % with ${code}: ${job.errorDescription ?? "no description"}`;
      const remedy = jobRemedy(job.errorDescription);
      const error = new ExportError("job-failed", { step: EXPORT_STEP, subject, reason, ...(remedy !== undefined && { remedy }) });
      const transient = returnCodes.some((row) => row.code === job.errorCode && row.transient);
      if (transient) return { kind: "failedForNow", error };
      throw error;
    }
  }
}

function warningsOf(job: ExportJob): string[] {
  if (job.jobState !== jobStates.completedWithWarnings) return [];
  return [`the job completed with warnings: ${job.errorDescription ?? "no description"}`];
}

async function stalled(
  operation: Operation,
  path: JobPath,
  subject: string,
  stall: string,
  seen: SeenClaim,
  job: ExportJob,
): Promise<ExportError> {
  const cancelled = await cancelJob(operation, path, seen).catch((error: unknown) => {
    if (isSuperseded(error)) throw error;
    return false;
  });
  const after = cancelled ? "it was cancelled" : "it was told to stop, but its end was not seen";
  return new ExportError("job-stalled", {
    step: EXPORT_STEP,
    subject,
    reason: `the job stood still at ${job.percentComplete} % for ${formatDuration(durationOf(stall))}; ${after}`,
  });
}

/** The files that a job names and that lie in a place, relative to it. */
export function namedIn(operation: Operation, { directory, canonicalPath }: Place, { exportedFiles }: ExportJob): NamedFile[] {
  return namedBelow([directory, canonicalPath], exportedFiles, operation.paths);
}

/** What a job has done so far: percent and bytes both count as progress, since a percent of a large disk takes long. */
class JobProgress {
  changedAt: number;
  private percent = -1;
  private bytes = -1;
  private firstBytes: number | undefined;

  constructor(private readonly startedAt: number) {
    this.changedAt = startedAt;
  }

  note(job: ExportJob, now: number): void {
    const bytes = job.bytesWritten ?? 0;
    this.firstBytes ??= bytes;
    if (job.percentComplete !== this.percent || bytes !== this.bytes) this.changedAt = now;
    this.percent = job.percentComplete;
    this.bytes = bytes;
  }

  elapsed(now: number): number {
    return now - this.startedAt;
  }

  describe(job: ExportJob, now: number): string {
    const done = `exporting ${job.percentComplete} %`;
    if (job.bytesWritten === undefined) return done;
    const of = job.bytesExpected === undefined ? "" : ` of ${formatBytes(job.bytesExpected)}`;
    const seconds = this.elapsed(now) / 1000;
    const rate = seconds < 1 ? "" : `, ${formatBytes((job.bytesWritten - (this.firstBytes ?? 0)) / seconds)}/s`;
    return `${done} (${formatBytes(job.bytesWritten)}${of}${rate})`;
  }
}
