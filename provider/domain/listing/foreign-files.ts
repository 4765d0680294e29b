import type { PathRules } from "../paths/path-rules";
import { isRecord, repairDirectoryOf } from "../records/record-names";
import { nameOfServer } from "./file-server-names";
import { byRecordedName } from "./listed-name";
import type { ListedFile } from "./written-files";

const MOST_NAMED = 10;

/**
 * What lies in an export directory and is neither one of the given files nor a record or repair of ours, nor what file servers put into
 * every folder. Links are foreign.
 */
export function foreignFiles(
  entries: readonly ListedFile[],
  own: readonly { readonly path: string }[],
  rules: Pick<PathRules, "fold">,
): string[] {
  const listed = byRecordedName(
    entries.filter(({ kind }) => kind === "file"),
    rules,
  );
  const ours = new Set(own.map(({ path }) => listed(path)));
  return entries
    .filter((entry) => entry.kind !== "directory" && !ours.has(entry) && nameOfServer(entry) === undefined)
    .filter((entry) => !isRecord(entry.path) && repairDirectoryOf(entry.path) === undefined)
    .map((entry) => entry.path);
}

/** "a, b, c and 7 more" */
export function nameSome(names: readonly string[]): string {
  const rest = names.length - MOST_NAMED;
  return names.slice(0, MOST_NAMED).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
