import { ExportError } from "../../../domain/errors/export-error";
import { jobOutcome, jobStates } from "../../../domain/hyperv/job-state";
import { nextPollDelay } from "../../../domain/hyperv/poll-interval";
import { describeReturnCode, returnCodes } from "../../../domain/hyperv/return-codes";
import { durationOf } from "../../../domain/reference-point-export/time-limit";
import { formatBytes } from "../../../domain/values/byte-size";
import { formatDuration } from "../../../domain/values/duration";
import type { HostJob } from "../../../host/port";
import { explain, isConnectionFailure, isSuperseded } from "../host-failure";
import type { Operation } from "../operation";

/** How long the last look at a job may take, beyond the operation's own time. */
const LAST_LOOK_MS = 10_000;

/** A job of the host, whatever its work is, and how it is spoken of. */
export interface WatchedJob<Job extends HostJob> {
  /** What fails if it does, as a verb phrase, and of what. */
  readonly step: string;
  readonly subject: string;
  /** "exporting": in the live status, before the percents. */
  readonly doing: string;
  /** timeouts.stall. */
  readonly stall: string;
  poll(): Promise<Job | undefined>;
  /** Tells it to stop; false when its end was not seen. What another run has taken over is refused (`superseded`). */
  cancel(): Promise<boolean>;
  /** Called at each look that shows the job running: a job that ends at once needs no record. */
  onRunning(job: Job): Promise<unknown>;
  /** Code and remedy of one that has failed, where more is known than that. */
  failure(job: Job): Partial<Pick<ExportError, "code" | "remedy">>;
}

export type WatchedEnd<Job> =
  | { readonly kind: "succeeded"; readonly job: Job; readonly warnings: readonly string[] }
  /** No longer listed: what it has made must tell. */
  | { readonly kind: "vanished" }
  /** The job failed with a code that may not come again. */
  | { readonly kind: "failedForNow"; readonly error: ExportError };

/** What a job does in bytes, where it tells. */
type ByteProgress = { readonly bytesWritten?: number; readonly bytesExpected?: number };

/**
 * Watches a job to its end. A job that makes no progress for timeouts.stall, and one that outlasts the operation, is cancelled, but not
 * before one more look: this process may have been stopped for longer than that, while the job went on. A broken connection is borne
 * for as long as a standing job is.
 */
export async function watchToEnd<Job extends HostJob & ByteProgress>(
  operation: Operation,
  watched: WatchedJob<Job>,
): Promise<WatchedEnd<Job>> {
  const { step, subject, doing } = watched;
  const stallMs = durationOf(watched.stall);
  const { clock } = operation;
  const progress = new JobProgress(clock.now());
  let broken = 0;
  let isDoubted = false;
  for (;;) {
    try {
      const job = await operation.withinTime(step, subject, watched.poll());
      if (job === undefined) return { kind: "vanished" };
      broken = 0;
      const end = endOfJob(watched, job);
      if (end) return end;
      await watched.onRunning(job);
      progress.note(job, clock.now());
      operation.progress(`${doing} ${progress.describe(job, clock.now())}`);
      const idle = clock.now() - progress.changedAt;
      if (idle >= stallMs) {
        if (isDoubted) throw await stalled(watched, job);
        isDoubted = true;
        continue;
      }
      isDoubted = false;
      const wait = nextPollDelay(progress.elapsed(clock.now()), job.percentComplete);
      await clock.sleep(Math.min(wait, stallMs - idle, Math.max(operation.remaining(), 0)));
      if (operation.isOver()) throw operation.timedOut(step, subject);
    } catch (error) {
      if (isConnectionFailure(error) && clock.now() - progress.changedAt < stallMs && !operation.isOver()) {
        await operation.backOff(++broken, `${operation.surroundings.hostName} does not answer; its job goes on`);
        continue;
      }
      const reason = explain(error, step, subject);
      if (reason.code !== "timed-out") throw reason;
      return await endAtLimit(operation, watched, reason);
    }
  }
}

/** One more look at a job when the time is over: one that has ended meanwhile is not cancelled. */
async function endAtLimit<Job extends HostJob>(
  operation: Operation,
  watched: WatchedJob<Job>,
  reason: ExportError,
): Promise<WatchedEnd<Job>> {
  const late = operation.extended(LAST_LOOK_MS);
  const job = await late.withinTime(watched.step, watched.subject, watched.poll()).catch(() => undefined);
  const end = job && endOfJob(watched, job);
  if (end) return end;
  await watched.cancel().catch((error: unknown) => {
    if (isSuperseded(error)) throw error;
  });
  throw reason;
}

function endOfJob<Job extends HostJob>({ step, subject, failure }: WatchedJob<Job>, job: Job): WatchedEnd<Job> | undefined {
  switch (jobOutcome(job.jobState)) {
    case "running":
      return undefined;
    case "succeeded":
      return { kind: "succeeded", job, warnings: warningsOf(job) };
    case "terminated":
      throw new ExportError("job-terminated", { step, subject, reason: `the job was terminated at ${job.percentComplete} %` });
    case "failed": {
      const told = job.errorCode === 0 ? "no error code" : `error ${describeReturnCode(job.errorCode)}`;
      const reason = `the job failed at ${job.percentComplete} % with ${told}: ${job.errorDescription ?? "no description"}`;
      const { code = "job-failed", remedy } = failure(job);
      const error = new ExportError(code, { step, subject, reason, ...(remedy !== undefined && { remedy }) });
      const transient = returnCodes.some((row) => row.code === job.errorCode && row.transient);
      if (transient) return { kind: "failedForNow", error };
      throw error;
    }
  }
}

function warningsOf(job: HostJob): string[] {
  if (job.jobState !== jobStates.completedWithWarnings) return [];
  return [`the job completed with warnings: ${job.errorDescription ?? "no description"}`];
}

async function stalled<Job extends HostJob>(watched: WatchedJob<Job>, job: Job): Promise<ExportError> {
  const cancelled = await watched.cancel().catch((error: unknown) => {
    if (isSuperseded(error)) throw error;
    return false;
  });
  const after = cancelled ? "it was cancelled" : "it was told to stop, but its end was not seen";
  return new ExportError("job-stalled", {
    step: watched.step,
    subject: watched.subject,
    reason: `the job stood still at ${job.percentComplete} % for ${formatDuration(durationOf(watched.stall))}; ${after}`,
  });
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

  note(job: HostJob & ByteProgress, now: number): void {
    const bytes = job.bytesWritten ?? 0;
    this.firstBytes ??= bytes;
    if (job.percentComplete !== this.percent || bytes !== this.bytes) this.changedAt = now;
    this.percent = job.percentComplete;
    this.bytes = bytes;
  }

  elapsed(now: number): number {
    return now - this.startedAt;
  }

  describe(job: HostJob & ByteProgress, now: number): string {
    const done = `${job.percentComplete} %`;
    if (job.bytesWritten === undefined) return done;
    const of = job.bytesExpected === undefined ? "" : ` of ${formatBytes(job.bytesExpected)}`;
    const seconds = this.elapsed(now) / 1000;
    const rate = seconds < 1 ? "" : `, ${formatBytes((job.bytesWritten - (this.firstBytes ?? 0)) / seconds)}/s`;
    return `${done} (${formatBytes(job.bytesWritten)}${of}${rate})`;
  }
}
