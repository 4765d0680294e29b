import { randomUUID } from "node:crypto";
import type { Answer, HostError, Task, TaskId, TaskState } from "../../port";
import { hostErrorFrom } from "../file-errors";
import { HashTask } from "./hash-task";
import { RemoveTask } from "./remove-task";
import type { RunningTask } from "./running-task";

/** Long work of one session. The end of a task is told once; a task that is not known counts as cancelled. */
export class TaskList {
  private readonly tasks = new Map<TaskId, { readonly task: RunningTask; end?: Answer<TaskState> }>();

  start(task: Task): TaskId {
    const id = randomUUID();
    const running = task.kind === "hash" ? new HashTask(task) : new RemoveTask(task);
    const entry: { task: RunningTask; end?: Answer<TaskState> } = { task: running };
    this.tasks.set(id, entry);
    running.end.then(
      (value) => {
        entry.end = { ok: true, value };
      },
      (error: unknown) => {
        entry.end = { ok: false, error: asHostError(error, task.directory) };
      },
    );
    return id;
  }

  look(id: TaskId): Answer<TaskState> {
    const entry = this.tasks.get(id);
    if (!entry) return { ok: true, value: { kind: "cancelled" } };
    if (!entry.end) return { ok: true, value: { kind: "running", doneBytes: entry.task.doneBytes } };
    this.tasks.delete(id);
    return entry.end;
  }

  cancel(id: TaskId): void {
    this.tasks.get(id)?.task.cancel();
  }

  /** Cancels everything, and waits until no task touches a file any more. */
  async close(): Promise<void> {
    const ends = [...this.tasks.values()].map((entry) => {
      entry.task.cancel();
      return entry.task.end.catch(() => undefined);
    });
    await Promise.all(ends);
    this.tasks.clear();
  }
}

function asHostError(error: unknown, directory: string): HostError {
  return hostErrorFrom(error, "work on the files of", directory);
}
