import { filesOfRepair } from "../../domain/records/export-files";
import { isLeftoverRecord, isRepairOf, MANIFEST_FILE } from "../../domain/records/record-names";
import { placeBelow } from "../directory/claim-file";
import { removeEmptyFolders } from "../directory/empty-folders";
import { type DirectoryView, lookAt } from "../directory/look";
import { endJobs } from "../export-job/discard-attempt";
import type { Operation } from "../session/operation";
import { runTask } from "../session/run-task";

const STEP = "remove an abandoned repair";

/** What tells a repair that nobody goes on with: it is of this export, and not the one that the claim knows (`except`). */
export interface Abandoned {
  readonly exportId: string;
  readonly except: string | undefined;
}

function abandonedRepairs({ entries }: DirectoryView, { exportId, except }: Abandoned): string[] {
  return entries
    .filter(({ kind, path }) => kind === "directory" && isRepairOf(exportId, path) && path !== except)
    .map((entry) => entry.path);
}

/** Cancels their jobs: Hyper-V refuses another export of the machine while one runs. */
export async function endAbandonedRepairs(operation: Operation, view: DirectoryView, which: Abandoned): Promise<void> {
  for (const path of abandonedRepairs(view, which)) await endJobs(operation, placeBelow(operation, view, path).directory);
}

/**
 * Removes repairs that were begun and lost, as by somebody who took the claim away, with what they have written. Not before the export
 * is whole again, or unwanted: until then theirs may be the only good files.
 *
 * @param replaced the files of the export, which the repairs were to replace
 */
export async function removeAbandonedRepairs(
  operation: Operation,
  view: DirectoryView,
  which: Abandoned,
  replaced: readonly { readonly path: string }[],
): Promise<void> {
  const repairs = abandonedRepairs(view, which);
  if (repairs.length === 0) return;
  await endAbandonedRepairs(operation, view, which);
  const look = await lookAt(operation, view.directory);
  if (look.kind !== "view") return;
  for (const repair of repairs) {
    const { directory, canonicalPath } = placeBelow(operation, view, repair);
    const files = filesIn(look.view, repair, replaced);
    if (files.length > 0) await runTask(operation, STEP, { directory, canonicalPath, kind: "remove", files });
    await removeRepairDirectory(operation, look.view, repair);
  }
}

/** The files, relative to the export directory, that {@link removeAbandonedRepairs} would remove. */
export function abandonedFiles(view: DirectoryView, which: Abandoned, replaced: readonly { readonly path: string }[]): string[] {
  return abandonedRepairs(view, which).flatMap((repair) => filesIn(view, repair, replaced).map((file) => `${repair}/${file}`));
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
