import { apartFromServers, nameOfServer } from "../../domain/listing/file-server-names";
import { nameSome } from "../../domain/listing/foreign-files";
import { foldersWithoutFiles } from "../../domain/listing/written-files";
import type { Claim } from "../../domain/records/claim";
import { CLAIM_FILE, isRecord } from "../../domain/records/record-names";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import { formatBytes } from "../../domain/values/byte-size";
import { ClaimedDirectory, placeBelow } from "../directory/claimed-directory";
import {
  type DirectoryView,
  leftoversOf,
  lookAt,
  outOfReach,
  requireSameMachine,
  requireSamePlace,
  withClaim,
  withoutClaim,
} from "../directory/look";
import { isOutsideReach, isProven, ownershipOf, strayRepairs } from "../directory/ownership";
import { attemptFiles, removableFiles, removableFolders } from "../directory/removable-files";
import { removeEmptyFolders, removeFiles, removeIfEmpty } from "../directory/remove-files";
import { isSuperseded, orSuperseded, type SeenClaim } from "../directory/seen-claim";
import { cancelJobsAt, endAttempt } from "../export-job/discard-attempt";
import { removeStrayRepairs } from "../repair/repair-directories";
import type { Operation } from "../session/operation";

const STEP = "delete the export";

/** What every step of a delete uses. `claim`: ours, where there is one. */
interface Deletion {
  readonly operation: Operation;
  readonly state: ExportState;
  readonly claim: Claim | undefined;
}

/** A directory of ours, and the claim in it where there is one. */
interface Own {
  readonly view: DirectoryView;
  readonly claim: Claim | undefined;
}

/**
 * Makes the export untrue: cancels its job, removes the files that are provably its own, then its records, the claim last, then the
 * directory if nothing foreign is left in it. Gone already is success; out of reach is an error.
 */
export async function deleteExport(operation: Operation, state: ExportState): Promise<void> {
  const found = await lookAtOwn(operation, state);
  if (found === undefined) return;
  try {
    await deleteFound(operation, state, found);
  } catch (error) {
    if (!isSuperseded(error)) throw error;
    // What another run has deleted, or made into another export, is not this one's to delete any more.
    const now = await lookAtOwn(operation, state);
    if (now?.claim) throw error;
    if (now) await deleteFound(operation, state, now);
  }
}

async function deleteFound(operation: Operation, state: ExportState, found: Own): Promise<void> {
  const { view, claim } = await unlessOvertaken(operation, found.view, endUnfinished(operation, state, found));
  const deletion: Deletion = { operation, state, claim };
  if (keeps(state)) return giveUp(deletion, view);
  await unlessOvertaken(operation, view, removeOwnFiles(deletion, view));
  await removeFoldersWithoutFiles(deletion, view);
  await removeDirectory(deletion, await removeClaim(deletion, view));
}

async function unlessOvertaken<T>(operation: Operation, seen: SeenClaim, step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    throw await orSuperseded(operation, seen, error);
  }
}

/** A finished export is kept if asked to. What is unfinished is nobody's backup. */
function keeps({ onDestroy, status }: ExportState): boolean {
  return onDestroy === "keep" && status !== "incomplete";
}

/** Uses the state. Produces the directory; nothing where it is gone, or is not the export's any more. */
async function lookAtOwn(operation: Operation, state: ExportState): Promise<Own | undefined> {
  const { exportDirectory, exportId, createUrn } = state;
  const look = await lookAt(operation, exportDirectory);
  if (look.kind === "absent") {
    operation.did("it was gone already");
    await requireSameMachine(operation, state);
    // Somebody has removed it, and the job of an unfinished export may go on writing.
    if (state.status === "incomplete") await cancelJobsAt(operation, exportDirectory, undefined);
    return undefined;
  }
  if (look.kind !== "view") throw outOfReach(look, exportDirectory, { known: true });
  requireSamePlace(look.view, state);
  // A directory of that name on another machine tells no more than an absent one.
  if (!isProven(look.view, state)) await requireSameMachine(operation, state);
  const ownership = ownershipOf(look.view, { exportId, urn: createUrn });
  if (!isOutsideReach(ownership)) return { view: look.view, claim: ownership.kind === "ours" ? ownership.claim : undefined };
  const why = look.view.claim.kind === "read" ? "has been claimed by another export since" : "holds another export now";
  operation.warn(`${exportDirectory} ${why}; nothing in it was removed`);
  operation.did("left what is another's");
  return undefined;
}

/**
 * Uses view and claim. Produces both after no job writes any more and the attempt counts for nothing: what is left half removed must not
 * pass for an export. A repair that is on its way into place is left alone if the export is kept.
 */
