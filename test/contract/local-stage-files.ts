import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { StageFiles } from "./stage";

/** For a host whose files are this machine's. */
export const localStageFiles: StageFiles = {
  async write(file, content) {
    await fs.mkdir(path.dirname(file), { recursive: true });
    await fs.writeFile(file, content);
  },
  read: (file) => fs.readFile(file),
  size: (file) =>
    fs.stat(file).then(
      (found) => found.size,
      () => undefined,
    ),
  list: async (directory) => (await fs.readdir(directory)).sort(),
  makeFolder: async (directory) => {
    await fs.mkdir(directory, { recursive: true });
  },
  link: (target, at) => fs.symlink(target, at),
  remove: (target) => fs.rm(target, { recursive: true }),
};
