import * as fs from "node:fs";
import * as path from "node:path";
import { LocalFilesHost } from "../../host/local-files/local-files-host";
import { openSession } from "../../lifecycle/door";
import { Trees } from "../../lifecycle/trees";

/** Looks at directories of this machine, and lets go of them afterwards. */
export async function withLocalTrees<T>(work: (trees: Trees) => Promise<T>): Promise<T> {
  const session = openSession(new LocalFilesHost());
  try {
    return await work(new Trees(session, "this machine"));
  } finally {
    await session.host.close();
  }
}

/** The path as the lifecycle takes it. A link that a person names is followed; those below it are not. */
export function absolute(directory: string): string {
  try {
    return fs.realpathSync.native(directory);
  } catch {
    // What is wrong with it, the look at it tells.
    return path.resolve(directory);
  }
}
