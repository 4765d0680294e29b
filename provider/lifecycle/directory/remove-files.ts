import type { Place } from "../../host/port";
import type { Operation } from "../session/operation";
import { runTask } from "../session/run-task";
import { placeBelow } from "./claimed-directory";
import { type DirectoryView, leftoversOf } from "./look";
import { onlyIfSeen, type SeenClaim } from "./seen-claim";

/**
 * Removes these files, relative to the place, and the folders that this leaves empty. Nothing is asked of the host for none.
 *
 * @param seen the claim that says whose they are; the host removes nothing once it has changed
 */
export async function removeFiles(
  operation: Operation,
  step: string,
  place: Place,
  files: readonly string[],
  seen: SeenClaim,
): Promise<void> {
  if (files.length === 0) return;
  const { directory, canonicalPath } = place;
  await runTask(operation, step, { directory, canonicalPath, kind: "remove", files, onlyIf: onlyIfSeen(seen) });
}

/** Removes what killed writes left in a directory of ours. */
export function removeLeftovers(operation: Operation, view: DirectoryView, seen: SeenClaim): Promise<void> {
  return removeFiles(operation, "remove what a killed write left", view, leftoversOf(view), seen);
}

/** Removes these folders below a place, deepest first. One that is not empty holds somebody's files and stays. */
export async function removeEmptyFolders(operation: Operation, place: Place, folders: readonly string[], seen: SeenClaim): Promise<void> {
  const deepestFirst = [...folders].sort((a, b) => b.split("/").length - a.split("/").length);
  for (const folder of deepestFirst) await removeIfEmpty(operation, placeBelow(operation, place, folder).directory, seen);
}

/** Removes a folder below the directory, and the folders in it, as far as they are empty. */
export function removeEmptyTree(operation: Operation, view: DirectoryView, folder: string, seen: SeenClaim): Promise<void> {
  const below = view.entries.filter(({ kind, path }) => kind === "directory" && path.startsWith(`${folder}/`)).map(({ path }) => path);
  return removeEmptyFolders(operation, view, [...below, folder], seen);
}

export function removeIfEmpty(operation: Operation, directory: string, seen: SeenClaim): Promise<"removed" | "notEmpty" | "absent"> {
  const request = { directory, onlyIf: onlyIfSeen(seen) };
  return operation.ask("remove the emptied directory", directory, () => operation.host.removeEmptyDirectory(request));
}
