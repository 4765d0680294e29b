import { filesOfRepair } from "../../domain/records/export-files";
import { isLeftoverRecord, isRepairOf, MANIFEST_FILE } from "../../domain/records/record-names";
import { placeBelow } from "../directory/claim-file";
import { removeEmptyFolders } from "../directory/empty-folders";
import { type DirectoryView, lookAt } from "../directory/look";
import { cancelJobsAt } from "../export-job/discard-attempt";
import type { Operation } from "../session/operation";
import { runTask } from "../session/run-task";

const STEP = "remove an abandoned repair";

/** What tells a repair that nobody goes on with: it is of this export, and not the one that the claim knows (`except`). */
export interface StrayRepairs {
  readonly exportId: string;
  readonly except: string | undefined;
}

function strayRepairs({ entries }: DirectoryView, { exportId, except }: StrayRepairs): string[] {
  return entries
    .filter(({ kind, path }) => kind === "directory" && isRepairOf(exportId, path) && path !== except)
    .map((entry) => entry.path);
}

/** Cancels their jobs: Hyper-V refuses another export of the machine while one runs. */
export async function endStrayRepairs(operation: Operation, view: DirectoryView, which: StrayRepairs): Promise<void> {
  for (const path of strayRepairs(view, which)) await cancelJobsAt(operation, placeBelow(operation, view, path).directory);
}

/**
 * Removes repairs that were begun and lost, as by somebody who took the claim away, with what they have written. Not before the export
 * is whole again, or unwanted: until then theirs may be the only good files.
 *
 * @param replaced the files of the export, which the repairs were to replace
 */
export async function removeStrayRepairs(
  operation: Operation,
  view: DirectoryView,
  which: StrayRepairs,
  replaced: readonly { readonly path: string }[],
): Promise<void> {
  const repairs = strayRepairs(view, which);
  if (repairs.length === 0) return;
  await endStrayRepairs(operation, view, which);
  const look = await lookAt(operation, view.directory);
  if (look.kind !== "view") return;
  for (const repair of repairs) {
    const { directory, canonicalPath } = placeBelow(operation, view, repair);
    const files = filesIn(look.view, repair, replaced);
    if (files.length > 0) await runTask(operation, STEP, { directory, canonicalPath, kind: "remove", files });
    await removeRepairDirectory(operation, look.view, repair);
  }
}

/** The files, relative to the export directory, that {@link removeStrayRepairs} would remove. */
export function strayRepairFiles(view: DirectoryView, which: StrayRepairs, replaced: readonly { readonly path: string }[]): string[] {
  return strayRepairs(view, which).flatMap((repair) => filesIn(view, repair, replaced).map((file) => `${repair}/${file}`));
}

function filesIn(view: DirectoryView, repair: string, replaced: readonly { readonly path: string }[]): string[] {
  return [...filesOfRepair(repair, replaced, view.entries).map((file) => file.path), ...recordsIn(view, repair)];
}

function recordsIn({ entries }: DirectoryView, repair: string): string[] {
  const there = entries.filter(({ kind, path }) => kind === "file" && path.startsWith(`${repair}/`));
  return there.map(({ path }) => path.slice(repair.length + 1)).filter((name) => name === MANIFEST_FILE || isLeftoverRecord(name));
}

export async function removeRepairDirectory(operation: Operation, view: DirectoryView, repair: string): Promise<void> {
  const below = view.entries.filter(({ kind, path }) => kind === "directory" && path.startsWith(`${repair}/`)).map(({ path }) => path);
  await removeEmptyFolders(operation, view, [...below, repair]);
}
