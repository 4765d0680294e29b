import * as fs from "node:fs";
import * as path from "node:path";
import { type ChangedDirectory, type CreatedDirectory, HostError } from "../port";
import { canonical, freeSpace, rootIsMissing } from "./directory-report";
import { errorCode, hostErrorFrom } from "./file-errors";
import { linkError, lstat } from "./guarded-place";
import { requireUnchanged } from "./preconditions";
import { requireAbsolute } from "./relative-path";

const NO_DIRECTORY = "what is there is not a directory";

/** Makes a directory and what is missing above it, one level at a time, so that it knows whether it made the last one itself. */
export function createDirectory({ directory, onlyIf }: ChangedDirectory): CreatedDirectory {
  requireAbsolute(directory);
  const target = path.resolve(directory);
  if (rootIsMissing(target))
    throw new HostError("volumeMissing", `The volume of ${directory} is not there.`, { path: directory, why: "its volume is not there" });
  const chain: string[] = [];
  for (let level = target; !fs.existsSync(level); level = path.dirname(level)) {
    chain.unshift(level);
    if (path.dirname(level) === level) break;
  }
  if (chain.length > 0) requireUnchanged(onlyIf);
  const made = chain.filter((level) => make(level));
  const found = lstat(target);
  if (found?.isSymbolicLink()) throw linkError(target);
  if (!found?.isDirectory())
    throw new HostError("io", `${directory} is there, and is not a directory.`, { path: directory, why: NO_DIRECTORY });
  const canonicalPath = canonical(target);
  return {
    canonicalPath,
    created: made.includes(target),
    freeBytes: freeSpace(canonicalPath),
  };
}

function make(level: string): boolean {
  try {
    fs.mkdirSync(level);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw hostErrorFrom(error, "create the directory", level);
  }
}

export function removeEmptyDirectory({ directory, onlyIf }: ChangedDirectory): "removed" | "notEmpty" | "absent" {
  requireAbsolute(directory);
  const found = lstat(directory);
  if (!found) return "absent";
  if (found.isSymbolicLink()) throw linkError(directory);
  if (!found.isDirectory()) throw new HostError("io", `${directory} is not a directory.`, { path: directory, why: NO_DIRECTORY });
  requireUnchanged(onlyIf);
  try {
    fs.rmdirSync(directory);
    return "removed";
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOTEMPTY" || code === "EEXIST") return "notEmpty";
    if (code === "ENOENT") return "absent";
    throw hostErrorFrom(error, "remove the directory", directory);
  }
}
