import { type FileRole, isHyperVsByExtension, roleByExtension } from "../hyperv/file-extensions";
import type { PathRules } from "../paths/path-rules";
import { foldersAbove } from "../paths/relative-path";
import type { Attempt, NamedFile } from "../records/attempt";
import type { ExportTarget } from "../records/export-target";
import { CHAIN_FILE, CLAIM_FILE, isRecord, repairDirectoryOf } from "../records/record-names";
import { hasComeFromServer, nameOfServer } from "./file-server-names";

/** A file or folder below an export directory, as the host lists it. */
export interface ListedFile {
  readonly path: string;
  readonly kind: "file" | "directory" | "link" | "other";
  readonly bytes: number;
  /** Its content lies in another storage tier. */
  readonly isRecalled?: boolean;
}

export interface WrittenFile {
  /** Relative to the attempt's own place. */
  readonly path: string;
  readonly bytes: number;
  readonly role: FileRole;
}

/** What tells which files an attempt's job has written. */
export type Evidence = Pick<Attempt, "subdirectory" | "before" | "named" | "files" | "folders">;

/** Of a repair of which nothing is known but its directory: nobody else writes there. */
export function evidenceOfDirectory(subdirectory: string): Evidence {
  return { subdirectory, before: [], named: [] };
}

/**
 * Of everything in the export directory, the files that the attempt's job wrote; what else is there is foreign. No public source gives
 * their names, so evidence decides: a file that was not there before the call, and that the job has named or that has an extension which
 * Hyper-V writes. Once the job has ended, what it had left then.
 */
export function filesOfAttempt(evidence: Evidence, entries: readonly ListedFile[], { fold }: Pick<PathRules, "fold">): WrittenFile[] {
  const before = namesBefore(evidence, fold);
  if (before === undefined) return [];
  const named = new Map(evidence.named.map((file) => [fold(file.path), file]));
  const left = evidence.files && new Set(evidence.files.map(fold));
  const listed = entriesOfPlace(evidence.subdirectory, entries);
  const there = new Set(listed.map(({ path }) => path));
  return listed.flatMap(({ path, kind, bytes }) => {
    if (kind !== "file" || isRecord(path) || before.has(fold(path)) || left?.has(fold(path)) === false) return [];
    const name = named.get(fold(path));
    if (name === undefined && left === undefined && (!isHyperVsByExtension(path) || hasComeFromServer({ path, kind }, there))) return [];
    return [{ path, bytes, role: name ? roleByName(name) : (roleByExtension(path) ?? "other") }];
  });
}

/** The folders, relative to the attempt's own place, that the attempt's job made: not there before the call but, once it has ended, then. */
export function foldersOfAttempt(evidence: Evidence, entries: readonly ListedFile[], { fold }: Pick<PathRules, "fold">): string[] {
  const before = namesBefore(evidence, fold);
  if (before === undefined) return [];
  const left = evidence.folders && new Set(evidence.folders.map(fold));
  const folders = entriesOfPlace(evidence.subdirectory, entries).filter(({ kind }) => kind === "directory");
  return folders.flatMap((folder) => {
    const path = fold(folder.path);
    return before.has(path) || left?.has(path) === false || nameOfServer(folder) ? [] : [folder.path];
  });
}

/** Of these, the folders below the attempt's place that no file lies in, however deep. */
export function foldersWithoutFiles(
  folders: readonly string[],
  { subdirectory }: Pick<Attempt, "subdirectory">,
  entries: readonly ListedFile[],
): string[] {
  const files = entriesOfPlace(subdirectory, entries).filter(({ kind }) => kind !== "directory");
  const used = new Set(files.flatMap(({ path }) => foldersAbove(path)));
  return folders.filter((folder) => !used.has(folder));
}

/**
 * Of the files that a job names, as the host gives their paths, those that lie in the attempt's place, whatever they are called.
 *
 * @param directories the place's directory, by every path that the host may call it
 */
export function namedBelow(
  directories: readonly string[],
  named: readonly NamedFile[],
  { relative, isRelative }: Pick<PathRules, "relative" | "isRelative">,
): NamedFile[] {
  return named.flatMap(({ path, namedBy }) => {
    const below = directories.map((directory) => relative(directory, path)).find((found) => found !== undefined);
    return below !== undefined && isRelative(below) ? [{ path: below, namedBy }] : [];
  });
}

