import { ExportError } from "../../domain/errors/export-error";
import { jobOutcome } from "../../domain/hyperv/job-state";
import { type Attempt, voided } from "../../domain/records/attempt";
import { filesOfAttempt } from "../../domain/records/export-files";
import { MANIFEST_FILE } from "../../domain/records/record-names";
import type { ClaimedDirectory } from "../directory/claimed-directory";
import { lookAt } from "../directory/look";
import { removeFiles } from "../directory/remove-files";
import { explain, ignoreFullVolume } from "../session/host-failure";
import type { Operation } from "../session/operation";
import { cancelJob } from "./cancel-job";

/**
 * Ends what still writes into the attempt's place and removes what its job has written there, so that it can be written anew or be
 * given up. Foreign files stay.
 */
export async function discardAttempt(
  operation: Operation,
  directory: ClaimedDirectory,
  attempt: Pick<Attempt, "subdirectory" | "target">,
): Promise<void> {
  const place = directory.placeOf(attempt);
  await cancelJobsAt(operation, place.directory);
  await voidAttempt(directory, attempt.subdirectory);
  const look = await lookAt(operation, directory.directory);
  if (look.kind !== "view") return;
  const files = filesOfAttempt(attempt, look.view.entries).map((file) => file.path);
  if (attempt.subdirectory !== "" && look.view.entries.some((entry) => entry.path === `${attempt.subdirectory}/${MANIFEST_FILE}`)) {
    files.push(MANIFEST_FILE);
  }
  await removeFiles(operation, "remove what an unfinished export left", place, files);
}

/** Before the first file goes: what is left half removed must not pass for what a job that is still listed has written. */
export async function voidAttempt(directory: ClaimedDirectory, subdirectory: string): Promise<void> {
  const { attempt } = directory.claim;
  if (attempt === undefined || attempt.subdirectory !== subdirectory || attempt.state === "prepared") return;
  await directory.saveAttempt(voided(attempt)).catch(ignoreFullVolume);
}

/** Cancels every job that writes to the directory: the claim makes it ours, whoever started the job. */
export async function cancelJobsAt(operation: Operation, directory: string): Promise<void> {
  const step = "cancel the job that writes to the directory";
  const jobs = await operation.ask(step, directory, () => operation.host.findExportJobs(directory));
  for (const job of jobs) {
    if (jobOutcome(job.jobState) !== "running") continue;
    operation.progress("cancelling the job that writes to the directory");
    const ended = await cancelJob(operation, job.path, Math.min(operation.remaining(), 60_000)).catch((error: unknown) => {
      throw explain(error, step, directory);
    });
    if (!ended)
      throw new ExportError("timed-out", { step, subject: directory, reason: "the job was told to stop, but its end was not seen" });
  }
}
