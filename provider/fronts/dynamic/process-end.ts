import { processHosts } from "./process-hosts";

/** A session that does not close in this time is left to end with the process. */
const CLOSE_LIMIT_MS = 200;

let ending = false;

/**
 * Ends the provider process when the engine does. The engine sends SIGINT at the end of every operation and waits 5 s for a process
 * that handles it and stays; a killed engine sends nothing, but the standard input ends. Jobs on the hosts go on either way.
 */
export function endWithEngine(): void {
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
  process.stdin.on("end", end);
  process.stdin.on("error", end);
  process.stdin.resume();
}

function end(): void {
  if (ending) return;
  ending = true;
  setTimeout(exit, CLOSE_LIMIT_MS);
  processHosts.close().then(exit, exit);
}

function exit(): void {
  process.exit(0);
}