/** What a job names, after one more look: one that names nothing, or nothing any more, takes no name back. The same list where nothing is new. */
export function latestNames(known: NamedFile[], seen: NamedFile[]): NamedFile[] {
  const isNew = seen.length !== known.length || seen.some(({ path }, index) => path !== known[index]?.path);
  return seen.length > 0 && isNew ? seen : known;
}

/** What lies in the attempt's place, records and repairs aside: before the call it is what must never be touched. */
export function contentOfPlace(subdirectory: string, entries: readonly ListedFile[]): string[] {
  return entriesOfPlace(subdirectory, entries)
    .map(({ path }) => path)
    .filter((path) => !isRecord(path));
}

/** Files that the job has named, or had left when it ended, and that are not there; and those of them that were there before the call. */
export function missingNames(
  evidence: Evidence,
  files: readonly WrittenFile[],
  { fold }: Pick<PathRules, "fold">,
): { readonly missing: string[]; readonly writtenOver: string[] } {
  const there = new Set(files.map(({ path }) => fold(path)));
  const before = namesBefore(evidence, fold) ?? new Set<string>();
  const expected = new Map([...evidence.named.map(({ path }) => path), ...(evidence.files ?? [])].map((path) => [fold(path), path]));
  const lacking = [...expected].filter(([key]) => !there.has(key)).map(([, path]) => path);
  return {
    missing: lacking.filter((path) => !before.has(fold(path))),
    writtenOver: lacking.filter((path) => before.has(fold(path))),
  };
}

/**
 * Whether the files alone prove that the job has finished, on a host that writes configuration and runtime state after every disk: both
 * are there, and no fewer files of disks than the export has disks.
 */
export function proveEnd(target: ExportTarget, files: readonly WrittenFile[]): boolean {
  const count = (...roles: readonly FileRole[]) => files.filter(({ role, bytes }) => roles.includes(role) && bytes > 0).length;
  return count("configuration") > 0 && count("runtimeState") > 0 && count("disk", "log") >= target.disks.length;
}

/**
 * What no finished export can lack, where its job has named nothing and only what is there tells: a configuration, and in a full export a
 * file for each disk. A difference may have none for a disk that has not changed. In words; undefined where nothing is lacking.
 */
export function lackOfKinds(target: ExportTarget, files: readonly WrittenFile[]): string | undefined {
  if (!files.some(({ role }) => role === "configuration")) return "it lacks the machine's configuration";
  if (target.baseReferencePointId !== undefined) return undefined;
  const disks = files.filter(({ role }) => role === "disk" || role === "log").length;
  return disks < target.disks.length ? `it holds ${disks} files of disks, of ${target.disks.length}` : undefined;
}

/** ExportedLogFilePaths names the files of disks, whatever they are: only the extension tells a disk from a log. */
function roleByName({ path, namedBy }: NamedFile): FileRole {
  return namedBy === "log" && roleByExtension(path) === "disk" ? "disk" : namedBy;
}

/** Folders below a directory that hold a claim or a chain's record of their own, with a closing slash. */
export function claimedFolders(entries: readonly ListedFile[]): string[] {
  return entries.flatMap(({ kind, path }) =>
    kind === "file" ? [CLAIM_FILE, CHAIN_FILE].filter((name) => path.endsWith(`/${name}`)).map((name) => path.slice(0, -name.length)) : [],
  );
}

/** Undefined before the first call: nothing that is there can be the job's. A repair has a directory of its own. */
function namesBefore({ subdirectory, before }: Evidence, fold: PathRules["fold"]): Set<string> | undefined {
  if (before !== undefined) return new Set(before.map(fold));
  return subdirectory === "" ? undefined : new Set();
}

/**
 * The entries below the attempt's place, with their paths relative to it. Repairs are places of their own, and so is a folder that another
 * export has claimed: two creates may begin at once, one inside the other's directory.
 */
function entriesOfPlace(subdirectory: string, entries: readonly ListedFile[]): ListedFile[] {
  if (subdirectory === "") {
    const claimed = claimedFolders(entries);
    return entries.filter(({ path }) => repairDirectoryOf(path) === undefined && !claimed.some((folder) => `${path}/`.startsWith(folder)));
  }
  const prefix = `${subdirectory}/`;
  return entries.filter(({ path }) => path.startsWith(prefix)).map((entry) => ({ ...entry, path: entry.path.slice(prefix.length) }));
}
