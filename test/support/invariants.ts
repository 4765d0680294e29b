import * as fs from "node:fs";
import * as path from "node:path";
import { parseClaim } from "../../provider/domain/records/claim";
import { parseManifest } from "../../provider/domain/records/manifest";
import { CLAIM_FILE, MANIFEST_FILE } from "../../provider/domain/records/record-names";
import { localPaths } from "../../provider/host/local-files/local-paths";
import { walk } from "./files-below";
import type { Scene } from "./scene";

/** An export that must be there at the end. */
export interface Expected {
  readonly directory: string;
  /** The point whose disks the restore must give. */
  readonly point: string;
  /** Exports that the restore needs below this one, oldest first. */
  readonly onTopOf?: readonly string[];
  /** False: given up with onDestroy "keep", so there must be no claim. */
  readonly claimed?: boolean;
  /** The URN that the claim must name. */
  readonly owner?: string;
}

/** Everything that is wrong with what is on the volume; empty when nothing is. */
export async function violations(scene: Scene, expected: readonly Expected[]): Promise<string[]> {
  const found: string[] = [];
  const allowed = new Set(scene.foreignFiles().keys());
  for (const one of expected) {
    const files = filesOf(one, found);
    for (const file of files) allowed.add(path.join(one.directory, file));
    if (files.length > 0) found.push(...(await restoreProblems(scene, one)));
  }
  for (const [file, text] of scene.foreignFiles()) {
    if (!fs.existsSync(file) || fs.readFileSync(file, "utf8") !== text) found.push(`the foreign file ${file} was touched`);
  }
  // The folders above an export directory stay: see removeDirectory in operations/delete.ts.
  const folders = new Set([...allowed, scene.inputs().exportDirectory].flatMap((file) => foldersAbove(file, scene.volume)));
  for (const { file, folder } of walk(scene.volume)) {
    if (folder ? !folders.has(file) : !allowed.has(file)) found.push(`left behind: ${path.relative(scene.volume, file)}`);
  }
  return found;
}

/** The files that the export's own records name; the records must agree with each other. */
function filesOf({ directory, claimed = true, owner }: Expected, found: string[]): string[] {
  const read = (name: string) => {
    const file = path.join(directory, name);
    return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
  };
  const manifest = parseManifest(read(MANIFEST_FILE) ?? "", localPaths);
  if (!manifest.ok) {
    found.push(`no export in ${directory}: its manifest is missing or damaged`);
    return [];
  }
  const files = [MANIFEST_FILE, ...manifest.value.files.map((file) => file.path)];
  if (!claimed) return files;
  const claim = parseClaim(read(CLAIM_FILE) ?? "", localPaths);
  if (!claim.ok) found.push(`no claim in ${directory}`);
  else if (claim.value.exportId !== manifest.value.exportId) found.push(`claim and manifest of ${directory} name two exports`);
  else if (claim.value.attempt !== undefined) found.push(`the claim of ${directory} still has an attempt`);
  else if (owner !== undefined && claim.value.owner.urn !== owner) found.push(`the claim of ${directory} names ${claim.value.owner.urn}`);
  return [CLAIM_FILE, ...files];
}

let restores = 0;

async function restoreProblems(scene: Scene, { directory, point, onTopOf = [] }: Expected): Promise<string[]> {
  const into = path.join(scene.directory, `restored-${++restores}`);
  try {
    const { disks } = await scene.lab.restore({ exports: [...onTopOf, directory], into });
    const restored = Object.fromEntries(disks.map(({ name, sha256 }) => [name, sha256]));
    const wanted = scene.content.get(point) ?? {};
    return Object.entries(wanted).flatMap(([name, sha256]) =>
      restored[name] === sha256 ? [] : [`${name} restored from ${directory} differs`],
    );
  } catch (error) {
    return [`${directory} cannot be restored: ${error instanceof Error ? error.message : error}`];
  }
}

function foldersAbove(file: string, top: string): string[] {
  const folders: string[] = [];
  for (let folder = path.dirname(file); folder !== top; folder = path.dirname(folder)) folders.push(folder);
  return folders;
}
