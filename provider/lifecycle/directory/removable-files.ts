import { foldersAbove } from "../../domain/paths/relative-path";
import type { Claim } from "../../domain/records/claim";
import { MANIFEST_FILE, repairDirectoryOf } from "../../domain/records/record-names";
import { filesOfAttempt, foldersOfAttempt, movedFiles } from "../../domain/records/written-files";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import type { Operation } from "../session/operation";
import { type DirectoryView, leftoversOf } from "./look";
import { provenManifest } from "./ownership";

/**
 * Everything in the directory that is provably this export's, but for its claim: the files that claim, manifest and state name, those
 * of its unfinished attempt, and the records. Without claim and manifest of ours, only a file that is where the state says, with the
 * size that it says.
 */
export function removableFiles(operation: Operation, view: DirectoryView, state: ExportState, claim: Claim | undefined): string[] {
  const there = new Map(view.entries.filter((entry) => entry.kind === "file").map((entry) => [entry.path, entry.bytes]));
  const own = [...namedFiles(view, state, claim, there), ...attemptFiles(operation, view, claim), ...leftoversOf(view), MANIFEST_FILE];
  return [...new Set(own)].filter((path) => there.has(path));
}

function namedFiles(view: DirectoryView, state: ExportState, claim: Claim | undefined, there: ReadonlyMap<string, number>): string[] {
  const manifest = provenManifest(view, state)?.manifest;
  const owned = claim !== undefined || manifest !== undefined;
  const known = (state.files ?? []).filter((file) => owned || there.get(file.path) === file.bytes);
  const described = [...known, ...(manifest?.files ?? [])].map((file) => file.path);
  const moved = claim?.attempt ? movedFiles(claim.attempt, view.entries) : [];
  return [...described, ...(claim?.finished?.files ?? []), ...moved];
}

/** What the unfinished attempt has written, relative to the export directory. */
export function attemptFiles(operation: Operation, view: DirectoryView, claim: Claim | undefined): string[] {
  if (claim?.attempt === undefined) return [];
  const written = filesOfAttempt(claim.attempt, view.entries, operation.paths).map((file) => file.path);
  const { subdirectory } = claim.attempt;
  return subdirectory === "" ? written : [...written, MANIFEST_FILE].map((path) => `${subdirectory}/${path}`);
}

/**
 * The folders in the directory that exist for the export: those that hold its files, those that its job made, and its repair's. An
 * empty one may go; any other empty folder is somebody's.
 */
export function removableFolders(operation: Operation, view: DirectoryView, state: ExportState, claim: Claim | undefined): string[] {
  const there = view.entries.filter(({ kind }) => kind === "directory").map(({ path }) => path);
  const files = namedFiles(view, state, claim, new Map());
  const attempt = claim?.attempt;
  const repair = attempt?.subdirectory ?? "";
  const made = new Set([
    ...[...files, ...(attempt?.before ? attemptFiles(operation, view, claim) : [])].flatMap(foldersAbove),
    ...(claim?.finished?.emptyFolders ?? []),
    ...(attempt && repair === "" ? foldersOfAttempt(attempt, view.entries, operation.paths) : []),
  ]);
  return there.filter((path) => made.has(path) || (repair !== "" && repairDirectoryOf(path) === repair));
}
