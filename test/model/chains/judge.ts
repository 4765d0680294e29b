import * as fs from "node:fs";
import * as path from "node:path";
import { type ChainGeneration, type ChainRecord, standingCheckpoint } from "../../../provider/domain/export-chain/chain-record";
import { generationOfLine } from "../../../provider/domain/export-chain/generation/generation-line";
import { hasId, sameId } from "../../../provider/domain/hyperv/same-id";
import type { CheckpointAttempt } from "../../../provider/domain/records/method-attempts/checkpoint-attempt";
import { CHAIN_FILE, isChainLeftover } from "../../../provider/domain/records/record-names";
import { walk } from "../../support/files-below";
import type { Stack } from "../in-process/stack";
import { type DirectoryName, directoryNames, type Keep } from "./commands";
import { keptBy } from "./plain-retention";
import type { Harm, World } from "./world";

const LISTED_ON_MS = 25;

/** What is known of a sequence so far, beside the world. */
export interface Scene {
  readonly world: World;
  readonly stacks: Iterable<Stack>;
  /** All that the provider has said in warnings and errors. */
  readonly said: readonly string[];
  /** By line and what its directories look like: restored already, byte for byte. */
  readonly restored: Set<string>;
}

/** Whatever happened: nobody's file or point is touched, every point of ours is known to a record, and what is listed and whole restores. */
export async function alwaysProblems(scene: Scene): Promise<string[]> {
  const { world } = scene;
  let points = await world.points();
  if (strayProblems(scene, points).length > 0) {
    // One that has just been destroyed may be listed for a moment yet.
    await new Promise((resolve) => setTimeout(resolve, LISTED_ON_MS));
    points = await world.points();
  }
  const gone = [...world.foreignPoints].filter((id) => !points.some((point) => point.id === id));
  const found = [
    ...gone.map((id) => `the foreign point ${id} is gone`),
    ...strayProblems(scene, points),
    ...(await checkpointProblems(scene)),
    ...foreignFileProblems(world),
  ];
  await world.remember();
  for (const name of directoryNames) found.push(...(await restoreProblems(scene, name)));
  return found;
}

function foreignFileProblems({ scene }: World): string[] {
  return [...scene.foreignFiles()].flatMap(([file, text]) =>
    fs.existsSync(file) && fs.readFileSync(file, "utf8") === text ? [] : [`the foreign file ${file} was touched`],
  );
}

/** Points of ours that no record lists, and that no message has named. An attempt may have made one, and no more. */
export function strayProblems({ world, said }: Scene, points: readonly { readonly id: string }[]): string[] {
  const records = world.allRecords();
  const known = new Set(records.flatMap((record) => record.points.map(({ referencePointId }) => referencePointId)));
  const unknown = points.filter(({ id }) => !world.foreignPoints.has(id) && !known.has(id) && !said.some((text) => text.includes(id)));
  const attempts = records.flatMap(({ attempt }) => attempt?.point ?? []).filter((point) => point.isRefused !== true);
  const unexplained = unknown.filter(({ id }) => {
    const index = attempts.findIndex(({ pointsBefore }) => !pointsBefore.includes(id));
    if (index >= 0) attempts.splice(index, 1);
    return index < 0;
  });
  return unexplained.map(({ id }) => `nobody knows of the point ${id} that we have made`);
}

/** A checkpoint that no record proves, and that no message has named, makes its machine's files grow unseen. */
async function checkpointProblems({ world, said }: Scene): Promise<string[]> {
  const there = await world.checkpoints();
  const gone = [...world.foreignCheckpoints].filter((id) => !there.some((checkpoint) => checkpoint.id === id));
  const attempts = world.allRecords().flatMap((record) => standingCheckpoint(record) ?? []);
  const unexplained = there.filter(
    ({ id }) =>
      !world.foreignCheckpoints.has(id) && !said.some((text) => text.includes(id)) && !attempts.some((attempt) => mayBeOf(attempt, id)),
  );
  return [
    ...gone.map((id) => `the foreign checkpoint ${id} is gone`),
    ...unexplained.map(({ id }) => `nobody knows of the checkpoint ${id} that we have made`),
  ];
}

