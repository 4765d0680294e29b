import * as fs from "node:fs";
import * as path from "node:path";
import { type DirectoryReport, type DirectoryRequest, HostError, type SurveyRequest } from "../port";
import { errorCode, hostErrorFrom } from "./file-errors";
import { lstat } from "./guarded-place";
import { listRecursively } from "./listing";
import { requireAbsolute, withinDirectory } from "./relative-path";

const MAX_TEXT = 16 * 1024 * 1024;
const MAX_SURVEYED = 10_000;

/** One look at a directory. */
export async function readDirectory(request: DirectoryRequest): Promise<DirectoryReport> {
  const { directory } = request;
  requireAbsolute(directory);
  const found = lstat(directory);
  if (!found) return missing(directory);
  if (!found.isDirectory()) return { kind: "notDirectory" };
  try {
    return await whatIsIn(request);
  } catch (error) {
    // Another run may remove it while it is looked at.
    if (lstat(directory) === undefined) return missing(directory);
    throw error;
  }
}

async function whatIsIn(request: DirectoryRequest): Promise<DirectoryReport> {
  const canonicalPath = canonical(request.directory);
  const texts: [string, string][] = [];
  for (const relative of request.texts) {
    const text = readText(withinDirectory(canonicalPath, relative));
    if (text !== undefined) texts.push([relative, text]);
  }
  const entries = request.list ? await listRecursively(canonicalPath) : [];
  // fromEntries makes own properties, whatever the names are.
  return { kind: "directory", canonicalPath, entries, texts: Object.fromEntries(texts), freeBytes: freeSpace(canonicalPath) };
}

/** Directories directly below a parent whose marker contains the text. */
export function markedDirectories({ parent, marker, containing }: SurveyRequest): string[] {
  requireAbsolute(parent);
  const entries = entriesOf(parent);
  if (entries.length > MAX_SURVEYED) return [];
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.join(parent, entry.name))
    .filter((directory) => readText(withinDirectory(directory, marker))?.includes(containing));
}

function entriesOf(directory: string): fs.Dirent[] {
  try {
    return fs.readdirSync(directory, { withFileTypes: true });
  } catch {
    // A survey only helps; whoever asks for the directory itself hears what is wrong.
    return [];
  }
}

function missing(directory: string): DirectoryReport {
  const parent = path.dirname(path.resolve(directory));
  if (parent === path.resolve(directory)) return { kind: "volumeMissing" };
  try {
    if (isDirectory(parent)) return { kind: "absent" };
    if (rootIsMissing(directory)) return { kind: "volumeMissing" };
    const above = fileAbove(parent);
    return above === undefined ? { kind: "parentMissing" } : { kind: "notDirectory", above };
  } catch (error) {
    throw hostErrorFrom(error, "look at", parent);
  }
}

function isDirectory(folder: string): boolean {
  try {
    return fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch (error) {
    if (errorCode(error) === "ENOTDIR") return false;
    throw error;
  }
}

/** What stands at the folder or nearest above it, if that can hold no folder. Of a link it is open where it will lead. */
function fileAbove(folder: string): string | undefined {
  const found = lstat(folder);
  if (found !== undefined) return found.isDirectory() || found.isSymbolicLink() ? undefined : folder;
  const above = path.dirname(folder);
  return above === folder ? undefined : fileAbove(above);
}

export function rootIsMissing(directory: string): boolean {
  return !fs.existsSync(path.parse(path.resolve(directory)).root);
}

export function canonical(directory: string): string {
  try {
    return fs.realpathSync.native(directory);
  } catch (error) {
    throw hostErrorFrom(error, "find the directory", directory);
  }
}

export function freeSpace(directory: string): number {
  try {
    const found = fs.statfsSync(directory);
    return found.bavail * found.bsize;
  } catch (error) {
    throw hostErrorFrom(error, "ask for the free space of", directory);
  }
}

export function readText(file: string): string | undefined {
  try {
    // Neither a link nor anything but a plain file: a pipe would hold us for ever.
    const found = fs.lstatSync(file, { throwIfNoEntry: false });
    if (!found?.isFile()) return undefined;
    if (found.size > MAX_TEXT) throw new HostError("io", `${file} has ${found.size} bytes; a text is read up to 16 MiB.`, { path: file });
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" || (error as NodeJS.ErrnoException).code === "ENOTDIR") return undefined;
    throw hostErrorFrom(error, "read", file);
  }
}
