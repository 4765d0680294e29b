import type { Claim } from "../../domain/records/claim";
import { isExportFolder } from "../../domain/records/exported-file";
import { nameSome } from "../../domain/records/foreign-files";
import { CLAIM_FILE, repairDirectoryOf } from "../../domain/records/record-names";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import type { Place } from "../../host/port";
import { ClaimedDirectory, placeBelow } from "../directory/claim-file";
import { removeEmptyFolders, removeIfEmpty } from "../directory/empty-folders";
import { type DirectoryView, lookAt, outOfReach, requireSamePlace } from "../directory/look";
import { attemptFiles, isAnothers, ownFiles } from "../directory/ownership";
import { leftoversOf } from "../directory/remove-leftovers";
import { cancelJobsAt, voidAttempt } from "../export-job/discard-attempt";
import { removeStrayRepairs } from "../repair/repair-directories";
import type { Operation } from "../session/operation";
import { runTask } from "../session/run-task";

const STEP = "delete the export";

/**
 * Makes the export untrue: cancels its job, removes the files that are provably its own, then its records, the claim last, then the
 * directory if nothing foreign is left in it. Gone already is success; out of reach is an error.
 */
export async function deleteExport(operation: Operation, state: ExportState): Promise<void> {
  const { exportDirectory } = state;
  const look = await lookAt(operation, exportDirectory);
  if (look.kind === "absent") {
    // Somebody has removed it, and the job of an unfinished export may go on writing.
    if (state.status === "incomplete") await cancelJobsAt(operation, exportDirectory);
    return;
  }
  if (look.kind !== "view") throw outOfReach(look.kind, exportDirectory);
  requireSamePlace(look.view, state);
  const claim = look.view.claim.kind === "read" ? look.view.claim.value : undefined;
  if (isAnothers(look.view, state)) {
    const why = claim ? "has been claimed by another export since" : "holds another export now";
    operation.warn(`${exportDirectory} ${why}; nothing in it was removed`);
    return;
  }
  // Without its claim an unfinished export is known by the state alone, and its job may still write.
  const mayBeWritten = claim ? claim.attempt !== undefined : state.status === "incomplete";
  const view = mayBeWritten ? await withoutJobs(operation, look.view, claim?.attempt?.subdirectory ?? "") : look.view;
  const keeps = state.onDestroy === "keep" && state.status !== "incomplete";
  const attempt = keeps && claim?.attempt?.state === "swapping" ? undefined : claim?.attempt;
  if (claim && attempt) await voidAttempt(new ClaimedDirectory(operation, view, claim), attempt.subdirectory);
  if (keeps) return giveUp(operation, view, claim);

  operation.progress("removing the exported files");
  await removeStrayRepairs(operation, view, { exportId: state.exportId, except: claim?.attempt?.subdirectory }, state.files ?? []);
  await removeFiles(operation, view, ownFiles(view, state, claim));
  // The claim goes last: until then a killed delete can be told from a foreign directory.
  if (view.claim.kind !== "absent") await removeFiles(operation, view, [CLAIM_FILE]);
  await removeDirectory(operation, view, claim);
}

async function withoutJobs(operation: Operation, view: DirectoryView, subdirectory: string): Promise<DirectoryView> {
  await cancelJobsAt(operation, placeBelow(operation, view, subdirectory).directory);
  const look = await lookAt(operation, view.directory);
  return look.kind === "view" ? look.view : view;
}

/**
 * Gives the directory up and leaves the export, with its manifest, for whoever wants to adopt it. What a repair has written beside it
 * goes, unless its files are on their way into place: they may be the only good ones. Without a claim an earlier run has given the
 * directory up already, so nothing in it is ours any more.
 */
async function giveUp(operation: Operation, view: DirectoryView, claim: Claim | undefined): Promise<void> {
  if (view.claim.kind === "absent") return;
  const unwanted = claim?.attempt?.state === "swapping" ? [] : attemptFiles(view, claim);
  await removeFiles(operation, view, [...unwanted, ...leftoversOf(view)]);
  await removeMadeFolders(operation, view, claim);
  await removeFiles(operation, view, [CLAIM_FILE]);
}

async function removeFiles(operation: Operation, place: Place, files: readonly string[]): Promise<void> {
  if (files.length === 0) return;
  const { directory, canonicalPath } = place;
  await runTask(operation, STEP, { directory, canonicalPath, kind: "remove", files });
}

/**
 * Only the export directory itself: the folders above stay, also those that were made for it. Were they removed, a run that is killed
 * before the engine hears of it would leave a directory whose parent is missing, which cannot be told from one that is out of reach.
 */
async function removeDirectory(operation: Operation, view: DirectoryView, claim: Claim | undefined): Promise<void> {
  if ((await removeIfEmpty(operation, view.directory)) !== "notEmpty") return;
  await removeMadeFolders(operation, view, claim);
  if ((await removeIfEmpty(operation, view.directory)) === "notEmpty") await warnOfForeign(operation, view);
}

/** Folders that the job made and wrote nothing into. */
function removeMadeFolders(operation: Operation, view: DirectoryView, claim: Claim | undefined): Promise<void> {
  const repair = claim?.attempt?.subdirectory ?? "";
  const isInRepair = (path: string) => repair !== "" && repairDirectoryOf(path) === repair;
  const made = view.entries.filter(({ kind, path }) => kind === "directory" && (isExportFolder(path) || isInRepair(path)));
  return removeEmptyFolders(
    operation,
    view,
    made.map(({ path }) => path),
  );
}

async function warnOfForeign(operation: Operation, view: DirectoryView): Promise<void> {
  const look = await lookAt(operation, view.directory);
  if (look.kind !== "view") return;
  const paths = look.view.entries.map(({ path }) => path);
  const folders = new Set(paths.map((path) => path.replace(/\/?[^/]*$/, "")));
  const foreign = nameSome(paths.filter((path) => !folders.has(path)));
  operation.warn(`${view.directory} was not removed: it holds what is not the export's: ${foreign}`);
}