async function endUnfinished(operation: Operation, state: ExportState, found: Own): Promise<Own> {
  const { view, claim } = found;
  const attempt = claim?.attempt;
  // Without its claim an unfinished export is known by the state alone, and its job may still write.
  if (attempt === undefined && (claim || state.status !== "incomplete")) return found;
  if (claim === undefined || attempt === undefined || (keeps(state) && attempt.state === "swapping")) {
    await cancelJobsAt(operation, placeBelow(operation, view, attempt?.subdirectory ?? "").directory, view);
    const look = await lookAt(operation, view.directory);
    // What is in it now, under the claim as it was: another run may have come between.
    const { entries } = look.kind === "view" ? look.view : view;
    return { view: { ...view, entries }, claim };
  }
  const directory = new ClaimedDirectory(operation, view, claim);
  const ended = await endAttempt(operation, directory, attempt);
  const now = { ...claim, attempt: ended.attempt };
  return { view: withClaim(ended.view ?? view, now, directory), claim: now };
}

/**
 * Uses view and claim. Produces a directory that is given up, with the export and its manifest in it for whoever wants to adopt it. What
 * a repair has written beside it goes, unless its files are on their way into place: they may be the only good ones. Without a claim an
 * earlier run has given the directory up already, so nothing in it is ours any more.
 */
async function giveUp(deletion: Deletion, view: DirectoryView): Promise<void> {
  const { operation, claim } = deletion;
  operation.did("kept the files and gave the directory up");
  if (view.claim.kind === "absent") return;
  const unwanted = claim?.attempt?.state === "swapping" ? [] : attemptFiles(operation, view, claim);
  await removeFiles(operation, STEP, view, [...unwanted, ...leftoversOf(view)], view);
  await removeMadeFolders(deletion, view);
  await removeFiles(operation, STEP, view, [CLAIM_FILE], view);
}

/** Uses view, state and claim. Produces a directory without what is provably the export's, but for the claim. */
async function removeOwnFiles({ operation, state, claim }: Deletion, view: DirectoryView): Promise<void> {
  operation.progress("removing the exported files");
  const repairs = { exportId: state.exportId, except: claim?.attempt?.subdirectory };
  if (strayRepairs(view, repairs).length > 0) await removeStrayRepairs(operation, view, repairs, view);
  const files = removableFiles(operation, view, state, claim);
  await removeFiles(operation, STEP, view, files, view);
  const exported = new Set(files.filter((path) => !isRecord(path)));
  const bytes = view.entries.reduce((sum, entry) => (exported.has(entry.path) ? sum + entry.bytes : sum), 0);
  operation.did(`${exported.size} file${exported.size === 1 ? "" : "s"}, ${formatBytes(bytes)} removed`);
}

/**
 * Folders that held no file any more, as a job or a killed delete leaves them: those that held some have gone with the last one. Once the
 * claim has gone, a killed delete could not tell whose they are.
 */
async function removeFoldersWithoutFiles(deletion: Deletion, view: DirectoryView): Promise<void> {
  const { operation, state, claim } = deletion;
  const made = removableFolders(operation, view, state, claim);
  if (foldersWithoutFiles(made, { subdirectory: "" }, view.entries).length > 0) await removeMadeFolders(deletion, view);
}

/** The claim goes last: until then a killed delete can be told from a foreign directory. */
async function removeClaim({ operation }: Deletion, view: DirectoryView): Promise<DirectoryView> {
  if (view.claim.kind === "absent") return view;
  await removeFiles(operation, STEP, view, [CLAIM_FILE], view);
  return withoutClaim(view);
}

/**
 * Uses the view. Produces no directory, or a warning of what foreign files keep it. Only the export directory itself: the folders above
 * stay, also those that were made for it. Were they removed, a run that is killed before the engine hears of it would leave a directory
 * whose parent is missing, which cannot be told from one that is out of reach.
 */
async function removeDirectory(deletion: Deletion, view: DirectoryView): Promise<void> {
  const { operation } = deletion;
  if ((await removeIfEmpty(operation, view.directory, view)) !== "notEmpty") return;
  await removeMadeFolders(deletion, view);
  if ((await removeIfEmpty(operation, view.directory, view)) === "notEmpty") await warnOfForeign(operation, view);
}

/** Folders of the export that removing its files has not removed: the job wrote nothing into them, or a delete was killed. */
function removeMadeFolders({ operation, state, claim }: Deletion, view: DirectoryView): Promise<void> {
  return removeEmptyFolders(operation, view, removableFolders(operation, view, state, claim), view);
}

async function warnOfForeign(operation: Operation, view: DirectoryView): Promise<void> {
  const look = await lookAt(operation, view.directory);
  if (look.kind !== "view") return;
  const paths = apartFromServers(look.view.entries).map(({ path }) => path);
  if (paths.length === 0) {
    const names = nameSome([...new Set(look.view.entries.flatMap((entry) => nameOfServer(entry) ?? []))]);
    operation.warn(`${view.directory} was not removed: it holds files of a file server or of the system: ${names}`);
    return;
  }
  const folders = new Set(paths.map((path) => path.replace(/\/?[^/]*$/, "")));
  const foreign = nameSome(paths.filter((path) => !folders.has(path)));
  operation.warn(`${view.directory} was not removed: it holds what is not the export's: ${foreign}`);
}
