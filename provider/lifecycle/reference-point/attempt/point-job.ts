import type { ExportError } from "../../../domain/errors/export-error";
import type { JobPath, PointJob, Precondition } from "../../../host/port";
import { pointRefusalCodes } from "../../session/host-failure";
import { CANCEL_LIMIT_MS, endJob } from "../../session/job/end-job";
import { type WatchedEnd, watchToEnd } from "../../session/job/job-watch";
import type { Operation } from "../../session/operation";
import { requireUnchanged } from "../../session/unchanged";

export interface PointWork {
  /** As errors name it: "make the reference point". */
  readonly step: string;
  readonly subject: string;
  /** As the live status names it: "making the reference point". */
  readonly doing: string;
  /** timeouts.stall. */
  readonly stall: string;
  /** What must still hold when the job is told to stop: once another run has changed it, the job is that run's. */
  readonly condition: () => Precondition | undefined;
}

/** Watches a job that makes or destroys a point to its end. */
export function watchPointJob(operation: Operation, path: JobPath, work: PointWork): Promise<WatchedEnd<PointJob>> {
  const poll = () => operation.host.pollPointJob(path);
  return watchToEnd(operation, {
    ...work,
    poll,
    cancel: () => endPointJob(operation, path, work.condition(), CANCEL_LIMIT_MS),
    onRunning: async () => {},
    failure: failureOf,
  });
}

/** Tells the job to stop and waits, for a bounded time, until it has ended. False when its end was not seen. */
export async function endPointJob(operation: Operation, path: JobPath, onlyIf: Precondition | undefined, limit: number): Promise<boolean> {
  const late = operation.extended(limit);
  if (onlyIf) await requireUnchanged(late, "cancel the job of the reference point", "record", onlyIf);
  return endJob(operation, path, () => operation.host.pollPointJob(path), limit);
}

/** What is seen on the machine says more than the job. */
function failureOf({ refusal, work }: PointJob): Partial<Pick<ExportError, "code" | "remedy">> {
  if (refusal !== undefined) return { code: pointRefusalCodes[refusal] };
  const again = work === "destroy" ? "the next run of the command destroys the point" : "the next pulumi up makes a point";
  return { remedy: `Mend what the job complains of (the Hyper-V-VMMS event log of the host says more); ${again}.` };
}
