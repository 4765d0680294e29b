import { isRecord, repairDirectoryOf } from "./record-names";
import type { ListedFile } from "./written-files";

const MOST_NAMED = 10;

/** What lies in an export directory and is neither one of the given files nor a record or repair of ours. Links are foreign. */
export function foreignFiles(entries: readonly ListedFile[], own: readonly { readonly path: string }[]): string[] {
  const ours = new Set(own.map((file) => file.path.toLowerCase()));
  return entries
    .filter((entry) => entry.kind !== "directory" && !(entry.kind === "file" && ours.has(entry.path.toLowerCase())))
    .filter((entry) => !isRecord(entry.path) && repairDirectoryOf(entry.path) === undefined)
    .map((entry) => entry.path);
}

/** "a, b, c and 7 more" */
export function nameSome(names: readonly string[]): string {
  const rest = names.length - MOST_NAMED;
  return names.slice(0, MOST_NAMED).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
