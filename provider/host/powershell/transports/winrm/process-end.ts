/** What ends with this process. */
interface Ending {
  kill(): void;
}

const open = new Set<Ending>();

/** A pipe that is not held ends with this process: its shell is removed, when nothing else keeps the process. */
export function stays(pipe: Ending): void {
  if (open.size === 0) process.on("beforeExit", endAll);
  open.add(pipe);
}

/** It has ended. */
export function endWithProcess(pipe: Ending): void {
  open.delete(pipe);
  if (open.size === 0) process.off("beforeExit", endAll);
}

function endAll(): void {
  for (const pipe of open) pipe.kill();
}
