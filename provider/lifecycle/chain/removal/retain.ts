import { isExportError } from "../../../domain/errors/export-error";
import { type ChainGeneration, type ChainRecord, unneededPoints } from "../../../domain/export-chain/chain-record";
import type { GenerationCondition } from "../../../domain/export-chain/generation/condition";
import { going, keptForOthers } from "../../../domain/export-chain/retention/going";
import { nameSome } from "../../../domain/listing/foreign-files";
import type { Chaining } from "../record/chaining";
import { destroyPoints } from "./destroy-points";
import { removeGivenUp } from "./remove-generations";

type Conditions = ReadonlyMap<string, GenerationCondition>;

/** Those that the rules of retention do not keep, in the order in which they may go. */
export function goingOf(
  { inputs: { keep, timeZone } }: Pick<Chaining, "inputs">,
  record: Pick<ChainRecord, "generations" | "timeZone">,
  conditions: Conditions,
): ChainGeneration[] {
  const goes = going(record.generations, conditions, keep, timeZone ?? record.timeZone);
  return goes.flatMap((label) => record.generations.filter((generation) => generation.label === label));
}

/** The record's lists after the rules of retention have been applied to them: nothing is removed by that yet. */
export function retained(
  chaining: Pick<Chaining, "inputs">,
  record: Pick<ChainRecord, "generations" | "removing" | "timeZone">,
  conditions: Conditions,
): Pick<ChainRecord, "generations" | "removing"> {
  const goes = goingOf(chaining, record, conditions);
  return { generations: record.generations.filter((each) => !goes.includes(each)), removing: [...record.removing, ...goes] };
}

/** Says which generations stay beyond what the rules choose, and for what: a person who counts them must know. */
export function tellOfKept({ operation, inputs: { keep, timeZone }, file: { record } }: Chaining, conditions: Conditions): void {
  const kept = keptForOthers(record.generations, conditions, keep, timeZone ?? record.timeZone);
  if (kept.length === 0) return;
  const each = kept.map(({ label, neededBy }) => `${label} (${neededBy} needs it)`);
  operation.did(`kept ${nameSome(each)} beyond keep`);
}

/** What follows a generation: what the record has given up is removed, and points that nobody needs are destroyed. */
export async function tidyUp(chaining: Chaining): Promise<void> {
  await mayWait(chaining, removeGivenUp(chaining));
  await mayWait(chaining, destroyPoints(chaining, unneededPoints(chaining.file.record)));
}

/** Nothing of it is worth the failure of a generation that is there. The record says what is left, so that the next up goes on. */
export async function mayWait({ operation, file }: Chaining, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (isExportError(error) && error.code === "superseded") throw error;
    operation.warn(`${(error as Error).message}\nThe generations of ${file.directory} are whole; the next pulumi up goes on with this.`);
  }
}
