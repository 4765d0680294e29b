import type { SplitPath } from "./path-parts";
import { isPosixName, posixPathProblems, splitPosixPath } from "./posix-path";
import { hasRelativeForm } from "./relative-path";
import { isWindowsName } from "./windows-name";
import { foldWindowsCase, splitWindowsPath, windowsPathProblems } from "./windows-path";

/** Whose rules a host's paths follow. */
export type PathStyle = "windows" | "posix";

/** What can be said about a host's directories from their text alone. Every function takes any text and never throws. */
export interface PathRules {
  /** Every reason why the path cannot be an export directory, each a sentence that does not echo it; empty when it can. */
  check(path: string): string[];
  /** Whether two texts name the same directory. Links and short names are the host's to resolve. */
  same(a: string, b: string): boolean;
  /** The form to send to a host: the style's separator, single, none at the end but a root's. Keeps case; leaves `..` alone. */
  normalise(path: string): string;
  /** Whether a path with forward slashes names something below a directory, and the same thing whoever asks. Any name that a host can list does. */
  isRelative(path: string): boolean;
  /** What a relative path names below a directory. The caller has put it to isRelative if it came from outside. */
  join(directory: string, relative: string): string;
  /** Equal for two names, or relative paths, that the file system takes for the same. */
  fold(path: string): string;
  /** What a path names relative to a directory, with forward slashes; undefined where it does not lie below it. */
  relative(directory: string, path: string): string | undefined;
  /** The directories above, nearest first, without the root. Empty for a path that is not absolute. */
  parents(path: string): string[];
  /** `D:\`, `\\server\share\` or `/`; empty for a path that is not absolute. */
  root(path: string): string;
  /** Whether the first path lies below the second; a directory does not lie in itself. False unless both are absolute. */
  isInside(inner: string, outer: string): boolean;
}

/** The rules of a style. */
export function pathRules(style: PathStyle): PathRules {
  return rules[style];
}

interface Style {
  readonly separator: string;
  split(path: string): SplitPath;
  check(path: string): string[];
  isName(name: string): boolean;
  /** Equal for texts that the file system takes for one name. */
  fold(text: string): string;
}

function rulesOf({ separator, split, check, isName, fold }: Style): PathRules {
  const text = (path: SplitPath) => path.prefix + path.parts.join(separator);
  const normalise = (path: string) => text(split(path));
  const isInside = (inner: string, outer: string) => {
    const [low, high] = [split(inner), split(outer)];
    if (!low.absolute || !high.absolute || low.parts.length <= high.parts.length) return false;
    return fold(text({ ...low, parts: low.parts.slice(0, high.parts.length) })) === fold(text(high));
  };
  return {
    check,
    isRelative: (path) => hasRelativeForm(path) && path.split("/").every(isName),
    normalise,
    same: (a, b) => fold(normalise(a)) === fold(normalise(b)),
    join: (directory, relative) => normalise(relative === "" ? directory : directory + separator + relative),
    fold,
    relative: (directory, path) => {
      if (!isInside(path, directory)) return undefined;
      return split(path).parts.slice(split(directory).parts.length).join("/");
    },
    parents: (path) => {
      const whole = split(path);
      if (!whole.absolute) return [];
      return whole.parts.slice(1).map((_, above) => text({ ...whole, parts: whole.parts.slice(0, whole.parts.length - 1 - above) }));
    },
    root: (path) => {
      const { absolute, prefix } = split(path);
      return absolute ? prefix : "";
    },
    isInside,
  };
}

const rules: Record<PathStyle, PathRules> = {
  windows: rulesOf({ separator: "\\", split: splitWindowsPath, check: windowsPathProblems, isName: isWindowsName, fold: foldWindowsCase }),
  posix: rulesOf({ separator: "/", split: splitPosixPath, check: posixPathProblems, isName: isPosixName, fold: (text) => text }),
};
