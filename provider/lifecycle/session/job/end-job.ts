import { jobOutcome } from "../../../domain/hyperv/job-state";
import type { HostJob, JobPath } from "../../../host/port";
import { isConnectionFailure } from "../host-failure";
import type { Operation } from "../operation";

/** How long the end of a cancelled job is waited for, beyond the operation's own time if need be. */
export const CANCEL_LIMIT_MS = 30_000;
const CANCEL_POLL_MS = 250;

/** Tells a job to stop and waits, for a bounded time, until it has ended. False when its end was not seen. */
export async function endJob(
  { clock, host }: Operation,
  path: JobPath,
  poll: () => Promise<HostJob | undefined>,
  limit: number,
): Promise<boolean> {
  const until = clock.now() + limit;
  const inTime = <T>(answer: Promise<T>) => Promise.race([answer, clock.sleep(Math.max(until - clock.now(), 0)).then(() => undefined)]);
  let asked = false;
  while (clock.now() < until) {
    try {
      if (!asked) asked = (await inTime(host.terminateJob(path).then(() => true))) ?? false;
      const job = await inTime(poll().then((found) => ({ found })));
      if (job && (job.found === undefined || jobOutcome(job.found.jobState) !== "running")) return true;
    } catch (error) {
      if (!isConnectionFailure(error)) throw error;
    }
    await clock.sleep(CANCEL_POLL_MS);
  }
  return false;
}
