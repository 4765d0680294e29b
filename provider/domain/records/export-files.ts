import type { Attempt } from "./attempt";
import type { ExportTarget } from "./export-target";
import { type FileRole, isNamedAfter, roleOf, sourceStemOf, stemOf } from "./exported-file";
import { repairDirectoryOf } from "./record-names";

/** A file below an export directory, as the host lists it. */
export interface ListedFile {
  readonly path: string;
  readonly kind: "file" | "directory" | "link" | "other";
  readonly bytes: number;
}

export interface WrittenFile {
  /** Relative to the attempt's own place. */
  readonly path: string;
  readonly bytes: number;
  readonly role: FileRole;
}

/** How the names of everything that an export of this target writes begin. */
function expectedStems(target: ExportTarget): string[] {
  const guids = [target.virtualMachineId, target.referencePointId].map((id) => id.replace(/^Microsoft:/i, "").toLowerCase());
  return [...guids, ...target.disks.map((disk) => stemOf(disk.path))];
}

/** A name for each of the files that an export of this target writes, without its folder. */
export function expectedFiles(target: ExportTarget): { readonly path: string }[] {
  return expectedStems(target).map((stem) => ({ path: `${stem}.` }));
}

/** Of everything in the export directory, the files that this attempt's job wrote; what else is there is foreign. */
export function filesOfAttempt(attempt: Pick<Attempt, "subdirectory" | "target">, entries: readonly ListedFile[]): WrittenFile[] {
  return filesNamedAfter(expectedStems(attempt.target), attempt.subdirectory, entries);
}

/** The files of a repair of which no more is known than which files it was to replace. */
export function filesOfRepair(
  subdirectory: string,
  replaced: readonly { readonly path: string }[],
  entries: readonly ListedFile[],
): WrittenFile[] {
  return filesNamedAfter(
    replaced.map((file) => sourceStemOf(file.path)),
    subdirectory,
    entries,
  );
}

function filesNamedAfter(stems: readonly string[], subdirectory: string, entries: readonly ListedFile[]): WrittenFile[] {
  const prefix = subdirectory === "" ? "" : `${subdirectory}/`;
  return entries.flatMap((entry) => {
    if (entry.kind !== "file" || !entry.path.startsWith(prefix)) return [];
    const path = entry.path.slice(prefix.length);
    if (prefix === "" && repairDirectoryOf(path) !== undefined) return [];
    const role = roleOf(path, stems);
    return role === undefined ? [] : [{ path, bytes: entry.bytes, role }];
  });
}

/** What an export of the target must hold and these files lack; empty when nothing is missing. */
export function missingParts(target: ExportTarget, files: readonly WrittenFile[]): string[] {
  const missing = target.disks.flatMap((disk) => {
    const stem = stemOf(disk.path);
    const there = files.some(
      ({ path, bytes, role }) => bytes > 0 && (role === "disk" || role === "log") && isNamedAfter(stemOf(path), stem),
    );
    return there ? [] : [`a file of the disk ${disk.path}`];
  });
  if (!files.some((file) => file.role === "configuration" && file.bytes > 0)) missing.push("a configuration file");
  if (!files.some((file) => file.role === "runtimeState")) missing.push("a runtime state file");
  return missing;
}
