import { ExportError } from "../../domain/errors/export-error";
import { jobOutcome } from "../../domain/hyperv/job-state";
import type { CheckpointJob, JobPath, PointRefusal, Precondition } from "../../host/port";
import { explain, pointRefusalCodes } from "../session/host-failure";
import { CANCEL_LIMIT_MS, endJob } from "../session/job/end-job";
import { type WatchedEnd, watchToEnd } from "../session/job/job-watch";
import type { Operation } from "../session/operation";
import { requireUnchanged } from "../session/unchanged";

export interface CheckpointWork {
  /** As errors name it: "make a recovery checkpoint". */
  readonly step: string;
  readonly subject: string;
  /** As the live status names it: "making a recovery checkpoint". */
  readonly doing: string;
  /** timeouts.stall. */
  readonly stall: string;
  /** What is seen on a machine and was to be left out: no reason for a failure. */
  readonly ignored?: readonly PointRefusal[];
  /** What must still hold when the job is told to stop: once another run has changed it, the job is that run's. */
  readonly condition: () => Precondition | undefined;
}

/** Watches a job that makes, converts or removes a checkpoint to its end. */
export function watchCheckpointJob(operation: Operation, path: JobPath, work: CheckpointWork): Promise<WatchedEnd<CheckpointJob>> {
  return watchToEnd(operation, {
    ...work,
    poll: () => operation.host.pollCheckpointJob(path),
    cancel: () => endCheckpointJob(operation, path, work.condition(), CANCEL_LIMIT_MS),
    onRunning: async () => {},
    failure: ({ refusals = [] }) => {
      const seen = refusals.find((one) => !work.ignored?.includes(one));
      // What is seen on the machine says more than the job.
      if (seen !== undefined) return { code: pointRefusalCodes[seen] };
      return { remedy: "Mend what the job complains of (the Hyper-V-VMMS event log of the host says more), and run the command again." };
    },
  });
}

/** Tells the job to stop and waits, for a bounded time, until it has ended. False when its end was not seen. */
export async function endCheckpointJob(
  operation: Operation,
  path: JobPath,
  onlyIf: Precondition | undefined,
  limit: number,
): Promise<boolean> {
  if (onlyIf) await requireUnchanged(operation.extended(limit), "cancel the job about the checkpoint", "record", onlyIf);
  return endJob(operation, path, () => operation.host.pollCheckpointJob(path), limit);
}

const CANCEL = "cancel the job about the checkpoint";

/** The same where nothing can be done before it has ended. */
export async function requireCheckpointJobEnded(
  operation: Operation,
  { path, jobState }: Pick<CheckpointJob, "path" | "jobState">,
  subject: string,
  onlyIf: Precondition,
): Promise<void> {
  if (jobOutcome(jobState) !== "running") return;
  operation.progress(CANCEL);
  const limit = Math.max(Math.min(operation.remaining(), CANCEL_LIMIT_MS), 0);
  const isEnded = await endCheckpointJob(operation, path, onlyIf, limit).catch((error: unknown) => {
    throw explain(error, CANCEL, subject);
  });
  const reason = "the job was told to stop, but its end was not seen";
  if (!isEnded) throw new ExportError("timed-out", { step: CANCEL, subject, reason });
}
