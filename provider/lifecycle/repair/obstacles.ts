import { ExportError } from "../../domain/errors/export-error";
import { foldersAbove } from "../../domain/paths/relative-path";
import { nameSome } from "../../domain/records/foreign-files";
import { CLAIM_FILE, MANIFEST_FILE } from "../../domain/records/record-names";
import type { DirectoryView } from "../directory/look";

interface Named {
  readonly path: string;
}

/**
 * Refuses a repair that something stands in the way of: where a file or a record belongs, a folder, a link or a file that is not ours;
 * where a folder belongs, a file or a link. Looked at before hours of exporting, and once more before the first move.
 *
 * @param wanted the files that the repaired export has
 * @param own files that may be covered
 */
export function refuseObstacles(view: DirectoryView, wanted: readonly Named[], own: readonly Named[]): void {
  const ours = namesOf([...own, { path: CLAIM_FILE }, { path: MANIFEST_FILE }]);
  const files = namesOf([...wanted, { path: CLAIM_FILE }, { path: MANIFEST_FILE }]);
  const folders = new Set([...files].flatMap(foldersAbove));
  const blockers = view.entries.filter(({ path, kind }) => {
    const name = path.toLowerCase();
    return files.has(name) ? kind !== "file" || !ours.has(name) : folders.has(name) && kind !== "directory";
  });
  if (blockers.length === 0) return;
  const reason = `these are in the way: ${nameSome(blockers.map((entry) => entry.path))}`;
  throw new ExportError("repair-blocked", { step: "repair the damaged export", subject: view.directory, reason });
}

/** Windows does not tell names apart by their case. */
function namesOf(files: readonly Named[]): Set<string> {
  return new Set(files.map(({ path }) => path.toLowerCase()));
}
