import * as fs from "node:fs";
import * as path from "node:path";
import { hostErrorFrom } from "../../local-files/file-errors";
import { HostError } from "../../port";

/** Bytes of a real file that is to be a disk's first content. */
export function sourceBytes(source: string): number {
  try {
    const found = fs.statSync(source);
    if (!found.isFile()) throw new HostError("invalidParameter", `The source ${source} is not a file.`, { path: source });
    return found.size;
  } catch (error) {
    throw hostErrorFrom(error, "use the source", source);
  }
}

/** Copies it into the lab, so that the disk does not change with it. */
export async function copySource(source: string, target: string): Promise<void> {
  try {
    fs.mkdirSync(path.dirname(target), { recursive: true });
    await fs.promises.copyFile(source, target, fs.constants.COPYFILE_EXCL);
  } catch (error) {
    throw hostErrorFrom(error, "copy the source", source);
  }
}
