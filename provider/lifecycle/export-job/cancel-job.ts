import { jobOutcome } from "../../domain/hyperv/job-state";
import type { Attempt } from "../../domain/records/attempt";
import type { ExportJob, JobPath } from "../../host/port";
import { requireSeen, type SeenClaim } from "../directory/seen-claim";
import { CANCEL_LIMIT_MS, endJob } from "../session/job/end-job";
import type { Operation } from "../session/operation";
import { methodOf } from "./export-method";

/**
 * Cancels a job and waits, for a bounded time, until it has ended. False when its end was not seen.
 *
 * @param seen the claim that makes the job ours: once another run has changed it, the job is that run's
 */
export async function cancelJob(
  operation: Operation,
  path: JobPath,
  poll: () => Promise<ExportJob | undefined>,
  seen: SeenClaim | undefined,
  limit = CANCEL_LIMIT_MS,
): Promise<boolean> {
  if (seen) await requireSeen(operation.extended(limit), "cancel the export job", seen);
  return endJob(operation, path, poll, limit);
}

/**
 * Cancels a job that nobody has seen: the method was not answered in time and may have started one all the same. Does what can be
 * done in bounded time; the next run finds the job if this fails.
 */
export async function cancelUnseen(
  operation: Operation,
  attempt: Attempt,
  directory: string,
  seen: SeenClaim,
  isOurs: (job: ExportJob) => boolean,
): Promise<void> {
  const { clock, host } = operation;
  const method = methodOf(attempt.target);
  try {
    const listed = await Promise.race([method.list(host, attempt, directory), clock.sleep(CANCEL_LIMIT_MS).then(() => [])]);
    const running = listed.filter((job) => isOurs(job) && jobOutcome(job.jobState) === "running");
    const poll = (path: JobPath) => () => method.poll(host, path, attempt.target, directory);
    await Promise.all(running.map((job) => cancelJob(operation, job.path, poll(job.path), seen)));
  } catch {
    // The operation fails with what came first.
  }
}
