import * as path from "node:path";
import type { LabCall } from "../../../provider/host/simulator/index";
import { leftoverProblems } from "./always";
import { type Slot, urnOf } from "./declaration";
import { isHarmless, spoilsJobs } from "./fault-choice";
import { directoryOf, type Forecast, MEDDLED, type Scene } from "./forecast";
import { type Calls, others } from "./model";
import type { Operation, Result } from "./stack";
import { exportProblems, ownFiles } from "./whole-export";

/** What an up came to. */
export interface Seen {
  readonly forecasts: ReadonlyMap<Slot, Forecast>;
  readonly operation: Operation;
  /** Calls of the lab during it. */
  readonly calls: readonly LabCall[];
}

/** A loaded computer can make any of the short timeouts pass; one more try is granted. */
const ofTime = ["timed-out", "job-stalled"];

export function codeOf(failure: string): string {
  return /^ *Code: ([a-z-]+)$/m.exec(failure)?.[1] ?? "none";
}

/** Whether the up failed by nothing but the clock. */
export function failedByClock({ operation }: Seen): boolean {
  const failures = [...operation.results.values()].flatMap(({ stopped }) =>
    stopped?.failure === undefined ? [] : [codeOf(stopped.failure)],
  );
  return failures.length > 0 && failures.every((code) => ofTime.includes(code));
}

/** Whether a failure says that a limit was missed, and nothing else. */
export function isOfTime(failure: string): boolean {
  return ofTime.includes(codeOf(failure));
}

/** Holds an up against its forecast and notes in the model what is known now. */
export async function judgeUp(scene: Scene, seen: Seen): Promise<string[]> {
  const { model } = scene;
  const { forecasts, operation, calls } = seen;
  const spoiled = model.faults.some(spoilsJobs) || calls.some(({ method }) => method === "RequestStateChange");
  const problems: string[] = [];
  for (const [slot, forecast] of forecasts) {
    const result = operation.results.get(slot);
    if (result === undefined) continue;
    const made = successfulCalls(calls, forecast.directory);
    problems.push(...outcomeProblems(scene, slot, forecast, result));
    problems.push(...callProblems(slot, forecast, result, made, spoiled));
    problems.push(...(await note(scene, slot, forecast, result, made, spoiled)));
  }
  if (operation.ok && problems.length === 0) problems.push(...leftoverProblems(scene));
  return problems;
}

function outcomeProblems({ model }: Scene, slot: Slot, forecast: Forecast, { steps, stopped }: Result): string[] {
  const { kind, refusal, keepsOld, uncertain } = forecast;
  if (uncertain !== undefined || (stopped && stopped.failure === undefined)) return [];
  if (refusal) {
    if (stopped?.failure === undefined) return [`${slot}: the ${kind} was not refused (${refusal.join(" or ")})`];
    const faulty = model.faults.some((fault) => !isHarmless(fault));
    if (keepsOld && steps.includes("delete") && !faulty) return [`${slot}: the old export was deleted for a new one that was refused`];
    return faulty || refusal.includes(codeOf(stopped.failure)) ? [] : [`${slot}: the ${kind} was refused otherwise: ${stopped.failure}`];
  }
  if (stopped?.failure === undefined || model.faults.some((fault) => !isHarmless(fault)) || ofTime.includes(codeOf(stopped.failure)))
    return [];
  return [`${slot}: the ${kind} failed for no reason: ${stopped.failure}`];
}

function callProblems(slot: Slot, { kind, calls, uncertain }: Forecast, { stopped }: Result, made: number, spoiled: boolean): string[] {
  // What a person took away has to be exported again, and what two do in one directory is nobody's alone.
  if (spoiled || uncertain?.includes("both") || uncertain === MEDDLED) return [];
  if (made > (calls ?? 1)) return [`${slot}: the ${kind} called the method ${made} times with success, needed ${calls ?? "at most 1"}`];
  if (stopped === undefined && uncertain === undefined && calls !== undefined && made !== calls) {
    return [`${slot}: the ${kind} called the method ${made} times with success, needed ${calls}`];
  }
  return [];
}

function successfulCalls(calls: readonly LabCall[], directory: string): number {
  return calls.filter(
    ({ method, returnCode, exportDirectory }) =>
      method === "ExportReferencePoint" &&
      (returnCode === 0 || returnCode === 4096) &&
      (exportDirectory === directory || path.dirname(exportDirectory) === directory),
  ).length;
}

/** What the up tells about the directory; where it says that the export is there, it must be. */
async function note(scene: Scene, slot: Slot, forecast: Forecast, result: Result, made: number, spoiled: boolean): Promise<string[]> {
  const { model, stack, world } = scene;
  const { kind, directory, target } = forecast;
  const place = model.place(directory);
  const declared = model.declared.get(slot);
  const kept = stack.resources.get(slot);
  const exported = result.steps.includes("create") || (result.steps.includes("update") && kind !== "settings");
  const isDone = result.steps.some((step) => step === "create" || step === "update" || step === "same");
  if ((isDone || !result.stopped) && declared) model.applied.set(slot, declared);
  const owner = world.claimIn(directory);
  if (result.stopped && owner.kind === "read" && owner.value.owner.urn === urnOf(slot, declared)) world.adopted(directory);
  const stoppedIn = result.stopped?.step;
  const code = codeOf(result.stopped?.failure ?? "");
  const untouched = kind !== "repair" && forecast.refusal?.includes(code);
  if (target && !untouched && (stoppedIn === "create" || (stoppedIn === "update" && kind !== "settings"))) {
    // Two creates that stopped in one directory: which of them has exported is not known.
    if (place.owed && place.owed.target.exported !== target.exported) place.unclear = true;
    const unknown = forecast.calls === undefined || forecast.uncertain !== undefined || spoiled;
    place.owed = { target, calls: unknown ? undefined : ((forecast.calls - made) as Calls) };
    place.vague = true;
    // A create that has no room for its claim leaves nothing at all.
    const cleared = code === "not-enough-space" && model.faults.every((fault) => fault.fault === "diskFull" || isHarmless(fault));
    if ((kept === undefined || directoryOf(kept) !== directory) && !cleared) place.orphan = true;
  }
  if (kept === undefined || declared === undefined || directoryOf(kept) !== directory) return [];
  const claim = world.claimIn(directory);
  // A person removed the directory, the other resource made it anew, and this one has not been made again since.
  if (!exported && (model.stale.has(slot) || (claim.kind === "read" && claim.value.exportId !== kept.id))) return [];
  const stolen = world.takeOver(ownFiles(kept));
  if (stolen.length > 0) return [`${slot}: the ${kind} took files over that are a person's: ${stolen.join(", ")}`];
  if (exported) {
    place.settle();
    model.stale.delete(slot);
    for (const other of others(slot)) {
      const theirs = stack.resources.get(other);
      if (theirs && directoryOf(theirs) === directory) model.stale.add(other);
    }
  }
  if (place.vague || place.gone || place.damages.size > 0 || kept.outputs.status !== "intact" || result.stopped) return [];
  return (await exportProblems(world, slot, declared, kept)).map((problem) => `${slot}, after a ${kind}: ${problem}`);
}
