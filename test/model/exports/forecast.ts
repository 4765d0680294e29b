import * as fs from "node:fs";
import { isDeepStrictEqual } from "node:util";
import type { ExportTarget } from "../../../provider/domain/records/export-target";
import { isRecord } from "../../../provider/domain/records/record-names";
import type { Properties } from "../../engine/provider-process";
import { argumentsOf, baseOf, type Declaration, disksOf, type Slot, slots, targetOf, urnOf } from "./declaration";
import { type Calls, type Model, others, type Target } from "./model";
import type { Kept, Stack } from "./stack";
import type { World } from "./world";

/** What an up must do for a resource. */
export interface Forecast {
  readonly kind: "same" | "settings" | "create" | "replace" | "repair" | "finish" | "remove";
  /** Of the directory that is declared; of a removal, the one that goes. */
  readonly directory: string;
  readonly target: Target | undefined;
  /** How often the method must be called with success; undefined: once at most. */
  readonly calls: Calls;
  /** One of these codes must stop it. */
  readonly refusal?: readonly string[];
  /** The refusal comes before the old export in the same directory is deleted. */
  readonly keepsOld?: boolean;
  /** Why nobody can tell whether it succeeds: what it comes to depends on another resource, or on a job that hangs. */
  readonly uncertain?: string;
}

export interface Scene {
  readonly model: Model;
  readonly world: World;
  readonly stack: Stack;
}

/** Machines on which a job hangs: it refuses every other export of the machine until somebody terminates it. */
export async function hangingMachines(world: World): Promise<ReadonlySet<string>> {
  const { jobs, virtualMachines } = await world.lab.describe();
  const running = jobs.filter(({ jobState }) => jobState === 3 || jobState === 4).map((job) => job.virtualMachineId);
  return new Set(virtualMachines.filter(({ id }) => running.includes(id)).map(({ name }) => name));
}

export function forecasts(scene: Scene, hanging: ReadonlySet<string>): Map<Slot, Forecast> {
  const found = new Map<Slot, Forecast>();
  for (const slot of slots) {
    const one = forecast(scene, slot, hanging);
    if (one) found.set(slot, one);
  }
  return found;
}

function forecast(scene: Scene, slot: Slot, hanging: ReadonlySet<string>): Forecast | undefined {
  const { model, world, stack } = scene;
  const declared = model.declared.get(slot);
  const kept = stack.resources.get(slot);
  if (declared === undefined) {
    return kept && { kind: "remove", directory: directoryOf(kept), target: undefined, calls: 0, ...uncertain(scene, slot) };
  }
  const directory = world.at(declared.directory);
  const target = targetOf(world.template, declared);
  const machine = world.template.points.get(declared.point)?.machine ?? "";
  const meddled = [directory, ...(kept ? [directoryOf(kept)] : [])].some((one) => model.place(one).meddled);
  const hang = hanging.has(machine) ? { uncertain: `a job hangs on ${machine}` } : undefined;
  const shared = uncertain(scene, slot);
  const unsure = shared.uncertain === undefined ? (hang ?? (meddled ? { uncertain: MEDDLED } : {})) : shared;
  const about = { directory, target, ...unsure };
  if (kept === undefined) return { kind: "create", ...creation(scene, slot, declared, undefined), ...about };
  const given = argumentsOf(world.template, "", world.volume, slot, declared);
  if (isReplaced(kept.outputs, given)) {
    // What is to be kept from now on would be deleted by what the last up stored.
    const isLate = given.onDestroy === "keep" && kept.outputs.onDestroy !== "keep" && kept.outputs.status !== "incomplete";
    if (isLate) return { kind: "replace", ...about, calls: 0, refusal: ["kept-too-late"], keepsOld: true };
    return { kind: "replace", ...creation(scene, slot, declared, directoryOf(kept) === directory ? kept : undefined), ...about };
  }
  const isRenamed = kept.outputs.createUrn !== given.createUrn;
  if (kept.outputs.status === "incomplete") return { kind: "finish", ...creation(scene, slot, declared, undefined, kept.id), ...about };
  if (kept.outputs.status === "damaged" || (isRenamed && foundByRename(scene, kept))) {
    return { kind: "repair", ...repair(scene, slot, kept, target), ...about };
  }
  const settings = ["verification", "onDestroy", "onExisting", "timeouts", "createUrn"].some(
    (name) => !isDeepStrictEqual(kept.outputs[name], given[name]),
  );
  return { kind: settings || kept.initErrors ? "settings" : "same", ...about, calls: 0 };
}

/** A rename looks at the directory without reading a file, and mends what it sees. */
function foundByRename({ model, world }: Scene, kept: Kept): boolean {
  const directory = directoryOf(kept);
  const claim = world.claimIn(directory);
  const isClaimed = claim.kind === "read" && claim.value.exportId === kept.id && claim.value.attempt === undefined;
  const { damages, vague } = model.place(directory);
  // What a killed delete has left under its claim, the rename sees as well.
  return !isClaimed || vague || [...damages.values()].some((kind) => kind !== "altered");
}

const replacing = ["virtualMachine", "referencePoint", "baseReferencePoint", "disksToExport", "exportDirectory", "triggers"];

function isReplaced(olds: Properties, given: Properties): boolean {
  return replacing.some((name) => !isDeepStrictEqual(olds[name], given[name]));
}

