import { ExportError } from "../../domain/errors/export-error";
import { jobOutcome } from "../../domain/hyperv/job-state";
import { byRecordedName } from "../../domain/listing/listed-name";
import { movedFiles } from "../../domain/listing/swap";
import { filesOfAttempt, foldersOfAttempt, foldersWithoutFiles } from "../../domain/listing/written-files";
import { foldersAbove } from "../../domain/paths/relative-path";
import { type Attempt, voided } from "../../domain/records/attempt";
import type { FinishedExport } from "../../domain/records/claim";
import { MANIFEST_FILE } from "../../domain/records/record-names";
import type { ExportJob, JobPath } from "../../host/port";
import type { ClaimedDirectory } from "../directory/claimed-directory";
import { type DirectoryView, lookAt } from "../directory/look";
import { emptyFoldersOf } from "../directory/removable-files";
import { removeEmptyFolders, removeFiles } from "../directory/remove-files";
import type { SeenClaim } from "../directory/seen-claim";
import { explain, ignoreFullVolume } from "../session/host-failure";
import type { Operation } from "../session/operation";
import { cancelJob } from "./cancel-job";
import { methodOf } from "./export-method";
import { namedIn } from "./watch-job";

const STEP = "remove what an unfinished export left";
const CANCEL = "cancel the job that writes to the directory";

/**
 * Ends what still writes into the attempt's place and removes what its job has written there, so that it can be written anew or be
 * given up. Foreign files stay.
 */
export async function discardAttempt(operation: Operation, directory: ClaimedDirectory, attempt: Attempt): Promise<void> {
  const { attempt: ended, view } = await endAttempt(operation, directory, attempt);
  if (view === undefined) return;
  const { files = [], folders = [] } = ended;
  const records = attempt.subdirectory === "" ? [] : [MANIFEST_FILE];
  const place = directory.placeOf(attempt);
  await removeFiles(operation, STEP, place, [...files, ...records], directory);
  // Those that held files have gone with the last one, unless another folder kept them.
  const isFolderLeft = foldersWithoutFiles(folders, attempt, view.entries).length > 0;
  await removeEmptyFolders(operation, place, isFolderLeft ? folders : [], directory);
}

/** The same for a finished export that is to be made anew: what its claim and nothing else calls its files. */
export async function discardFinished(operation: Operation, directory: ClaimedDirectory, finished: FinishedExport): Promise<void> {
  await cancelJobsAt(operation, directory.directory, directory);
  const look = await lookAt(operation, directory.directory);
  if (look.kind !== "view") return;
  const listed = byRecordedName(look.view.entries, operation.paths);
  const there = (recorded: readonly string[]) => recorded.flatMap((path) => listed(path)?.path ?? []);
  await removeFiles(operation, STEP, directory, there(finished.files), directory);
  // Those that held files have gone with the last one, unless somebody else had removed a file before.
  const isFolderLeft = emptyFoldersOf(operation, finished.files.map(asFile), look.view).length > 0;
  const folders = [...(isFolderLeft ? finished.files.flatMap(foldersAbove) : []), ...finished.emptyFolders];
  await removeEmptyFolders(operation, directory, there([...new Set(folders)]), directory);
}

const asFile = (path: string) => ({ path });

export interface Ended {
  readonly attempt: Attempt;
  readonly view: DirectoryView | undefined;
}

/**
 * Cancels the attempt's job and records that it has come to nothing, and what it has left: what is half removed must not pass for what a
 * job that is still listed has written, and what comes into the place from now on is somebody's.
 *
 * @returns the attempt as it is recorded, or would be if there were room for it, and what is in the directory, if it can be looked at
 */
export async function endAttempt(operation: Operation, directory: ClaimedDirectory, attempt: Attempt): Promise<Ended> {
  const place = directory.placeOf(attempt);
  await cancelRecorded(operation, attempt, place.directory, directory);
  const jobs = await cancelJobsOf(operation, attempt, place.directory, directory);
  const look = await lookAt(operation, directory.directory);
  if (look.kind !== "view") return { attempt, view: undefined };
  const named = [...attempt.named, ...jobs.flatMap((job) => namedIn(operation, place, job))];
  const { entries } = look.view;
  const files = filesOfAttempt({ ...attempt, named }, entries, operation.paths).map(({ path }) => path);
  const folders = foldersOfAttempt(attempt, entries, operation.paths);
  // What has not arrived never will: whatever stands there, or comes there, is somebody's.
  const moved = attempt.moving && { moving: movedFiles(attempt, entries, operation.paths) };
  const ended: Attempt = { ...voided(attempt), named, files, folders, ...moved };
  if (attempt.state !== "prepared" || attempt.files === undefined) {
    await directory.giveUpAttempt(operation, ended).catch(ignoreFullVolume);
  }
  return { attempt: ended, view: look.view };
}

/**
 * Cancels every job that writes to the directory: the claim makes it ours, whoever started the job.
 *
 * @param seen that claim; none where the directory is gone
 * @returns the jobs that are listed for it now that none runs
 */
export function cancelJobsAt(operation: Operation, directory: string, seen: SeenClaim | undefined): Promise<readonly ExportJob[]> {
  const list = () => operation.ask(CANCEL, directory, () => operation.host.findExportJobs(directory));
  return cancelListed(operation, directory, seen, list, (path) => operation.host.pollJob(path));
}

/** The same of an attempt. The job of a checkpoint's export tells no directory: only what is known to be the attempt's is cancelled. */
function cancelJobsOf(operation: Operation, attempt: Attempt, directory: string, seen: SeenClaim): Promise<readonly ExportJob[]> {
  if (attempt.target.checkpoint === undefined) return cancelJobsAt(operation, directory, seen);
  const method = methodOf(attempt.target);
  const list = () => method.find(operation, CANCEL, attempt, directory);
  return cancelListed(operation, directory, seen, list, (path) => method.poll(operation.host, path, attempt.target, directory));
}

async function cancelListed(
  operation: Operation,
  directory: string,
  seen: SeenClaim | undefined,
  list: () => Promise<readonly ExportJob[]>,
  poll: (path: JobPath) => Promise<ExportJob | undefined>,
): Promise<readonly ExportJob[]> {
  const jobs = await list();
  const running = jobs.filter((job) => jobOutcome(job.jobState) === "running");
  for (const { path } of running) await requireCancelled(operation, path, () => poll(path), directory, seen);
  return running.length === 0 ? jobs : list();
}

/** The job that the claim names, which need not say where it writes. */
async function cancelRecorded(operation: Operation, { target, jobPath }: Attempt, directory: string, seen: SeenClaim): Promise<void> {
  if (jobPath === undefined) return;
  const poll = () => methodOf(target).poll(operation.host, jobPath, target, directory);
  const job = await operation.ask(CANCEL, directory, poll);
  if (job !== undefined && jobOutcome(job.jobState) === "running") await requireCancelled(operation, jobPath, poll, directory, seen);
}

async function requireCancelled(
  operation: Operation,
  path: JobPath,
  poll: () => Promise<ExportJob | undefined>,
  directory: string,
  seen: SeenClaim | undefined,
): Promise<void> {
  operation.progress("cancelling the job that writes to the directory");
  const ended = await cancelJob(operation, path, poll, seen, Math.min(operation.remaining(), 60_000)).catch((error: unknown) => {
    throw explain(error, CANCEL, directory);
  });
  const reason = "the job was told to stop, but its end was not seen";
  if (!ended) throw new ExportError("timed-out", { step: CANCEL, subject: directory, reason });
}
