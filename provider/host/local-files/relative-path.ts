import * as path from "node:path";
import { windowsNameProblems } from "../../domain/paths/windows-name";
import { HostError } from "../port";
import { localPathStyle } from "./local-paths";

const WINDOWS = localPathStyle === "windows";

/** The parts of a relative path with forward slashes that stays within its directory; anything else is refused. */
export function relativeParts(relative: string): string[] {
  const parts = relative.split("/");
  const bad = (part: string): boolean =>
    part === "" ||
    part === "." ||
    part === ".." ||
    part.includes("\0") ||
    (WINDOWS && (part.includes("\\") || windowsNameProblems(part).length > 0));
  if (relative.length > 32_000 || parts.some(bad)) {
    throw new HostError(
      "invalidParameter",
      `Not a path below a directory, with forward slashes: ${JSON.stringify(relative.slice(0, 300))}.`,
    );
  }
  return parts;
}

export function withinDirectory(directory: string, relative: string): string {
  return path.join(directory, ...relativeParts(relative));
}

export function requireAbsolute(directory: string): void {
  if (!path.isAbsolute(directory) || directory.includes("\0")) {
    throw new HostError("invalidParameter", `Not an absolute path of this machine: ${JSON.stringify(directory.slice(0, 300))}.`);
  }
}
