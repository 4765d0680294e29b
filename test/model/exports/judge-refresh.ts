import * as fs from "node:fs";
import * as path from "node:path";
import { problemOf } from "./damage";
import type { Slot } from "./declaration";
import { isHarmless } from "./fault-choice";
import { directoryOf, type Scene } from "./forecast";
import { codeOf } from "./judge-up";
import type { Kept, Operation } from "./stack";
import { exportProblems } from "./whole-export";

/** Holds what a refresh says of each export against what was done to it. `before`: the states that it refreshed. */
export async function judgeRefresh(scene: Scene, before: ReadonlyMap<Slot, Kept>, operation: Operation): Promise<string[]> {
  const { model, stack } = scene;
  const problems: string[] = [];
  for (const [slot, old] of before) {
    const result = operation.results.get(slot);
    const directory = directoryOf(old);
    const found = stack.resources.get(slot);
    const say = (problem: string) => problems.push(`${slot}, after a refresh: ${problem}`);
    if (result?.stopped) {
      if (found === undefined) say("a failed refresh dropped the state");
      const { failure } = result.stopped;
      if (failure !== undefined && model.faults.every(isHarmless)) say(`it failed for no reason: ${failure}`);
      if (failure !== undefined && codeOf(failure) === "none") say(`an error without a code: ${failure}`);
      continue;
    }
    const isGone = !fs.existsSync(directory);
    if (result?.steps.includes("gone")) {
      model.forget(directory);
      model.stale.delete(slot);
      if (!isGone) say("the state was dropped, and the directory is there");
      if (!fs.existsSync(path.dirname(directory))) say("the state was dropped, and the directory may only be out of reach");
      if (model.faults.some((fault) => fault.fault === "volumeMissing" && fault.count === undefined && covers(fault.path, directory))) {
        say("the state was dropped while the volume was missing");
      }
      continue;
    }
    if (found === undefined) continue;
    if (isGone) say("the directory is gone, and the state stays");
    const isRenamed = found.outputs.createUrn !== old.inputs.createUrn;
    if (result?.drift !== (found.outputs.status !== "intact" || isRenamed))
      say(`status ${found.outputs.status}, and diff says ${result?.drift}`);
    if (old.outputs.status === "incomplete") {
      if (found.outputs.status !== "incomplete") say(`an unfinished export became ${found.outputs.status}`);
      continue;
    }
    const claim = scene.world.claimIn(directory);
    if (claim.kind === "read" && claim.value.exportId !== found.id) {
      if (!JSON.stringify(found.outputs.problems).includes("claim-of-another-export"))
        say("it is another export's, and that is not reported");
      continue;
    }
    if (model.stale.has(slot)) continue;
    for (const problem of await damageProblems(scene, slot, found)) say(problem);
  }
  return problems;
}

function covers(folder: string, directory: string): boolean {
  return directory === folder || directory.startsWith(folder + path.sep);
}

async function damageProblems({ model, world }: Scene, slot: Slot, kept: Kept): Promise<string[]> {
  const place = model.place(directoryOf(kept));
  const declared = model.applied.get(slot);
  const { status, problems, verification } = kept.outputs as {
    status: string;
    problems: string[];
    verification: { level: string; portion?: string };
  };
  const readsAll = verification.level === "content" && verification.portion === "1/1";
  if (status === "intact" && place.vague) {
    place.vague = false;
    place.owed = undefined;
    for (const [name, kind] of place.damages) if (kind !== "altered" || readsAll) place.damages.delete(name);
  }
  if (place.vague) return [];
  const seen = [...place.damages].filter(([, kind]) => kind !== "altered" || readsAll);
  const missing = seen.filter(([name, kind]) => !problems.some((text) => isAbout(text, problemOf[kind], name)));
  const found = missing.map(([name, kind]) => `${kind} of ${name} is not reported: ${problems.join("; ")}`);
  // What a level or a portion may or may not have read.
  const perhaps = place.damages.size > seen.length;
  if (!perhaps && problems.length > seen.length) found.push(`more problems than damages: ${problems.join("; ")}`);
  if (!perhaps && (status === "intact") !== (seen.length === 0)) found.push(`status ${status} with ${seen.length} damages`);
  if (found.length > 0 || place.damages.size > 0 || declared === undefined) return found;
  return exportProblems(world, slot, declared, kept);
}

function isAbout(text: string, code: string, name: string): boolean {
  return text === code || text.startsWith(`${code}: ${name}`) || (text.startsWith(`${code}:`) && (name === "claim" || name === "manifest"));
}
