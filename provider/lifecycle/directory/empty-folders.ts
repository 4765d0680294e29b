import type { Place } from "../../host/port";
import type { Operation } from "../session/operation";
import { placeBelow } from "./claim-file";

/** Removes these folders below a place, deepest first. One that is not empty holds somebody's files and stays. */
export async function removeEmptyFolders(operation: Operation, place: Place, folders: readonly string[]): Promise<void> {
  const deepestFirst = [...folders].sort((a, b) => b.split("/").length - a.split("/").length);
  for (const folder of deepestFirst) await removeIfEmpty(operation, placeBelow(operation, place, folder).directory);
}

export function removeIfEmpty(operation: Operation, directory: string): Promise<"removed" | "notEmpty" | "absent"> {
  return operation.ask("remove the emptied directory", directory, () => operation.host.removeEmptyDirectory(directory));
}
