import * as fs from "node:fs";
import * as path from "node:path";

/** Everything below a folder, absolute. Links are named, not followed. */
export function walk(folder: string): { file: string; folder: boolean }[] {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    return entry.isDirectory() ? [{ file, folder: true }, ...walk(file)] : [{ file, folder: false }];
  });
}

const MOST_TRIES = 50;

/** Removes a folder with everything in it, although a job may be writing to it: what has come since it was listed is removed with the next try. */
export function removeTree(folder: string): void {
  for (let tried = 1; ; tried++) {
    try {
      fs.rmSync(folder, { recursive: true, force: true });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOTEMPTY" || tried === MOST_TRIES) throw error;
    }
  }
}

/** Every file below the directory, relative. */
export function filesBelow(directory: string): string[] {
  return walk(directory).flatMap(({ file, folder }) => (folder ? [] : [path.relative(directory, file)]));
}

/** Every file below the directory, byte for byte. */
export function bytesBelow(directory: string): Record<string, string> {
  return bytesOf(directory, filesBelow(directory));
}

export function bytesOf(directory: string, files: readonly string[]): Record<string, string> {
  return Object.fromEntries(files.map((file) => [file, fs.readFileSync(path.join(directory, file), "base64")]));
}