/** One whose id is not written down yet may be any that has come since. */
export function mayBeOf({ checkpointId, checkpointsBefore }: CheckpointAttempt, id: string): boolean {
  return checkpointId === undefined ? !hasId(checkpointsBefore, id) : sameId(checkpointId, id);
}

/** An operation that has ended, well or badly, has left none of the chain's checkpoints. */
export async function leftCheckpointProblems(world: World, record: ChainRecord | undefined): Promise<string[]> {
  const checkpointId = record && standingCheckpoint(record)?.checkpointId;
  if (checkpointId === undefined) return [];
  const isThere = (await world.checkpoints()).some(({ id }) => sameId(id, checkpointId));
  return isThere ? [`the checkpoint ${checkpointId} still stands after the operation`] : [];
}

/** The generation and what it continues, itself first; undefined where one of them is not listed. */
function lineOf(generation: ChainGeneration, generations: readonly ChainGeneration[]): ChainGeneration[] | undefined {
  const line = [generation];
  for (let last = generation; last.base !== undefined; ) {
    const base = generations.find(({ label }) => label === last.base);
    if (base === undefined) return undefined;
    line.push(base);
    last = base;
  }
  return line;
}

/** What a person has done to the line; undefined where nobody has. */
export function harmOf(world: World, generation: ChainGeneration, generations: readonly ChainGeneration[]): Harm | undefined {
  const harms = lineOf(generation, generations)?.map(({ exportId }) => world.harmed.get(exportId));
  if (harms === undefined || harms.includes("seen")) return "seen";
  return harms.includes("unseen") ? "unseen" : undefined;
}

async function restoreProblems({ world, restored }: Scene, name: DirectoryName): Promise<string[]> {
  const { generations = [] } = world.record(name) ?? {};
  const found: string[] = [];
  for (const generation of generations) {
    if (harmOf(world, generation, generations) !== undefined) continue;
    const exports = (lineOf(generation, generations) ?? []).reverse().map(({ label }) => path.join(world.directory(name), label));
    const key = exports.map(looks).join("\n");
    if (restored.has(key)) continue;
    found.push(...(await restoreProblemsOf(world, generation, exports)));
    restored.add(key);
  }
  return found;
}

function looks(directory: string): string {
  if (!fs.existsSync(directory)) return "nothing";
  return walk(directory)
    .map(({ file, folder }) => (folder ? file : [file, fs.statSync(file).size, fs.statSync(file).mtimeMs].join()))
    .join();
}

async function restoreProblemsOf(world: World, generation: ChainGeneration, exports: readonly string[]): Promise<string[]> {
  const into = path.join(world.scene.directory, "restored");
  try {
    const { disks } = await world.scene.lab.restore({ exports, into });
    const wanted = await world.contentOf(generation);
    const are = disks.map(({ instanceId }) => instanceId).sort();
    if (are.join() !== [...generation.diskIds].sort().join()) return [`${generation.label} restores ${are.join()}`];
    return disks.flatMap(({ name, instanceId, sha256 }) =>
      sha256 === wanted.get(instanceId) ? [] : [`${generation.label}: ${name} is not restored byte for byte`],
    );
  } catch (error) {
    return [`${generation.label} is listed and cannot be restored: ${(error as Error).message}`];
  } finally {
    fs.rmSync(into, { recursive: true, force: true });
  }
}

/**
 * What retention has removed although it stays, by the rules of any program that was at it.
 *
 * @param isDone the up has brought the chain up to date: then it has removed the rest
 */
