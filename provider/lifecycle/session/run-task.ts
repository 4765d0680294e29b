import type { Task, TaskState } from "../../host/port";
import { explain } from "./host-failure";
import type { Operation } from "./operation";

const SHORTEST_LOOK_MS = 2;
const LONGEST_LOOK_MS = 1000;
/** A cancelled task ended with its session, and is started anew; more often than this is no accident. */
const STARTS = 4;

type Result<T extends Task> = Extract<TaskState, { kind: T["kind"] extends "hash" ? "hashed" : "removed" }>;

/** Runs long work on the host to its end. Both kinds are harmless to run again, so a lost session only costs time. */
export async function runTask<T extends Task>(
  operation: Operation,
  step: string,
  task: T,
  progress: (doneBytes: number) => void = () => {},
): Promise<Result<T>> {
  for (let start = 1; ; start++) {
    const id = await operation.ask(step, task.directory, () => operation.host.startTask(task));
    try {
      const end = await untilEnd(operation, step, task.directory, id, progress);
      if (end.kind !== "cancelled") return end as Result<T>;
      if (start === STARTS) throw operation.timedOut(step, task.directory);
    } catch (error) {
      const why = operation.whyAgain(error, start);
      if (why === undefined) {
        operation.host.cancelTask(id).catch(() => {});
        throw explain(error, step, task.directory);
      }
      await operation.backOff(start, why);
    }
  }
}

async function untilEnd(
  operation: Operation,
  step: string,
  subject: string,
  id: string,
  progress: (doneBytes: number) => void,
): Promise<Exclude<TaskState, { kind: "running" }>> {
  const { longestLook = LONGEST_LOOK_MS } = operation.surroundings;
  for (let wait = SHORTEST_LOOK_MS; ; wait = Math.min(wait * 2, longestLook)) {
    await operation.clock.sleep(Math.min(wait, Math.max(operation.remaining(), 0)));
    const state = await operation.withinTime(step, subject, operation.host.pollTask(id));
    if (state.kind !== "running") return state;
    progress(state.doneBytes);
    if (operation.isOver()) throw operation.timedOut(step, subject);
  }
}
