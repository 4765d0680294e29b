import { type ChainProblem, type ChainProblemCode, describeChainProblems } from "../../../domain/export-chain/chain-problem";
import { type ChainGeneration, newestOf, standingCheckpoint, unneededPoints } from "../../../domain/export-chain/chain-record";
import type { GenerationCondition } from "../../../domain/export-chain/generation/condition";
import { generationLine } from "../../../domain/export-chain/generation/generation-line";
import type { ChainState, ChainStatus, NewestGeneration } from "../../../domain/export-chain/outputs";
import { nameSome } from "../../../domain/listing/foreign-files";
import type { Chaining } from "../record/chaining";
import type { InspectedChain } from "./inspect-chain";

/** What was found, beside how each generation stands. */
export interface Found {
  readonly inspected?: InspectedChain | undefined;
  readonly conditions: ReadonlyMap<string, GenerationCondition>;
  /** Why a checkpoint of ours stands still, and what to do. */
  readonly checkpointLeft?: string | undefined;
  /** Of files whose content was read, by the label of their generation. */
  readonly altered?: ReadonlyMap<string, readonly string[]> | undefined;
}

/** What the state says of a chain whose record is `file`. */
export function chainStateOf({ inputs, file }: Pick<Chaining, "inputs" | "file">, found: Found): ChainState {
  const { record } = file;
  const { conditions } = found;
  const newest = newestOf(record);
  const problems = [...workProblems(file, found.checkpointLeft), ...generationProblems(file, found)];
  return {
    ...inputs,
    via: record.via,
    chainId: record.chainId,
    virtualMachineId: record.virtualMachineId,
    virtualMachineName: record.virtualMachineName,
    generations: record.generations.map(({ label, madeAt, kind, bytes }) =>
      generationLine({ label, madeAt, kind, bytes, condition: conditions.get(label) ?? "gone" }),
    ),
    ...(newest?.reason !== undefined && { reason: newest.reason }),
    ...(newest && { referencePointId: newest.referencePointId, newestGeneration: factsOf(newest) }),
    status: statusOf(file, conditions),
    problems: describeChainProblems(problems),
    warnings: warningsOf(file, found),
  };
}

function factsOf({ checkpointId, baseReferencePointId, consistency, manifestSha256 }: ChainGeneration): NewestGeneration {
  return {
    ...(checkpointId !== undefined && { checkpointId }),
    ...(baseReferencePointId !== undefined && { baseReferencePointId }),
    consistency,
    manifestSha256,
  };
}

function statusOf({ record }: Chaining["file"], conditions: ReadonlyMap<string, GenerationCondition>): ChainStatus {
  const newest = newestOf(record);
  if (record.attempt || record.removing.length > 0 || unneededPoints(record).length > 0) return "incomplete";
  return newest && conditions.get(newest.label) === "intact" ? "intact" : "damaged";
}

/** What a run has left to be done. */
export function workProblems({ record }: Chaining["file"], checkpointLeft: string | undefined): ChainProblem[] {
  const { attempt, removing } = record;
  const standing = standingCheckpoint(record);
  const named = standing?.checkpointId && `${standing.checkpointId} of ${standing.virtualMachineName}`;
  const left = checkpointLeft ?? named;
  return [
    ...(left === undefined ? [] : [{ code: "checkpoint-left", detail: left } as const]),
    ...(attempt ? [{ code: "generation-unfinished", detail: attempt.label } as const] : []),
    ...(removing.length > 0 ? [{ code: "removal-unfinished", detail: nameSome(removing.map(({ label }) => label)) } as const] : []),
    ...unneededPoints(record).map(({ referencePointId }) => ({ code: "point-left", detail: referencePointId }) as const),
  ];
}

const codes: Readonly<Record<Exclude<GenerationCondition, "intact">, ChainProblemCode>> = {
  damaged: "generation-damaged",
  gone: "generation-gone",
  baseMissing: "base-missing",
  baseChanged: "base-changed",
};

function generationProblems({ record }: Chaining["file"], { inspected, conditions, altered }: Found): ChainProblem[] {
  return record.generations.flatMap(({ label, base }): ChainProblem[] => {
    const condition = conditions.get(label) ?? "gone";
    if (condition === "intact") return [];
    const code = codes[condition];
    if (condition === "baseMissing" || condition === "baseChanged") return [{ code, detail: `${label}: it continues ${base}` }];
    const own = [...(inspected?.generations.get(label)?.problems ?? []), ...(altered?.get(label) ?? [])];
    return [{ code, detail: own.length === 0 ? label : `${label}: ${nameSome(own)}` }];
  });
}

function warningsOf({ record }: Chaining["file"], { inspected }: Found): string[] {
  if (inspected === undefined) return [];
  const { generations } = inspected;
  return [
    ...record.generations.flatMap(({ label }) => (generations.get(label)?.warnings ?? []).map((warning) => `${label}: ${warning}`)),
    ...foreignWarnings(inspected),
  ];
}

export function foreignWarnings({ foreign }: InspectedChain): string[] {
  return foreign.length > 0 ? [`foreign files: ${nameSome(foreign.map(({ name }) => name))}`] : [];
}

/** "2026-11-26 and 2026-11-27": what can be restored now, for a person who has to know. */
export function restorableNow({ record }: Chaining["file"], conditions: ReadonlyMap<string, GenerationCondition>): string {
  const labels = record.generations.flatMap(({ label }) => (conditions.get(label) === "intact" ? [label] : []));
  return labels.length === 0 ? "nothing can be restored" : `what can be restored now: ${nameSome([...labels].reverse())}`;
}
