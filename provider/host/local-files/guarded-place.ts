import * as fs from "node:fs";
import * as path from "node:path";
import { HostError, type Place } from "../port";
import { errorCode, hostErrorFrom } from "./file-errors";
import { localPaths } from "./local-paths";
import { relativeParts, requireAbsolute } from "./relative-path";

/** A claimed directory, checked before each change; folders below it that were found real are looked at once. */
export class GuardedPlace {
  private readonly real = new Set<string>();

  private constructor(readonly directory: string) {}

  /** Refuses a directory that is not the claimed one any more. */
  static open(place: Place): GuardedPlace {
    requireAbsolute(place.directory);
    let canonical: string;
    try {
      canonical = fs.realpathSync.native(place.directory);
    } catch (error) {
      throw hostErrorFrom(error, "find the directory", place.directory);
    }
    if (!localPaths.same(canonical, place.canonicalPath)) {
      const why = `it leads to ${canonical} and was claimed as ${place.canonicalPath}`;
      throw new HostError("movedDirectory", `${place.directory} is not the claimed directory: ${why}.`, { path: place.directory, why });
    }
    return new GuardedPlace(canonical);
  }

  /** Absolute path of a file below; each folder on the way must be a real one, and what is there must be a plain file or nothing. */
  file(relative: string): { readonly path: string; readonly exists: boolean } {
    const target = this.below(relative);
    const found = lstat(target);
    if (found === undefined) return { path: target, exists: false };
    if (found.isSymbolicLink()) throw linkError(target);
    if (!found.isFile()) throw new HostError("io", `${target} is not a plain file.`, { path: target });
    return { path: target, exists: true };
  }

  /** Absolute path, with the folders on the way checked; a missing folder ends the check, for nothing is behind it. */
  below(relative: string): string {
    const parts = relativeParts(relative);
    let folder = this.directory;
    for (const part of parts.slice(0, -1)) {
      folder = path.join(folder, part);
      if (this.real.has(folder)) continue;
      const found = lstat(folder);
      if (found === undefined) break;
      if (found.isSymbolicLink()) throw linkError(folder);
      if (!found.isDirectory()) throw new HostError("io", `${folder} is not a directory.`, { path: folder });
      this.real.add(folder);
    }
    return path.join(this.directory, ...parts);
  }

  /** Makes the folders that a file needs. */
  makeFolders(relative: string): void {
    const parts = relativeParts(relative);
    this.below(relative);
    let folder = this.directory;
    for (const part of parts.slice(0, -1)) {
      folder = path.join(folder, part);
      try {
        fs.mkdirSync(folder);
      } catch (error) {
        if (errorCode(error) !== "EEXIST") throw hostErrorFrom(error, "create the folder", folder);
      }
    }
    this.below(relative);
  }
}

export function lstat(target: string): fs.Stats | undefined {
  try {
    return fs.lstatSync(target, { throwIfNoEntry: false });
  } catch (error) {
    // A file stands where a folder should be: nothing is behind it.
    if (errorCode(error) === "ENOTDIR") return undefined;
    throw hostErrorFrom(error, "look at", target);
  }
}

export function linkError(target: string): HostError {
  return new HostError("linkInPath", `${target} is a link; links below an export directory are never followed or removed.`, {
    path: target,
  });
}
