import { type Parsed, refused } from "../values/parsed";

/** Far beyond what an export writes; bounds what a damaged or hostile manifest can make us handle. */
const MAX_RELATIVE_PATH = 32_000;

/** The folders that a relative path lies in, outermost first. */
export function foldersAbove(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}

/**
 * Whether a path has the form of one below a directory: names with forward slashes between them, none of which leads elsewhere, that can be
 * written as UTF-8. What else a host reads in a name is for its own rules to say (`isRelative` of the path rules).
 */
export function hasRelativeForm(path: string): boolean {
  if (path.length > MAX_RELATIVE_PATH || path.includes("\0") || /\p{Cs}/u.test(path)) return false;
  return path.split("/").every((name) => name !== "" && name !== "." && name !== "..");
}

/** What was parsed, unless it names a file that its host would take for another, or for one outside the directory. */
export function withRelativePaths<T>(
  parsed: Parsed<T>,
  { isRelative }: { isRelative(path: string): boolean },
  pathsOf: (value: T) => readonly string[],
): Parsed<T> {
  if (!parsed.ok || pathsOf(parsed.value).every(isRelative)) return parsed;
  return refused("names that lie below the directory on this host", "another one");
}
