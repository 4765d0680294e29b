import { jobRemedy } from "../../domain/hyperv/job-remedies";
import { namedBelow } from "../../domain/listing/written-files";
import type { NamedFile } from "../../domain/records/attempt";
import type { ExportTarget } from "../../domain/records/export-target";
import type { ExportJob, JobPath, Place } from "../../host/port";
import type { SeenClaim } from "../directory/seen-claim";
import { type WatchedEnd as WatchedEndOf, watchToEnd } from "../session/job/job-watch";
import type { Operation } from "../session/operation";
import { cancelJob } from "./cancel-job";
import { methodOf } from "./export-method";

export type WatchedEnd = WatchedEndOf<ExportJob>;

/**
 * Watches an export's job to its end.
 *
 * @param seen the claim that makes the job ours to cancel
 * @param onRunning called at each look that shows the job running: a job that ends at once needs no record
 */
export function watchJob(
  operation: Operation,
  path: JobPath,
  target: ExportTarget,
  subject: string,
  stall: string,
  seen: SeenClaim,
  onRunning: (job: ExportJob) => Promise<unknown>,
): Promise<WatchedEnd> {
  const method = methodOf(target);
  const poll = () => method.poll(operation.host, path, target, seen.directory);
  return watchToEnd(operation, {
    step: method.step,
    subject,
    doing: "exporting",
    stall,
    poll,
    cancel: () => cancelJob(operation, path, poll, seen),
    onRunning,
    failure: ({ errorDescription }) => {
      const remedy = jobRemedy(errorDescription);
      return remedy === undefined ? {} : { remedy };
    },
  });
}

/** The files that a job names and that lie in a place, relative to it. */
export function namedIn(operation: Operation, { directory, canonicalPath }: Place, { exportedFiles }: ExportJob): NamedFile[] {
  return namedBelow([directory, canonicalPath], exportedFiles, operation.paths);
}
