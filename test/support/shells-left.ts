import * as fs from "node:fs";
import { descendants } from "./sshd";

/** Shells that this process, or one of its own, has started and that run: their process ids. */
export function shellsLeft(): number[] {
  return descendants(process.pid).filter((pid) => {
    try {
      return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("\0-NonInteractive\0");
    } catch {
      return false; // it has just ended
    }
  });
}
