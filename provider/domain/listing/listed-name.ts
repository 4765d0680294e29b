import type { PathRules } from "../paths/path-rules";

/**
 * Finds what a listing has under a name that was recorded: by that very name, else by the only one that the host takes for the same.
 * A folder may tell letter case apart all the same; there, somebody's file of nearly the same name is not the export's.
 */
export function byRecordedName<T extends { readonly path: string }>(
  entries: readonly T[],
  { fold }: Pick<PathRules, "fold">,
): (recorded: string) => T | undefined {
  const exactly = new Map(entries.map((entry) => [entry.path, entry]));
  const folded = new Map<string, T | undefined>();
  for (const entry of entries) {
    const key = fold(entry.path);
    folded.set(key, folded.has(key) ? undefined : entry);
  }
  return (recorded) => exactly.get(recorded) ?? folded.get(fold(recorded));
}
