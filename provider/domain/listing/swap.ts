import type { PathRules } from "../paths/path-rules";
import type { Attempt } from "../records/attempt";
import { byRecordedName } from "./listed-name";
import type { ListedFile } from "./written-files";

type Fold = Pick<PathRules, "fold">;
type InRepair = Pick<Attempt, "subdirectory">;

interface Named {
  readonly path: string;
}

/** Of the files of a repair that are on their way into place, those that have arrived: what still waits has not covered anything yet. */
export function movedFiles(
  { subdirectory, moving = [] }: Pick<Attempt, "subdirectory" | "moving">,
  entries: readonly ListedFile[],
  rules: Fold,
): string[] {
  const listed = byRecordedName(filesOf(entries), rules);
  return moving.filter((path) => listed(path) && !listed(`${subdirectory}/${path}`));
}

/** Of the repaired files, those that still wait in the repair's directory. */
export function waitingFiles<T extends Named>(
  { subdirectory }: InRepair,
  repaired: readonly T[],
  entries: readonly ListedFile[],
  rules: Fold,
): T[] {
  const listed = byRecordedName(filesOf(entries), rules);
  return repaired.filter(({ path }) => listed(`${subdirectory}/${path}`));
}

/** Files of the damaged export, by the names under which they are listed, that the repaired one does not have. */
export function superfluousFiles(old: readonly Named[], repaired: readonly Named[], entries: readonly ListedFile[], rules: Fold): string[] {
  // Some file systems take more names for the same than their host's rules tell.
  const broadly = (path: string) => rules.fold(path).toLowerCase();
  const kept = new Set(repaired.map(({ path }) => broadly(path)));
  const listed = byRecordedName(filesOf(entries), rules);
  return [...new Set(old.flatMap(({ path }) => (kept.has(broadly(path)) ? [] : (listed(path)?.path ?? []))))];
}

/** Of the repaired files, those that are not where they belong, or are also where they came from: a damaged one can have the size of the good one. */
export function filesNotInPlace(
  { subdirectory }: InRepair,
  repaired: readonly { readonly path: string; readonly bytes: number }[],
  entries: readonly ListedFile[],
  rules: Fold,
): string[] {
  const listed = byRecordedName(entries, rules);
  const isInPlace = (path: string, bytes: number) => listed(path)?.bytes === bytes && !listed(`${subdirectory}/${path}`);
  return repaired.filter(({ path, bytes }) => !isInPlace(path, bytes)).map(({ path }) => path);
}

function filesOf(entries: readonly ListedFile[]): ListedFile[] {
  return entries.filter(({ kind }) => kind === "file");
}
