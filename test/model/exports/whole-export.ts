import * as fs from "node:fs";
import * as path from "node:path";
import { CLAIM_FILE, isLeftoverRecord, MANIFEST_FILE } from "../../../provider/domain/records/record-names";
import { sha256Of } from "../../../provider/domain/values/sha256";
import { baseOf, type Declaration, disksOf, type Slot, urnOf } from "./declaration";
import { directoryOf } from "./forecast";
import type { Kept } from "./stack";
import type { World } from "./world";

let restores = 0;

/** What is wrong with an export that is said to be intact: its state, its records, its files, and what comes of a restore. */
export async function exportProblems(world: World, slot: Slot, declared: Declaration, kept: Kept): Promise<string[]> {
  const directory = directoryOf(kept);
  const point = world.template.points.get(declared.point);
  const base = baseOf(world.template, declared);
  const found: string[] = [];
  const { status, problems, referencePointId, kind, manifestSha256, exportId, createUrn } = kept.outputs;
  if (status !== "intact" || !Array.isArray(problems) || problems.length > 0) found.push(`status ${status}, problems ${problems}`);
  if (referencePointId !== point?.id) found.push(`the state is of ${referencePointId}`);
  if (kind !== (base === undefined ? "full" : "differential")) found.push(`the state says ${kind}`);
  if (createUrn !== urnOf(slot, declared)) found.push(`the state is of ${createUrn}`);
  if (exportId !== kept.id) found.push(`the state's exportId is ${exportId}, the id ${kept.id}`);

  const claim = world.claimIn(directory);
  if (claim.kind !== "read") found.push(`the claim is ${claim.kind}`);
  else {
    if (claim.value.exportId !== kept.id) found.push("the claim is of another export");
    if (claim.value.owner.urn !== createUrn) found.push(`the claim is of ${claim.value.owner.urn}`);
    if (claim.value.attempt !== undefined) found.push(`the claim still has an attempt: ${claim.value.attempt.state}`);
    if (claim.value.finished?.manifestSha256 !== manifestSha256) found.push("the claim vouches for another manifest than the state");
  }
  const manifest = world.manifestIn(directory);
  if (manifest.kind !== "read") return [...found, `the manifest is ${manifest.kind}`];
  if (manifest.value.exportId !== kept.id) found.push("the manifest is of another export");
  if (sha256Of(fs.readFileSync(path.join(directory, MANIFEST_FILE), "utf8")) !== manifestSha256)
    found.push("the manifest is not the state's");
  if (found.length > 0) return found;
  return restoreProblems(world, declared, directory);
}

async function restoreProblems(world: World, declared: Declaration, directory: string): Promise<string[]> {
  const { template } = world;
  const base = baseOf(template, declared);
  const disks = disksOf(template, declared);
  const into = path.join(world.directory, `restored-${++restores}`);
  try {
    // The simulator holds every file against the manifest and the disks against the export's own configuration.
    const exports = base === undefined ? [directory] : [template.library(base, disks), directory];
    const restored = (await world.lab.restore({ exports, into })).disks;
    const wanted = template.points.get(declared.point)?.content;
    const found = restored.map(({ instanceId }) => instanceId).sort();
    const due = disks.map(({ instanceId }) => instanceId).sort();
    if (found.join() !== due.join()) return [`restored ${found.join()}, wanted ${due.join()}`];
    return restored.flatMap(({ name, instanceId, sha256 }) =>
      sha256 === wanted?.get(instanceId) ? [] : [`${name} is not restored byte for byte`],
    );
  } catch (error) {
    return [`it cannot be restored: ${error instanceof Error ? error.message : error}`];
  } finally {
    fs.rmSync(into, { recursive: true, force: true });
  }
}

/** Files that an export's directory may hold: its records, what the state names, and leftovers of a killed write until destroy. */
export function ownFiles(kept: Kept): Set<string> {
  const directory = directoryOf(kept);
  const files = (kept.outputs.files ?? []) as { path: string }[];
  const leftovers = fs.existsSync(directory) ? fs.readdirSync(directory).filter(isLeftoverRecord) : [];
  return new Set([CLAIM_FILE, MANIFEST_FILE, ...files.map((file) => file.path), ...leftovers].map((name) => path.join(directory, name)));
}
