import * as fs from "node:fs";
import * as path from "node:path";
import { CLAIM_FILE } from "../../../provider/domain/records/record-names";
import type { PointEntry } from "../../../provider/domain/reference-point/point-record";
import type { Outcome, Stack } from "../in-process/stack";
import type { Declaration } from "./commands";
import type { ListedPoint, World } from "./world";

/** What is known of a sequence so far, beside the world. */
export interface Scene {
  readonly world: World;
  readonly stack: Stack;
  /** All that the provider has said in warnings and errors. */
  readonly said: readonly string[];
  /** Points that a delete with onDestroy "keep" has left. */
  readonly left: ReadonlySet<string>;
}

/** Whatever happened: what another tool has made is there, every point of ours is known to somebody, and no export has lost its base. */
export async function alwaysProblems(scene: Scene): Promise<string[]> {
  const { world } = scene;
  let listed = await world.points();
  if ((await strayProblems(scene, listed)).length > 0) {
    // One that has just been destroyed may be listed for a moment yet.
    await world.settle();
    listed = await world.points();
  }
  const gone = [...world.foreign].filter((id) => !listed.some((point) => point.id === id));
  return [
    ...gone.map((id) => `the foreign point ${id} is gone`),
    ...(await strayProblems(scene, listed)),
    ...baseProblems(scene, listed),
    ...foreignFileProblems(world),
  ];
}

/** Points of ours that neither the engine nor a record knows, and that no message has named. An attempt may have made one, and no more. */
async function strayProblems(scene: Scene, listed: readonly ListedPoint[]): Promise<string[]> {
  const entries = (await scene.world.records()).flatMap((record) => record.entries);
  const unknown = listed.filter(({ id }) => !isAccountedFor(scene, id) && !entries.some(({ referencePointId }) => referencePointId === id));
  const attempts = entries.filter((entry) => entry.attempt !== undefined && entry.attempt.isRefused !== true);
  const unexplained = unknown.filter((point) => {
    const index = attempts.findIndex((entry) => mayHaveMade(scene, entry, point));
    if (index >= 0) attempts.splice(index, 1);
    return index < 0;
  });
  return unexplained.map(({ id, machine }) => `nobody knows of the point ${id} of ${machine} that we have made`);
}

/** Foreign, in the engine's state, left on purpose, or named to a person. */
export function isAccountedFor({ world, stack, said, left }: Scene, id: string): boolean {
  if (world.foreign.has(id) || left.has(id)) return true;
  return stack.kept.some(({ state }) => state.referencePointId === id) || said.some((text) => text.includes(id));
}

function mayHaveMade({ world }: Scene, { attempt, virtualMachineId }: PointEntry, { id, machine }: ListedPoint): boolean {
  return attempt !== undefined && virtualMachineId === world.machineId(machine) && !attempt.pointsBefore.includes(id);
}

function baseProblems({ world, stack }: Scene, listed: readonly ListedPoint[]): string[] {
  return stack.kept.flatMap(({ kind, state: { baseReferencePointId, exportDirectory, status } }) => {
    if (kind !== "export" || status !== "intact" || typeof baseReferencePointId !== "string") return [];
    if (!fs.existsSync(path.join(String(exportDirectory), CLAIM_FILE))) return [];
    const isThere = listed.some(({ id }) => id === baseReferencePointId);
    const isLost = world.destroyed.has(baseReferencePointId) || world.given.has(baseReferencePointId);
    return isThere || isLost ? [] : [`the base ${baseReferencePointId} of an export was destroyed`];
  });
}

function foreignFileProblems({ scene }: World): string[] {
  return [...scene.foreignFiles()].flatMap(([file, text]) =>
    fs.existsSync(file) && fs.readFileSync(file, "utf8") === text ? [] : [`the foreign file ${file} was touched`],
  );
}

/** After an up that has succeeded: the points that it has made are there, and records hold nothing else. */
export async function upProblems(scene: Scene, declared: ReadonlyMap<string, Declaration>, { results }: Outcome): Promise<string[]> {
  const { stack, world } = scene;
  const listed = await world.points();
  const found: string[] = [];
  for (const [slot, declaration] of declared) {
    const { state, id } = stack.resources.get(slot) ?? {};
    if (state === undefined) {
      found.push(`${slot} is declared and the engine has none`);
      continue;
    }
    if (state.status !== "intact") found.push(`${slot} is ${state.status}`);
    const isMade = results.get(slot)?.deeds.includes("create") === true;
    const point = listed.find((one) => one.id === state.referencePointId);
    if (isMade && point === undefined) found.push(`the point ${state.referencePointId} of ${slot} is not listed`);
    if (point && point.machine !== declaration.machine) found.push(`the point of ${slot} is of ${point.machine}`);
    if (isMade && world.foreign.has(String(state.referencePointId))) found.push(`${slot} has taken a foreign point for its own`);
    if (declaration.consistency === "application" && isMade && state.madeConsistency !== "application")
      found.push(`the point of ${slot} is ${state.madeConsistency}-consistent`);
    const record = (await world.records()).find(({ urn }) => urn === state.createUrn);
    if (isMade && !record?.entries.some((entry) => entry.id === id && entry.referencePointId === state.referencePointId))
      found.push(`the record of ${slot} does not know its point`);
  }
  for (const { urn, entries } of await world.records()) {
    // Only a create looks at what else the record holds.
    const isLookedAt = [...stack.resources].some(
      ([slot, { state }]) => state.createUrn === urn && results.get(slot)?.deeds.includes("create"),
    );
    if (!isLookedAt) continue;
    for (const entry of entries) if (isForgotten(scene, entry, listed)) found.push(`the record of ${urn} holds ${JSON.stringify(entry)}`);
  }
  return found;
}

/** An entry that the engine does not know, of a point that is there and was named to nobody. */
function isForgotten(scene: Scene, { id, referencePointId }: PointEntry, listed: readonly ListedPoint[]): boolean {
  if (scene.stack.kept.some((kept) => kept.id === id) || referencePointId === undefined) return false;
  return listed.some((point) => point.id === referencePointId) && !isAccountedFor(scene, referencePointId);
}
