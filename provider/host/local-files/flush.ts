import * as fs from "node:fs";
import { promisify } from "node:util";

const fsync = promisify(fs.fsync);

/** By the descriptor, which is the system's: under Yarn's Plug'n'Play a FileHandle is Yarn's own and has no `sync`. */
export function flush(file: fs.promises.FileHandle): Promise<void> {
  return fsync(file.fd);
}