export function retentionProblems(
  world: World,
  before: ChainRecord | undefined,
  now: ChainRecord | undefined,
  keeps: readonly (Keep | undefined)[],
  isDone: boolean,
): string[] {
  if (before === undefined || now === undefined) return [];
  const made = now.generations.filter(({ exportId }) => !before.generations.some((known) => known.exportId === exportId));
  const all = [...before.generations, ...made];
  const removed = all.filter(({ exportId }) => !now.generations.some((known) => known.exportId === exportId));
  const wholeBy = (harms: readonly (Harm | undefined)[]) => all.filter((each) => harms.includes(harmOf(world, each, all)));
  const stays = keeps.map((keep) => {
    const byAll = keptBy(all, keep);
    const [lenient, strict] = [keptBy(wholeBy([undefined, "unseen"]), keep), keptBy(wholeBy([undefined]), keep)];
    // Whether what is altered was read is not known here.
    return {
      least: new Set([...byAll, ...[...lenient].filter((label) => strict.has(label))]),
      most: new Set([...byAll, ...lenient, ...strict]),
    };
  });
  const wrong = removed.filter(({ label }) => stays.every(({ least }) => least.has(label)));
  const left = isDone ? now.generations.filter(({ label }) => stays.every(({ most }) => !most.has(label))) : [];
  return [
    ...wrong.map(({ label }) => `retention has removed ${label}, which ${JSON.stringify(keeps)} keeps of ${labelsOf(all)}`),
    ...left.map(({ label }) => `retention has left ${label}, which ${JSON.stringify(keeps)} does not keep of ${labelsOf(all)}`),
  ];
}

function labelsOf(generations: readonly ChainGeneration[]): string {
  return generations.map(({ label, madeAt, base }) => `${label} (${madeAt}${base === undefined ? "" : ` on ${base}`})`).join(", ");
}

/** Of a chain that an up has brought up to date: nothing is under way, one point is kept, and the directory holds nothing else. */
export function settledProblems(world: World, name: DirectoryName, asked: string | undefined): string[] {
  const record = world.record(name);
  if (record === undefined) return [`the up has left no record in ${name}`];
  const { generations, points, removing, attempt } = record;
  const newest = generations.at(-1);
  const found: string[] = [];
  if (attempt || removing.length > 0) found.push(`the record of ${name} still has work: ${JSON.stringify({ attempt, removing })}`);
  if (newest === undefined) return [...found, `${name} has no generation`];
  if (points.map(({ referencePointId }) => referencePointId).join() !== newest.referencePointId)
    found.push(`the points of ${name} are ${JSON.stringify(points)}, the newest generation's is ${newest.referencePointId}`);
  if (asked !== undefined && !generations.some((generation) => generation.asked === asked || generation.label === asked))
    found.push(`${name} has no generation ${asked}`);
  if (harmOf(world, newest, generations) === "seen") found.push(`the newest generation of ${name} cannot be restored`);
  return [...found, ...leftProblems(world, name, generations)];
}

function leftProblems(world: World, name: DirectoryName, generations: readonly ChainGeneration[]): string[] {
  const directory = world.directory(name);
  const foreign = new Set([...world.scene.foreignFiles().keys()].map((file) => path.relative(directory, file).split(path.sep)[0]));
  const labels = generations.map(({ label }) => label);
  return fs
    .readdirSync(directory)
    .filter((each) => each !== CHAIN_FILE && !labels.includes(each) && !foreign.has(each))
    .map((each) => `${each} is left in ${name}${isChainLeftover(each) ? ", by a killed write" : ""}`);
}

/** What a refresh has called each generation, held against what a person has done. */
export function conditionProblems(world: World, name: DirectoryName, lines: readonly string[], readsContent: boolean): string[] {
  const { generations } = world.record(name) ?? { generations: [] };
  const told = new Map(lines.flatMap((line) => generationOfLine(line) ?? []).map(({ label, condition }) => [label, condition]));
  if ([...told.keys()].join() !== generations.map(({ label }) => label).join())
    return [`the state lists ${[...told.keys()].join()}, the record of ${name} ${generations.map(({ label }) => label).join()}`];
  return generations.flatMap((generation) => {
    const harm = harmOf(world, generation, generations);
    const isWhole = told.get(generation.label) === "intact";
    if (harm === "unseen" && !readsContent) return [];
    return isWhole === (harm === undefined)
      ? []
      : [`refresh calls ${generation.label} ${told.get(generation.label)}; it is ${harm ?? "whole"}`];
  });
}
