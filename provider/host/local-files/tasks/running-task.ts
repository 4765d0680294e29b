import type { TaskState } from "../../port";

export interface RunningTask {
  readonly doneBytes: number;
  /** Resolves with the end of the task; rejects with a HostError. */
  readonly end: Promise<TaskState>;
  cancel(): void;
}
