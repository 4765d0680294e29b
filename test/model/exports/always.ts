import * as fs from "node:fs";
import * as path from "node:path";
import { directoryOf, type Scene } from "./forecast";
import { ownFiles } from "./whole-export";
import type { World } from "./world";

/** After every command: nobody's file has been touched. */
export function foreignProblems(world: World): string[] {
  const files = [...world.foreign].flatMap(([file, text]) => {
    if (!fs.existsSync(file)) return [`the foreign file ${file} is gone`];
    return fs.readFileSync(file, "latin1") === text ? [] : [`the foreign file ${file} was changed`];
  });
  const folders = [...world.foreignFolders].flatMap((folder) => (fs.existsSync(folder) ? [] : [`the foreign folder ${folder} is gone`]));
  return [...files, ...folders];
}

/** Where nothing is half done: whatever is on the volume belongs to somebody. */
export function leftoverProblems({ model, world, stack }: Scene): string[] {
  const live = [...stack.resources.values()].map(directoryOf);
  const unsettled = [...live, ...stack.pendingDeletes.map(({ kept }) => directoryOf(kept))].filter((one) => model.place(one).vague);
  const skipped = [...model.unprovable(), ...unsettled];
  const allowed = new Set([...world.foreign.keys(), ...[...stack.resources.values()].flatMap((kept) => [...ownFiles(kept)])]);
  const folders = new Set([...world.foreignFolders, ...live, ...[...world.foreignFolders, ...allowed].flatMap(parents)]);
  for (const directory of model.directories) for (const parent of parents(directory)) folders.add(parent);
  return world.everything().flatMap(({ file, folder }) => {
    if (skipped.some((directory) => file === directory || file.startsWith(directory + path.sep))) return [];
    if (folder ? folders.has(file) : allowed.has(file)) return [];
    return [`left behind: ${path.relative(world.volume, file)}`];
  });

  function parents(file: string): string[] {
    const above: string[] = [];
    for (let folder = path.dirname(file); folder.length > world.volume.length; folder = path.dirname(folder)) above.push(folder);
    return above;
  }
}
