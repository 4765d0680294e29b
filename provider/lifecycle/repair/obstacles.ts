import { ExportError } from "../../domain/errors/export-error";
import { nameSome } from "../../domain/listing/foreign-files";
import type { PathRules } from "../../domain/paths/path-rules";
import { foldersAbove } from "../../domain/paths/relative-path";
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
export function refuseObstacles(
  { fold }: Pick<PathRules, "fold">,
  view: DirectoryView,
  wanted: readonly Named[],
  own: readonly Named[],
): void {
  const names = (of: readonly Named[]) => new Set([...of.map(({ path }) => path), CLAIM_FILE, MANIFEST_FILE].map(fold));
  const ours = names(own);
  const files = names(wanted);
  const folders = new Set([...files].flatMap(foldersAbove));
  const blockers = view.entries.filter(({ path, kind }) => {
    const name = fold(path);
    return files.has(name) ? kind !== "file" || !ours.has(name) : folders.has(name) && kind !== "directory";
  });
  if (blockers.length === 0) return;
  const reason = `these are in the way: ${nameSome(blockers.map((entry) => entry.path))}`;
  throw new ExportError("repair-blocked", { step: "repair the damaged export", subject: view.directory, reason });
}
