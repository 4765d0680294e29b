import { isGoneFromHost } from "../../domain/errors/gone-from-host";
import { newestOf, unneededPoints } from "../../domain/export-chain/chain-record";
import type { GenerationCondition } from "../../domain/export-chain/generation/condition";
import { isSameLabel } from "../../domain/export-chain/generation/label";
import type { ChainState } from "../../domain/export-chain/outputs";
import { nameSome } from "../../domain/listing/foreign-files";
import { durationOf } from "../../domain/reference-point-export/time-limit";
import { watchMerge } from "../checkpoint/watch-merge";
import { isSuperseded, isVolumeFull } from "../session/host-failure";
import { runTask } from "../session/run-task";
import { chainStateOf, restorableNow } from "./condition/chain-state";
import { conditionsIn, type Foreign, inspectChain } from "./condition/inspect-chain";
import { giveUpOutdated } from "./generation/begin-anew";
import { leaveNoCheckpoint } from "./generation/checkpoint-of-generation";
import { discardExport } from "./generation/discard-generation";
import { labelMade } from "./generation/label-made";
import { beginGeneration, finishGeneration } from "./generation/make-generation";
import { nextLabel } from "./generation/next-label";
import { isOccupied } from "./generation/occupied";
import { settleGeneration } from "./generation/settle-generation";
import { orOvertaken } from "./record/chain-file";
import type { Chaining } from "./record/chaining";
import { requireSameKind } from "./record/claim-chain";
import { type ChainMachine, findChainMachine } from "./record/find-machine";
import { destroyPoints } from "./removal/destroy-points";
import { letGo } from "./removal/remove-generations";
import { goingOf, mayWait, tellOfKept, tidyUp } from "./removal/retain";
import { isGenerationWanted, labelAsked } from "./wanted-generation";

type Conditions = Map<string, GenerationCondition>;

/**
 * Makes a chain what its arguments say, from wherever an earlier run stopped: finishes what is under way, makes the generation that is
 * asked for, and lets go of what retention does not keep and of points that nobody needs.
 *
 * @param altered "label/path" of files whose content a refresh has found altered
 * @param found the machine, where it has been looked for already
 */
export async function bringUpToDate(chaining: Chaining, altered: readonly string[], found?: ChainMachine): Promise<ChainState> {
  try {
    return await makeTrue(chaining, altered, found);
  } catch (error) {
    const reason = await orOvertaken(chaining.operation, chaining.file, error);
    const left = isSuperseded(reason) ? undefined : await leaveNoCheckpoint(chaining);
    if (left) chaining.operation.warn(left.message);
    throw reason;
  }
}

async function makeTrue(chaining: Chaining, altered: readonly string[], found: ChainMachine | undefined): Promise<ChainState> {
  const { file } = chaining;
  requireSameKind("update the chain", file, chaining.inputs);
  const newestBefore = newestOf(file.record)?.label;
  // What was given up before makes room for what is to come.
  if (file.record.removing.length > 0) await tidyUp(chaining);
  const made = labelMade(chaining, file.record);
  const isNoted = await file.changeIfRoom(made);
  const inspected = await inspectChain(chaining);
  const conditions = conditionsIn(file.record.generations, inspected, altered);
  const make = () => makeWhatIsWanted(chaining, conditions, inspected.foreign, found);
  await make().catch(async (error: unknown) => {
    if (!isVolumeFull(error) || !(await makeRoom(chaining, conditions, error as Error))) throw error;
    await make();
  });
  const goes = goingOf(chaining, file.record, conditions);
  let isRecorded = goes.length === 0;
  await mayWait(
    chaining,
    letGo(chaining, goes).then((isWritten) => {
      isRecorded = isWritten;
    }),
  );
  if (!isNoted) await mayWait(chaining, file.changeIfRoom(made));
  await mayWait(chaining, destroyPoints(chaining, unneededPoints(file.record)));
  await mayWait(chaining, removeLeftovers(chaining, inspected.leftovers));
  tellOfKept(chaining, conditions);
  const isMade = newestOf(file.record)?.label !== newestBefore;
  const merging = isMade ? await mergeAfter(chaining) : [];
  if (isRecorded) return withWarnings(chainStateOf(chaining, { inspected, conditions }), merging);
  // Some of what is listed may have gone.
  const now = await inspectChain(chaining);
  const state = chainStateOf(chaining, { inspected: now, conditions: conditionsIn(file.record.generations, now, altered) });
  return { ...withWarnings(state, merging), status: "incomplete" };
}

function withWarnings(state: ChainState, warnings: readonly string[]): ChainState {
  return { ...state, warnings: [...state.warnings, ...warnings] };
}