/** A create: into what is there, or into what the delete of the old export leaves there. `unfinished`: the id of one that is gone on with. */
function creation(
  { model, world }: Scene,
  slot: Slot,
  declared: Declaration,
  deletedBefore: Kept | undefined,
  unfinished?: string,
): Pick<Forecast, "calls" | "refusal" | "keepsOld" | "uncertain"> {
  const directory = world.at(declared.directory);
  const place = model.place(directory);
  const target = targetOf(world.template, declared);
  const claim = world.claimIn(directory);
  const refusal = { calls: 0, refusal: ["directory-not-empty", "adoption-refused"] } as const;
  if (deletedBefore) {
    const keeps = deletedBefore.outputs.onDestroy === "keep" && deletedBefore.outputs.status !== "incomplete";
    if (keeps || isUnproven(world, directory, deletedBefore)) return { calls: undefined, uncertain: "the delete before leaves files" };
    const isOwn = claim.kind !== "read" || claim.value.exportId === deletedBefore.id;
    return holdsForeign(world, directory) ? { ...refusal, keepsOld: isOwn } : { calls: 1 };
  }
  if (claim.kind === "unreadable") return { calls: 0, refusal: ["claim-damaged"] };
  if (claim.kind === "read") {
    if (claim.value.owner.urn !== urnOf(slot, declared) && claim.value.exportId !== unfinished)
      return { calls: 0, refusal: ["directory-owned-by-another"] };
    const { finished } = claim.value;
    if (finished && !isOf(world, finished.target, declared)) return { calls: 0, refusal: ["directory-not-empty"] };
    return { calls: place.callsOwed(target) };
  }
  const content = listing(directory).filter((name) => !isRecord(name));
  const manifest = world.manifestIn(directory);
  if (content.length === 0 && manifest.kind === "absent") return { calls: 1 };
  if (declared.onExisting === "adopt" && manifest.kind === "read") return { calls: 0, uncertain: "it may be adopted" };
  return refusal;
}

/** A finished export of something else, whose delete is still to come, is not written over. */
function isOf({ template }: World, target: ExportTarget, declared: Declaration): boolean {
  const base = baseOf(template, declared);
  const disks = target.disks.map((disk) => disk.instanceId).sort();
  return (
    target.referencePointId === template.points.get(declared.point)?.id &&
    target.baseReferencePointId === (base && template.points.get(base)?.id) &&
    isDeepStrictEqual(
      disks,
      disksOf(template, declared)
        .map((disk) => disk.instanceId)
        .sort(),
    )
  );
}

function repair({ model, world }: Scene, slot: Slot, kept: Kept, target: Target): Pick<Forecast, "calls" | "refusal" | "uncertain"> {
  const directory = directoryOf(kept);
  const place = model.place(directory);
  const manifest = world.manifestIn(directory);
  const isGivenUpThere = world.claimIn(directory).kind === "absent" && manifest.kind === "read" && manifest.value.exportId !== kept.id;
  // It is refused if it has files of its own there, which is not for a model to know.
  if (isGivenUpThere) return { calls: undefined, uncertain: "the other resource has given its export up in this directory" };
  if (!fs.existsSync(directory)) return { calls: 1 };
  // What is known of the place is the other resource's.
  if (model.stale.has(slot)) return { calls: undefined };
  const kinds = [...place.damages.values()];
  const ofFiles = kinds.some((kind) => kind === "missing" || kind === "resized" || kind === "altered" || kind === "replaced");
  const needed = place.vague ? undefined : ofFiles ? 1 : 0;
  // What the other resource owes here, since its create was refused or failed, tells nothing of this export.
  const isOthers = place.owed !== undefined && place.owed.target.exported !== target.exported;
  const calls = isOthers ? undefined : place.owed || place.unclear ? place.callsOwed(target) : needed;
  return kinds.includes("replaced") ? { calls, refusal: ["repair-blocked"] } : { calls };
}

/** Two resources that meet in a directory: who comes first is chance. */
function uncertain({ model, world, stack }: Scene, slot: Slot): Pick<Forecast, "uncertain"> {
  const own = directoriesOf(slot);
  const theirs = others(slot).flatMap((other) => [...directoriesOf(other)]);
  return theirs.some((directory) => own.has(directory)) ? { uncertain: "both resources are about one directory" } : {};

  function directoriesOf(one: Slot): Set<string> {
    const declared = model.declared.get(one);
    const kept = stack.resources.get(one);
    const pending = stack.pendingDeletes.filter((each) => each.slot === one).map((each) => directoryOf(each.kept));
    return new Set([...(declared ? [world.at(declared.directory)] : []), ...(kept ? [directoryOf(kept)] : []), ...pending]);
  }
}

export const MEDDLED = "a person meddled with what was half done";

export function directoryOf(kept: Kept): string {
  return String(kept.outputs.exportDirectory);
}

/** Neither record says whose the files are: then only those are the export's that are exactly as the state says. */
export function isUnproven(world: World, directory: string, { outputs }: Kept): boolean {
  const sha256 = world.manifestSha256(directory);
  return world.claimIn(directory).kind !== "read" && (sha256 === undefined || sha256 !== outputs.manifestSha256);
}

export function holdsForeign(world: World, directory: string): boolean {
  return [...world.foreign.keys(), ...world.foreignFolders].some((file) => file.startsWith(`${directory}/`));
}

function listing(directory: string): string[] {
  return fs.existsSync(directory) ? fs.readdirSync(directory) : [];
}
