import * as path from "node:path";
import type { Slot } from "./declaration";
import { directoryOf, isUnproven, type Scene } from "./forecast";
import type { Operation } from "./stack";

/** A directory whose export an operation may delete, as it was before. */
export interface Doomed {
  readonly slot: Slot;
  readonly id: string;
  readonly directory: string;
  /** The files stay for whoever wants to adopt them. */
  readonly keep: boolean;
  /** Files that cannot be told from a person's may stay. */
  readonly unproven: boolean;
  /** The directory is the other resource's by now: the delete touches nothing. */
  readonly stale: boolean;
}

export function doomed({ model, stack, world }: Scene): Doomed[] {
  const live = [...stack.resources].map(([slot, kept]) => ({ slot, kept }));
  const all = [...live, ...stack.pendingDeletes];
  return all.map(({ slot, kept }) => {
    const directory = directoryOf(kept);
    const shared = all.some((other) => other.kept !== kept && directoryOf(other.kept) === directory);
    const keep = kept.outputs.onDestroy === "keep" && kept.outputs.status !== "incomplete";
    return {
      slot,
      id: kept.id,
      directory,
      keep,
      // Of the live one alone: what is still to be deleted of the slot may lie elsewhere.
      stale: model.stale.has(slot) && stack.resources.get(slot) === kept,
      unproven: shared || model.place(directory).meddled || isUnproven(world, directory, kept),
    };
  });
}

/** Holds what is left of the deleted exports against what may be; what was given up is a person's from now on. */
export async function judgeDeletes(scene: Scene, before: readonly Doomed[], operation: Operation): Promise<string[]> {
  const { model, world, stack } = scene;
  const problems: string[] = [];
  const alive = new Set([...stack.resources.values(), ...stack.pendingDeletes.map(({ kept }) => kept)].map((kept) => kept.id));
  for (const { slot, id, directory, keep, unproven, stale } of before) {
    const stopped = operation.results.get(slot)?.stopped;
    const place = model.place(directory);
    if (alive.has(id)) {
      if (stopped?.step === "delete") Object.assign(place, { vague: true, unclear: true });
      continue;
    }
    // A create that was killed has made the directory another's: the delete touches nothing there.
    const claim = world.claimIn(directory);
    if (place.orphan && claim.kind === "read" && claim.value.exportId !== id) continue;
    // The create that follows has been at it, too, unless it was refused what is there, or was stopped before it had claimed what was kept.
    const refused = /Code: (directory-not-empty|adoption-refused)$/m.test(stopped?.failure ?? "");
    const mayBeOfCreate = stopped?.step === "create" && !refused && !(keep && claim.kind === "absent");
    if (mayBeOfCreate || isUsedAgain(scene, directory)) continue;
    problems.push(...(await runningJobs(scene, directory)));
    const left = leftIn(scene, directory);
    if (keep || unproven) {
      // One that cannot be read, beside another export's manifest, is left to whoever put it there.
      if (claim.kind === "read" && claim.value.exportId === id) problems.push(`${slot}: the claim of ${directory} was left behind`);
      const given = stale ? [] : left.filter((file) => !left.some((other) => other.startsWith(file + path.sep)));
      for (const file of given) world.giveUp(file);
    } else problems.push(...left.map((file) => `${slot}: left behind by a delete: ${path.relative(world.volume, file)}`));
    if (!refused && !isStillKnown(scene, directory)) model.forget(directory);
  }
  return problems;
}

/** Another state still means this directory: what is known of it stays. */
function isStillKnown({ stack }: Scene, directory: string): boolean {
  return [...stack.resources.values(), ...stack.pendingDeletes.map((one) => one.kept)].some((kept) => directoryOf(kept) === directory);
}

/** The create that follows, or the other resource, has the directory now. A claim that nobody can read is nobody's who is only declared. */
function isUsedAgain(scene: Scene, directory: string): boolean {
  const { model, world } = scene;
  const claim = world.claimIn(directory).kind;
  const isDeclared = [...model.declared.values()].some((one) => world.at(one.directory) === directory);
  return (isDeclared && claim === "read") || (claim !== "absent" && isStillKnown(scene, directory));
}

function leftIn({ world }: Scene, directory: string): string[] {
  const inside = world.everything().filter(({ file }) => file === directory || file.startsWith(directory + path.sep));
  const foreign = [...world.foreign.keys(), ...world.foreignFolders];
  return inside
    .filter(({ file, folder }) => {
      if (foreign.includes(file)) return false;
      return !(folder && foreign.some((one) => one.startsWith(file + path.sep)));
    })
    .map(({ file }) => file);
}

async function runningJobs({ world }: Scene, directory: string): Promise<string[]> {
  const { jobs } = await world.lab.describe();
  const running = jobs.filter(
    ({ jobState, exportDirectory }) => (jobState === 3 || jobState === 4) && `${exportDirectory}/`.startsWith(`${directory}/`),
  );
  return running.map((job) => `a job still writes to ${job.exportDirectory}`);
}
