import * as fs from "node:fs";
import * as path from "node:path";

/** The path as the lifecycle takes it. A link that a person names is followed; those below it are not. */
export function absolute(directory: string): string {
  try {
    return fs.realpathSync.native(directory);
  } catch {
    // What is wrong with it, the look at it tells.
    return path.resolve(directory);
  }
}
