import { isLeftoverRecord } from "../../domain/records/record-names";
import type { Operation } from "../session/operation";
import { runTask } from "../session/run-task";
import type { DirectoryView } from "./look";

/** Half-written records of runs that were killed while they wrote them. */
export function leftoversOf(view: DirectoryView): string[] {
  return view.entries.filter((entry) => entry.kind === "file" && isLeftoverRecord(entry.path)).map((entry) => entry.path);
}

/** Removes what killed writes left in a directory of ours; nothing is asked of the host when there is nothing. */
export async function removeLeftovers(operation: Operation, view: DirectoryView): Promise<void> {
  const files = leftoversOf(view);
  if (files.length === 0) return;
  const { directory, canonicalPath } = view;
  await runTask(operation, "remove what a killed write left", { directory, canonicalPath, kind: "remove", files });
}
