import { byRecordedName } from "../../domain/listing/listed-name";
import { movedFiles } from "../../domain/listing/swap";
import { filesOfAttempt, foldersOfAttempt, foldersWithoutFiles } from "../../domain/listing/written-files";
import { foldersAbove } from "../../domain/paths/relative-path";
import type { Claim } from "../../domain/records/claim";
import { MANIFEST_FILE, repairDirectoryOf } from "../../domain/records/record-names";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import type { DirectoryEntry } from "../../host/port";
import type { Operation } from "../session/operation";
import { type DirectoryView, leftoversOf } from "./look";
import { provenManifest } from "./ownership";

/** How the host compares names: on Windows a file may be listed in another letter case than it was recorded in. */
type Rules = Pick<Operation, "paths">;

/**
 * Everything in the directory that is provably this export's, but for its claim: the files that claim, manifest and state name, those
 * of its unfinished attempt, and the records. Without claim and manifest of ours, only a file that is where the state says, with the
 * size that it says.
 *
 * @returns the names under which they are listed
 */
export function removableFiles(host: Rules, view: DirectoryView, state: ExportState, claim: Claim | undefined): string[] {
  const files = view.entries.filter(({ kind }) => kind === "file");
  const listed = byRecordedName(files, host.paths);
  const own = [...namedFiles(host, view, state, claim, listed), ...attemptFiles(host, view, claim), ...leftoversOf(view), MANIFEST_FILE];
  return [...new Set(own.flatMap((path) => listed(path)?.path ?? []))];
}

function namedFiles(
  { paths }: Rules,
  view: DirectoryView,
  state: ExportState,
  claim: Claim | undefined,
  listed: (recorded: string) => DirectoryEntry | undefined,
): string[] {
  const manifest = provenManifest(view, state)?.manifest;
  const owned = claim !== undefined || manifest !== undefined;
  const known = (state.files ?? []).filter(({ path, bytes }) => owned || listed(path)?.bytes === bytes);
  const described = [...known, ...(manifest?.files ?? [])].map((file) => file.path);
  const moved = claim?.attempt ? movedFiles(claim.attempt, view.entries, paths) : [];
  return [...described, ...(claim?.finished?.files ?? []), ...moved];
}

/** What the unfinished attempt has written, relative to the export directory. */
export function attemptFiles({ paths }: Rules, view: DirectoryView, claim: Claim | undefined): string[] {
  if (claim?.attempt === undefined) return [];
  const written = filesOfAttempt(claim.attempt, view.entries, paths).map((file) => file.path);
  const { subdirectory } = claim.attempt;
  return subdirectory === "" ? written : [...written, MANIFEST_FILE].map((path) => `${subdirectory}/${path}`);
}

/**
 * The folders in the directory that exist for the export: those that hold its files, those that its job made, and its repair's. An
 * empty one may go; any other empty folder is somebody's.
 */
export function removableFolders(host: Rules, view: DirectoryView, state: ExportState, claim: Claim | undefined): string[] {
  const there = view.entries.filter(({ kind }) => kind === "directory");
  const files = namedFiles(host, view, state, claim, () => undefined);
  const attempt = claim?.attempt;
  const repair = attempt?.subdirectory ?? "";
  const made = [
    ...[...files, ...(attempt?.before ? attemptFiles(host, view, claim) : [])].flatMap(foldersAbove),
    ...(claim?.finished?.emptyFolders ?? []),
    ...(attempt && repair === "" ? foldersOfAttempt(attempt, view.entries, host.paths) : []),
  ];
  const listed = byRecordedName(there, host.paths);
  const folders = made.flatMap((path) => listed(path)?.path ?? []);
  const ofRepair = repair === "" ? [] : there.map(({ path }) => path).filter((path) => repairDirectoryOf(path) === repair);
  return [...new Set([...folders, ...ofRepair])];
}

/** Folders that were made for these files of an export and hold none any more. Those that somebody else made are left. */
export function emptyFoldersOf(
  { paths }: Pick<Operation, "paths">,
  files: readonly { readonly path: string }[],
  { entries }: Pick<DirectoryView, "entries">,
): string[] {
  const listed = byRecordedName(
    entries.filter(({ kind }) => kind === "directory"),
    paths,
  );
  const folders = files.flatMap(({ path }) => foldersAbove(path)).flatMap((folder) => listed(folder)?.path ?? []);
  return foldersWithoutFiles([...new Set(folders)], { subdirectory: "" }, entries);
}
