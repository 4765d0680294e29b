import * as fs from "node:fs";
import * as path from "node:path";
import { nextTurn } from "../../event-loop";
import type { Conditional, Place, TaskState } from "../../port";
import { errorCode, hostErrorFrom } from "../file-errors";
import { GuardedPlace, lstat } from "../guarded-place";
import { patiently } from "../patience";
import { requireUnchanged } from "../preconditions";
import { relativeParts, requireAbsolute } from "../relative-path";
import type { RunningTask } from "./running-task";

const SLICE = 50;

/** Removes named files and then the folders below the directory that are empty by it; never the directory itself, never a link. */
export class RemoveTask implements RunningTask {
  readonly end: Promise<TaskState>;
  doneBytes = 0;
  private cancelled = false;

  constructor(private readonly task: Place & Conditional & { readonly files: readonly string[] }) {
    this.end = this.run();
  }

  cancel(): void {
    this.cancelled = true;
  }

  private async run(): Promise<TaskState> {
    await nextTurn();
    if (this.directoryIsAbsent()) return { kind: "removed", removed: [], absent: [...this.task.files] };
    const removed: string[] = [];
    const absent: string[] = [];
    const folders = new Set<string>();
    for (let index = 0; index < this.task.files.length; index++) {
      if (this.cancelled) return { kind: "cancelled" };
      if (index % SLICE === SLICE - 1) await nextTurn();
      const relative = this.task.files[index] as string;
      // Opened anew for each slice: what was a folder a while ago may be a link now.
      const place = GuardedPlace.open(this.task);
      ((await patiently(() => this.remove(place, relative))) ? removed : absent).push(relative);
      const parts = relativeParts(relative);
      for (let depth = 1; depth < parts.length; depth++) folders.add(parts.slice(0, depth).join("/"));
    }
    for (const folder of [...folders].sort((left, right) => right.split("/").length - left.split("/").length)) {
      if (this.cancelled) return { kind: "cancelled" };
      await patiently(() => this.removeFolder(folder));
    }
    return { kind: "removed", removed, absent };
  }

  private removeFolder(folder: string): void {
    const absolute = GuardedPlace.open(this.task).below(folder);
    if (!lstat(absolute)) return;
    requireUnchanged(this.task.onlyIf);
    removeIfEmpty(absolute);
  }

  /** Positively absent: under a parent that is there. */
  private directoryIsAbsent(): boolean {
    requireAbsolute(this.task.directory);
    if (lstat(this.task.directory)) return false;
    return fs.existsSync(path.dirname(path.resolve(this.task.directory)));
  }

  private remove(place: GuardedPlace, relative: string): boolean {
    const file = place.file(relative);
    if (!file.exists) return false;
    const bytes = lstat(file.path)?.size ?? 0;
    requireUnchanged(this.task.onlyIf);
    try {
      fs.unlinkSync(file.path);
    } catch (error) {
      if (errorCode(error) === "ENOENT") return false;
      throw hostErrorFrom(error, "remove the file", file.path);
    }
    this.doneBytes += bytes;
    return true;
  }
}

function removeIfEmpty(folder: string): void {
  // rmdir does not follow links and refuses a folder that holds anything.
  try {
    fs.rmdirSync(folder);
  } catch (error) {
    const code = errorCode(error);
    if (code !== "ENOTEMPTY" && code !== "EEXIST" && code !== "ENOENT" && code !== "ENOTDIR")
      throw hostErrorFrom(error, "remove the folder", folder);
  }
}
