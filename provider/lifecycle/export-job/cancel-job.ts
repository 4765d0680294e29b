import { jobOutcome } from "../../domain/hyperv/job-state";
import type { ExportJob, JobPath } from "../../host/port";
import { requireSeen, type SeenClaim } from "../directory/seen-claim";
import { isConnectionFailure } from "../session/host-failure";
import type { Operation } from "../session/operation";

/** How long the end of a cancelled job is waited for, beyond the operation's own time if need be. */
const CANCEL_LIMIT_MS = 30_000;
const CANCEL_POLL_MS = 250;

/**
 * Cancels a job and waits, for a bounded time, until it has ended. False when its end was not seen.
 *
 * @param seen the claim that makes the job ours: once another run has changed it, the job is that run's
 */
export async function cancelJob(
  operation: Operation,
  path: JobPath,
  seen: SeenClaim | undefined,
  limit = CANCEL_LIMIT_MS,
): Promise<boolean> {
  const { clock, host } = operation;
  if (seen) await requireSeen(operation.extended(limit), "cancel the export job", seen);
  const until = clock.now() + limit;
  const inTime = <T>(answer: Promise<T>) => Promise.race([answer, clock.sleep(Math.max(until - clock.now(), 0)).then(() => undefined)]);
  let asked = false;
  while (clock.now() < until) {
    try {
      if (!asked) await inTime(host.terminateJob(path));
      asked = true;
      const job = await inTime(host.pollJob(path).then((found) => ({ found })));
      if (job && (job.found === undefined || jobOutcome(job.found.jobState) !== "running")) return true;
    } catch (error) {
      if (!isConnectionFailure(error)) throw error;
    }
    await clock.sleep(CANCEL_POLL_MS);
  }
  return false;
}

/**
 * Cancels a job that nobody has seen: the method was not answered in time and may have started one all the same. Does what can be
 * done in bounded time; the next run finds the job if this fails.
 */
export async function cancelUnseen(
  operation: Operation,
  directory: string,
  seen: SeenClaim,
  isOurs: (job: ExportJob) => boolean,
): Promise<void> {
  const { clock, host } = operation;
  try {
    const listed = await Promise.race([host.findExportJobs(directory), clock.sleep(CANCEL_LIMIT_MS).then(() => [])]);
    const running = listed.filter((job) => isOurs(job) && jobOutcome(job.jobState) === "running");
    await Promise.all(running.map((job) => cancelJob(operation, job.path, seen)));
  } catch {
    // The operation fails with what came first.
  }
}