/** What the machine wrote while its checkpoint stood is merged once that is converted: no generation is worth less for it. */
async function mergeAfter(chaining: Chaining): Promise<string[]> {
  const { operation, inputs, file } = chaining;
  if (file.record.via !== "checkpoint") return [];
  const { virtualMachineId, virtualMachineName } = file.record;
  const limit = durationOf(inputs.timeouts.merge ?? MERGE_LIMIT);
  let told: string | undefined;
  await mayWait(
    chaining,
    watchMerge(operation, { virtualMachineId, virtualMachineName }, limit).then((outcome) => {
      told = outcome;
    }),
  );
  if (told === undefined) return [];
  operation.warn(told);
  return [told];
}

const MERGE_LIMIT = "1h";

/**
 * Where a new generation finds no room, what retention does not keep of those that are there goes before it, as after a smaller `keep`:
 * otherwise nothing is removed before the new one is there.
 *
 * @returns whether anything has been removed
 */
async function makeRoom(chaining: Chaining, conditions: Conditions, { message }: Error): Promise<boolean> {
  const { operation, file } = chaining;
  const goes = goingOf(chaining, file.record, conditions);
  if (goes.length === 0) return false;
  operation.warn(`${message}\nWhat keep lets go of makes room for it: ${nameSome(goes.map(({ label }) => label))}.`);
  return letGo(chaining, goes);
}

async function makeWhatIsWanted(
  chaining: Chaining,
  conditions: Conditions,
  foreign: readonly Foreign[],
  found: ChainMachine | undefined,
): Promise<void> {
  const { operation, inputs, file } = chaining;
  await giveUpOutdated(chaining);
  if (file.record.attempt === undefined && !isGenerationWanted(chaining, conditions)) return;
  const machine = found ?? (await findChainMachine(operation, inputs, file.record));
  if (machine.isReplaced) warnOfReplacement(chaining, machine);
  const { attempt } = file.record;
  if (attempt) {
    await finishOrDiscard(chaining, machine, conditions).catch((error: unknown) => {
      // Given up: another label goes on without it.
      if (!isOccupied(error) || file.record.attempt || isSameLabel(attempt.asked, labelAsked(chaining))) throw error;
      operation.warn(error.message);
    });
  }
  if (!isGenerationWanted(chaining, conditions)) return;
  warnOfDamage(chaining, conditions);
  const asked = labelAsked(chaining);
  await beginGeneration(chaining, machine.machine, { asked, label: await nextLabel(chaining, asked, foreign) });
  await finishGeneration(chaining, conditions);
}

/**
 * Uses the generation that an earlier run has begun. Produces it, finished. Of a machine that is gone, only what has been written already
 * can be finished.
 */
async function finishOrDiscard(chaining: Chaining, { machine }: ChainMachine, conditions: Conditions): Promise<void> {
  const { file, operation } = chaining;
  const { attempt } = file.record;
  if (attempt === undefined) return;
  if (attempt.virtualMachineId === machine.id) return finishGeneration(chaining, conditions);
  try {
    if (attempt.plan) return await finishGeneration(chaining, conditions);
  } catch (error) {
    if (!isGoneFromHost(error)) throw error;
  }
  await discardExport(chaining);
  // Its job may outlive the machine's name in the host's lists, and would make a point that nobody knows.
  await settleGeneration(chaining);
  await file.change({ attempt: undefined });
  operation.warn(`The unfinished generation ${attempt.label} was given up: the machine that it was begun of is gone.`);
}

function warnOfReplacement({ operation, inputs, file }: Chaining, { machine }: ChainMachine): void {
  const { virtualMachineId, virtualMachineName } = file.record;
  operation.warn(
    `${inputs.virtualMachine} is another virtual machine now: ${machine.id}. The chain was of ${virtualMachineId} (${virtualMachineName}), which is not there any more. The next generation is a full one; those of before are kept by the same rules.`,
  );
}

function warnOfDamage({ operation, file }: Chaining, conditions: Conditions): void {
  const newest = newestOf(file.record);
  if (newest === undefined || conditions.get(newest.label) === "intact") return;
  operation.warn(
    `The generation ${newest.label} in ${file.directory} cannot be restored, so a full one is made; ${restorableNow(file, conditions)}.`,
  );
}

/** What killed writes of the record have left. */
async function removeLeftovers({ operation, file }: Chaining, files: readonly string[]): Promise<void> {
  if (files.length === 0) return;
  const { directory, canonicalPath } = file;
  await runTask(operation, "remove what a killed write left", {
    directory,
    canonicalPath,
    kind: "remove",
    files,
    onlyIf: file.condition(),
  });
}
