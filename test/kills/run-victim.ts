import { spawn } from "node:child_process";
import * as path from "node:path";

/** What a process told that came to its end. */
export interface Told<State> {
  readonly moments: number;
  readonly state: State | null;
}

/**
 * Runs an operation in a process of its own; undefined when it was killed, which is all that its parent then knows.
 *
 * @param program a file beside this one
 */
export function runVictim<State>(program: string, request: object): Promise<Told<State> | undefined> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, program), JSON.stringify(request)]);
  let told = "";
  let complaint = "";
  child.stdout.on("data", (data: Buffer) => {
    told += data;
  });
  child.stderr.on("data", (data: Buffer) => {
    complaint += data;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (signal === "SIGKILL") resolve(undefined);
      else if (code === 0) resolve(JSON.parse(told) as Told<State>);
      else reject(new Error(`the victim ended with ${code}: ${complaint}`));
    });
  });
}
