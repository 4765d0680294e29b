import { setTimeout } from "node:timers/promises";
import { HostError } from "../port";
import { errorCode } from "./file-errors";

/** About 1.5 s in all. */
export const WAITS_MS = [25, 50, 100, 200, 400, 800] as const;

/** Does something with a file, again while another program (a virus scanner, an indexer) has it open for a moment. */
export async function patiently<T>(action: () => T | Promise<T>): Promise<T> {
  for (const wait of WAITS_MS) {
    try {
      return await action();
    } catch (error) {
      if (!isInUse(error)) throw error;
      await setTimeout(wait);
    }
  }
  return action();
}

function isInUse(error: unknown): boolean {
  return error instanceof HostError ? error.kind === "fileInUse" : isBusy(errorCode(error));
}

/** What waits for its deletion on Windows looks like something that is denied. */
export function isBusy(code: string | undefined): boolean {
  return code === "EBUSY" || code === "ETXTBSY" || (process.platform === "win32" && code === "EPERM");
}
