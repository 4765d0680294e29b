import { ExportError } from "../../domain/errors/export-error";
import { jobOutcome } from "../../domain/hyperv/job-state";
import { type Attempt, voided } from "../../domain/records/attempt";
import type { FinishedExport } from "../../domain/records/claim";
import { MANIFEST_FILE } from "../../domain/records/record-names";
import { filesOfAttempt } from "../../domain/records/written-files";
import type { ClaimedDirectory } from "../directory/claimed-directory";
import { lookAt } from "../directory/look";
import { removeFiles } from "../directory/remove-files";
import { explain, ignoreFullVolume } from "../session/host-failure";
import type { Operation } from "../session/operation";
import { cancelJob } from "./cancel-job";

const STEP = "remove what an unfinished export left";

/**
 * Ends what still writes into the attempt's place and removes what its job has written there, so that it can be written anew or be
 * given up. Foreign files stay.
 */
export async function discardAttempt(operation: Operation, directory: ClaimedDirectory, attempt: Attempt): Promise<void> {
  const place = directory.placeOf(attempt);
  await cancelJobsAt(operation, place.directory);
  await voidAttempt(directory, attempt.subdirectory);
  const look = await lookAt(operation, directory.directory);
  if (look.kind !== "view") return;
  const files = filesOfAttempt(attempt, look.view.entries, operation.paths).map((file) => file.path);
  if (attempt.subdirectory !== "" && look.view.entries.some((entry) => entry.path === `${attempt.subdirectory}/${MANIFEST_FILE}`)) {
    files.push(MANIFEST_FILE);
  }
  await removeFiles(operation, STEP, place, files);
}

/** The same for a finished export that is to be made anew: what its claim and nothing else calls its files. */
export async function discardFinished(operation: Operation, directory: ClaimedDirectory, { files }: FinishedExport): Promise<void> {
  await cancelJobsAt(operation, directory.directory);
  await removeFiles(operation, STEP, directory, files);
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
