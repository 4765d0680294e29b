import type { Claim } from "../domain/claim";
import { ExportError } from "../domain/export-error";
import { filesOfAttempt } from "../domain/export-files";
import type { ExportState } from "../domain/export-outputs";
import { isExportFolder } from "../domain/exported-file";
import { foreignFiles, nameSome } from "../domain/foreign-files";
import { pathRules } from "../domain/path-rules";
import { CLAIM_FILE, isLeftoverRecord, MANIFEST_FILE } from "../domain/record-names";
import type { Place } from "../host/port";
import { placeBelow } from "./claimed-directory";
import { endJobs } from "./clear-attempt";
import { type DirectoryView, lookAt, outOfReach } from "./directory-view";
import type { Operation } from "./operation";
import { requireSamePlace } from "./read-export";
import { runTask } from "./run-task";

const STEP = "delete the export";

/**
 * Makes the export untrue: cancels its job, removes the files that are provably its own, then its records, the claim last, then the
 * directory if nothing foreign is left in it. Gone already is success; out of reach is an error.
 */
export async function deleteExport(operation: Operation, state: ExportState): Promise<void> {
  const { exportDirectory } = state;
  const look = await lookAt(operation, exportDirectory);
  if (look.kind === "absent") return;
  if (look.kind !== "view") throw outOfReach(look.kind, exportDirectory);
  requireSamePlace(look.view, state);
  const claim = look.view.claim.kind === "read" ? look.view.claim.value : undefined;
  if (claim && claim.exportId !== state.exportId) {
    operation.warn(`${exportDirectory} has been claimed by another export since; nothing in it was removed`);
    return;
  }
  if (state.onDestroy === "keep" && claim?.finished && state.status !== "incomplete") return releaseClaim(operation, look.view);

  const view = claim?.attempt ? await withoutJobs(operation, look.view, claim.attempt.subdirectory) : look.view;
  operation.progress("removing the exported files");
  await removeFiles(operation, view, ownFiles(view, state, claim));
  await removeRecords(operation, view);
  await removeDirectories(operation, claim, view);
}

async function withoutJobs(operation: Operation, view: DirectoryView, subdirectory: string): Promise<DirectoryView> {
  await endJobs(operation, placeBelow(operation, view, subdirectory).directory);
  const look = await lookAt(operation, view.directory);
  return look.kind === "view" ? look.view : view;
}

/** Gives the directory up and leaves the export, with its manifest, for whoever wants to adopt it. */
async function releaseClaim(operation: Operation, view: DirectoryView): Promise<void> {
  await removeFiles(operation, view, [CLAIM_FILE]);
}

/**
 * The files that are provably this export's: those of its manifest and its unfinished attempt. Without claim and manifest of ours,
 * only a file that is where the state says, with the size that it says.
 */
function ownFiles(view: DirectoryView, state: ExportState, claim: Claim | undefined): string[] {
  const there = new Map(view.entries.filter((entry) => entry.kind === "file").map((entry) => [entry.path, entry.bytes]));
  const manifest = view.manifest.kind === "read" && view.manifest.value.exportId === state.exportId ? view.manifest.value : undefined;
  const owned = claim !== undefined || manifest !== undefined;
  const known = (state.files ?? []).filter((file) => owned || there.get(file.path) === file.bytes);
  const written = claim?.attempt ? filesOfAttempt(claim.attempt, view.entries) : [];
  const prefix = claim?.attempt?.subdirectory ? `${claim.attempt.subdirectory}/` : "";
  const repaired = written.map((file) => `${prefix}${file.path}`);
  if (prefix !== "") repaired.push(`${prefix}${MANIFEST_FILE}`);
  const paths = [...known, ...(manifest?.files ?? [])].map((file) => file.path);
  return [...new Set([...paths, ...repaired])].filter((path) => there.has(path));
}

async function removeFiles(operation: Operation, place: Place, files: readonly string[]): Promise<void> {
  if (files.length === 0) return;
  const { directory, canonicalPath } = place;
  await runTask(operation, STEP, { directory, canonicalPath, kind: "remove", files });
}

/** The claim goes last: until then a killed delete can be told from a foreign directory. */
async function removeRecords(operation: Operation, view: DirectoryView): Promise<void> {
  const leftovers = view.entries.filter((entry) => entry.kind === "file" && isLeftoverRecord(entry.path)).map((entry) => entry.path);
  const manifest = view.manifest.kind === "absent" ? [] : [MANIFEST_FILE];
  await removeFiles(operation, view, [...leftovers, ...manifest]);
  if (view.claim.kind !== "absent") await removeFiles(operation, view, [CLAIM_FILE]);
}

async function removeDirectories(operation: Operation, claim: Claim | undefined, view: DirectoryView): Promise<void> {
  const remove = (directory: string) =>
    operation.ask("remove the emptied directory", directory, () => operation.host.removeEmptyDirectory(directory));
  const repair = claim?.attempt?.subdirectory;
  const emptied = view.entries.filter(({ kind, path }) => kind === "directory" && (isExportFolder(path) || path === repair));
  const deepestFirst = emptied.map(({ path }) => path).sort((a, b) => b.split("/").length - a.split("/").length);
  for (const path of deepestFirst) await remove(placeBelow(operation, view, path).directory);
  if ((await remove(view.directory)) === "notEmpty") return warnOfForeign(operation, view);
  // The outermost parent was created first, so the innermost goes first.
  for (const parent of [...(claim?.createdParents ?? [])].reverse()) {
    if (!pathRules(operation.host.pathStyle).isInside(view.directory, parent)) return;
    if ((await remove(parent)) === "notEmpty") return;
  }
}

async function warnOfForeign(operation: Operation, view: DirectoryView): Promise<void> {
  const look = await lookAt(operation, view.directory);
  if (look.kind !== "view") return;
  const foreign = foreignFiles(look.view.entries, []);
  const what = foreign.length === 0 ? "empty folders" : nameSome(foreign);
  operation.warn(`${view.directory} was not removed: it holds files that are not the export's: ${what}`);
}

/** Deleting needs an id and a directory; a state that has lost them must not be read as "nothing to delete". */
export function requireDeletable(state: Partial<ExportState>): asserts state is ExportState {
  if (typeof state.exportDirectory === "string" && typeof state.exportId === "string") return;
  throw new ExportError("unusable-state", { step: STEP, subject: "the stored state", reason: "it lacks exportDirectory or exportId" });
}
