import { utf8Length } from "./posix-path";
import { windowsNameProblems } from "./windows-name";

/** Far beyond what an export writes; bounds what a damaged or hostile manifest can make us handle. */
const MAX_RELATIVE_PATH = 1024;
const MAX_NAME_BYTES = 255;

/** The folders that a relative path lies in, outermost first. */
export function foldersAbove(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}

/**
 * Whether a path from a manifest may be joined to an export directory: it names something below the directory, and the same thing,
 * on every platform, whatever wrote the manifest. Windows' rules hold everywhere, because one manifest may be read on both.
 */
export function isSafeRelativePath(path: string): boolean {
  if (path.length > MAX_RELATIVE_PATH || path.includes("\\")) return false;
  return path.split("/").every((name) => name !== "" && windowsNameProblems(name).length === 0 && utf8Length(name) <= MAX_NAME_BYTES);
}
