import { characterProblems, partProblems, type SplitPath } from "./path-parts";

const MAX_NAME_BYTES = 255;

/** PATH_MAX of Linux, which counts the final NUL. */
const MAX_PATH_BYTES = 4095;

/** Bytes kept free for what is written below: a repair's folder, "Virtual Hard Disks/" and a name of full length. */
const ROOM_BELOW = 400;

/** Longest export directory on POSIX, in bytes of UTF-8. */
export const MAX_POSIX_DIRECTORY = MAX_PATH_BYTES - ROOM_BELOW;

const EXPECTED = "expected a folder such as /srv/exports/x";

/** Linux's and macOS's own folders. A refusal here does not depend on where this runs, so that previews agree. */
const systemFolders = [
  /^\/(private\/)?(bin|boot|dev|etc|lib(32|64|x32)?|proc|sbin|sys|usr|System|Library)(\/|$)/,
  // Below /run only a user's own folder is for programs; /var/run is a link to /run.
  /^(\/var)?\/run(\/|$)(?!user\/[0-9]+\/)/,
  /^\/(private\/)?(var|tmp)$/,
  /^\/(home|root|opt|mnt|srv|media|private|Users|Volumes)$/,
  /^\/(home|Users)\/[^/]+$/,
];

/** Takes any text apart. */
export function splitPosixPath(path: string): SplitPath {
  const absolute = path.startsWith("/");
  return { absolute, prefix: absolute ? "/" : "", parts: path.split("/").filter((part) => part !== "") };
}

/** Every reason why the path cannot be an export directory on POSIX, each a sentence that does not echo it. */
export function posixPathProblems(path: string): string[] {
  if (path === "") return [`The path is empty; ${EXPECTED}.`];
  const split = splitPosixPath(path);
  const normal = split.prefix + split.parts.join("/");
  const problems: string[] = [];
  // Somebody tries a program for Windows on a host that is none: what is wrong is not the form of the path.
  if (/^([A-Za-z]:|\\\\)/.test(path)) return [`This host takes paths such as /srv/exports/x; got a path of Windows.`];
  if (!split.absolute) problems.push(`The path is not absolute; ${EXPECTED}.`);
  else if (split.parts.length === 0) problems.push(`The path is the root of the file system; ${EXPECTED}.`);
  problems.push(...partProblems(split.parts, posixNameProblems));
  if (systemFolders.some((folder) => folder.test(normal))) {
    problems.push("The path is, or lies in, a folder of the system or a home's root; expected a folder of your own.");
  }
  const length = utf8Length(normal);
  if (length > MAX_POSIX_DIRECTORY) {
    problems.push(
      `The path has ${length} bytes; expected at most ${MAX_POSIX_DIRECTORY}, because an export writes names of up to ${ROOM_BELOW} below it.`,
    );
  }
  return problems;
}

/** Bytes that the text takes in a file name. */
function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Whether a file can have the name. */
export function isPosixName(name: string): boolean {
  return !name.includes("/") && utf8Length(name) <= MAX_NAME_BYTES;
}

function posixNameProblems(name: string): string[] {
  if (name === "." || name === "..") return ['is "." or "..", which stands for another directory'];
  const problems = characterProblems(name);
  if (utf8Length(name) > MAX_NAME_BYTES) problems.push(`is longer than ${MAX_NAME_BYTES} bytes`);
  return problems;
}
