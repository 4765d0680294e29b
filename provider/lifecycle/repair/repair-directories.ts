import { evidenceOfDirectory, filesOfAttempt } from "../../domain/listing/written-files";
import type { NamedFile } from "../../domain/records/attempt";
import { isLeftoverRecord, MANIFEST_FILE } from "../../domain/records/record-names";
import { type ClaimedDirectory, placeBelow } from "../directory/claimed-directory";
import { type DirectoryView, lookAt } from "../directory/look";
import { type RepairsOf, strayRepairs } from "../directory/ownership";
import { removeEmptyTree, removeFiles } from "../directory/remove-files";
import type { SeenClaim } from "../directory/seen-claim";
import { cancelJobsAt } from "../export-job/discard-attempt";
import { namedIn } from "../export-job/watch-job";
import type { Operation } from "../session/operation";

/** Cancels the jobs of stray repairs: Hyper-V refuses another export of the machine while one runs. */
export async function cancelStrayRepairs(operation: Operation, view: DirectoryView, which: RepairsOf, seen: SeenClaim): Promise<void> {
  for (const path of strayRepairs(view, which)) await cancelJobsAt(operation, placeBelow(operation, view, path).directory, seen);
}

/**
 * Removes stray repairs with what they have written. Not before the export is whole again, or unwanted: until then theirs may be the
 * only good files.
 */
export async function removeStrayRepairs(operation: Operation, view: DirectoryView, which: RepairsOf, seen: SeenClaim): Promise<void> {
  const repairs = strayRepairs(view, which);
  if (repairs.length === 0) return;
  for (const repair of repairs) {
    const place = placeBelow(operation, view, repair);
    const jobs = await cancelJobsAt(operation, place.directory, seen);
    const look = await lookAt(operation, view.directory);
    if (look.kind !== "view") return;
    const named = jobs.flatMap((job) => namedIn(operation, place, job));
    await removeFiles(operation, "remove a stray repair", place, filesIn(operation, look.view, repair, named), seen);
    await removeEmptyTree(operation, look.view, repair, seen);
  }
}

/** The files, relative to the export directory, that {@link removeStrayRepairs} would remove. */
export function strayRepairFiles(operation: Operation, view: DirectoryView, which: RepairsOf): string[] {
  return strayRepairs(view, which).flatMap((repair) => filesIn(operation, view, repair).map((file) => `${repair}/${file}`));
}

function filesIn(operation: Operation, view: DirectoryView, repair: string, named: readonly NamedFile[] = []): string[] {
  const written = filesOfAttempt({ ...evidenceOfDirectory(repair), named: [...named] }, view.entries, operation.paths);
  return [...written.map((file) => file.path), ...recordsIn(view, repair)];
}

function recordsIn({ entries }: DirectoryView, repair: string): string[] {
  const there = entries.filter(({ kind, path }) => kind === "file" && path.startsWith(`${repair}/`));
  return there.map(({ path }) => path.slice(repair.length + 1)).filter((name) => name === MANIFEST_FILE || isLeftoverRecord(name));
}

/** The ids under which claim and manifest know the export, but for the one that it goes on under. */
export function formerIds({ claim, manifest }: DirectoryView, exportId: string): string[] {
  const ids = [claim, manifest].flatMap((record) => (record.kind === "read" ? [record.value.exportId] : []));
  return [...new Set(ids)].filter((id) => id !== exportId);
}

/**
 * Removes the repairs of an export that is written anew under another id: nobody would know them any more.
 *
 * @param former the id in the claim before, `repair` the repair that it knew, or ""
 */
export async function removeRepairsOfFormerIds(
  operation: Operation,
  claimed: ClaimedDirectory,
  { former, repair }: { readonly former: string; readonly repair: string },
): Promise<void> {
  const { directory, claim } = claimed;
  if (former === claim.exportId && repair === "") return;
  const look = await lookAt(operation, directory);
  if (look.kind !== "view") return;
  const ids = new Set([former, ...formerIds(look.view, claim.exportId)]);
  ids.delete(claim.exportId);
  for (const exportId of ids) {
    await removeStrayRepairs(operation, look.view, { exportId, except: undefined }, claimed);
  }
  if (repair !== "") await removeEmptyTree(operation, look.view, repair, claimed);
}
