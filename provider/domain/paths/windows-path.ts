import { partProblems, type SplitPath } from "./path-parts";
import { windowsNameProblems } from "./windows-name";
import { isWindowsSystemFolder } from "./windows-system-folders";

/** MAX_PATH without its final NUL: Hyper-V's export and Windows PowerShell 5.1 go through the classic calls. */
const MAX_CLASSIC_PATH = 259;

/**
 * Characters kept free for what is written below the export directory: a repair's folder adds 26, "\Virtual Hard Disks\" 20,
 * and a disk's file, which Hyper-V names after the disk with a GUID and ".avhdx", 43 and the disk's own name.
 */
const ROOM_BELOW = 110;

/** Longest export directory on Windows, in UTF-16 units. */
export const MAX_WINDOWS_DIRECTORY = MAX_CLASSIC_PATH - ROOM_BELOW;

/** The first folders of Linux and macOS: on a Windows host somebody has mistaken it for one. */
const posixPath = /^\/(srv|mnt|media|home|root|opt|var|tmp|data|Users|Volumes|private)(\/|$)/;

const EXPECTED = "expected a folder on a drive (D:\\Exports\\x) or on a share (\\\\server\\share\\x)";

type Form = "drive" | "share" | "device" | "server" | "driveRelative" | "rooted" | "relative";

interface WindowsPath extends SplitPath {
  readonly form: Form;
}

const formProblems: Record<Exclude<Form, "drive" | "share">, string> = {
  device: `The path is a device path (\\\\?\\ or \\\\.\\); ${EXPECTED}.`,
  server: `The path names a server and no share; ${EXPECTED}.`,
  driveRelative: `The path has a drive but no separator after it, so it depends on the current directory; ${EXPECTED}.`,
  rooted: `The path begins with a separator but names no drive, so it depends on the current drive; ${EXPECTED}.`,
  relative: `The path is not absolute; ${EXPECTED}.`,
};

/** Takes any text apart; forward slashes count as separators. */
export function splitWindowsPath(path: string): WindowsPath {
  const text = path.replaceAll("/", "\\");
  const drive = /^[A-Za-z]:/.exec(text)?.[0].toUpperCase();
  if (drive !== undefined) {
    const absolute = text[2] === "\\";
    return { form: absolute ? "drive" : "driveRelative", absolute, prefix: absolute ? `${drive}\\` : drive, parts: partsOf(text.slice(2)) };
  }
  const parts = partsOf(text);
  if (!text.startsWith("\\")) return { form: "relative", absolute: false, prefix: "", parts };
  // Three separators are no share: Windows takes them for one.
  if (!/^\\\\[^\\]/.test(text)) return { form: "rooted", absolute: false, prefix: "\\", parts };
  const [server, share, ...below] = parts;
  if (server === "?" || server === ".") return { form: "device", absolute: false, prefix: "\\\\", parts };
  if (share === undefined) return { form: "server", absolute: false, prefix: "\\\\", parts };
  return { form: "share", absolute: true, prefix: `\\\\${server}\\${share}\\`, parts: below };
}

/** Every reason why the path cannot be an export directory on Windows, each a sentence that does not echo it. */
export function windowsPathProblems(path: string): string[] {
  if (path === "") return [`The path is empty; ${EXPECTED}.`];
  if (posixPath.test(path)) return ["This host takes paths such as D:\\Exports\\x; got a path of Linux or macOS."];
  const split = splitWindowsPath(path);
  const serverAndShare = split.form === "share" ? partsOf(split.prefix) : [];
  const problems: string[] = [];
  if (split.form !== "drive" && split.form !== "share") problems.push(formProblems[split.form]);
  else if (split.parts.length === 0) problems.push(`The path is the root of a volume or share; ${EXPECTED}.`);
  problems.push(...partProblems([...serverAndShare, ...split.parts], windowsNameProblems));

  const [, share] = serverAndShare.map(foldWindowsCase);
  if (split.absolute && isWindowsSystemFolder(share, split.parts.map(foldWindowsCase))) {
    problems.push("The path is, or lies in, a folder of the system or the root of a profile; expected a folder of your own.");
  }
  const length = (split.prefix + split.parts.join("\\")).length;
  if (length > MAX_WINDOWS_DIRECTORY) {
    problems.push(
      `The path has ${length} characters; expected at most ${MAX_WINDOWS_DIRECTORY}, because an export writes names of up to ${ROOM_BELOW} below it.`,
    );
  }
  return problems;
}

/**
 * Upper case as NTFS compares names: one UTF-16 unit at a time. String's own toUpperCase makes "SS" of a sharp s and "I" of a
 * dotless i, and so would call different directories the same.
 */
export function foldWindowsCase(text: string): string {
  return text.replace(/[a-z\u0080-\uffff]/g, (unit) => {
    const upper = unit.toUpperCase();
    const foreign = unit > "\u007f" && upper <= "\u007f";
    return upper.length === 1 && !foreign ? upper : unit;
  });
}

function partsOf(text: string): string[] {
  return text.split("\\").filter((part) => part !== "");
}
