import * as path from "node:path";
import { HostError } from "../port";
import { localPaths } from "./local-paths";

/** The parts of a relative path with forward slashes that stays within its directory; anything else is refused. */
export function relativeParts(relative: string): string[] {
  if (localPaths.isRelative(relative)) return relative.split("/");
  throw new HostError("invalidParameter", `Not a path below a directory, with forward slashes: ${JSON.stringify(relative.slice(0, 300))}.`);
}

export function withinDirectory(directory: string, relative: string): string {
  return path.join(directory, ...relativeParts(relative));
}

export function requireAbsolute(directory: string): void {
  if (!path.isAbsolute(directory) || directory.includes("\0")) {
    throw new HostError("invalidParameter", `Not an absolute path of this machine: ${JSON.stringify(directory.slice(0, 300))}.`);
  }
}
