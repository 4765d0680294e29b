import { z } from "zod";
import { generationOfLine, type ListedGeneration } from "../export-chain/generation/generation-line";
import { fileOfLine } from "../records/file-line";
import { CHAIN_TYPE, CHECKPOINT_EXPORT_TYPE, EXPORT_TYPE } from "../records/owner-text";
import type { ReportedChain, ReportedExport } from "../tree/tree-report";
import { parseDuration } from "../values/duration";

/** A chain with what its program declares of it. */
export interface DeclaredChain extends ReportedChain {
  /** How often a generation is made: milliseconds; undefined where the program names generations itself. */
  readonly every?: number;
}

/** What a stack's state tells of exports and chains, as its last run has seen them. */
export interface StackBackups {
  readonly chains: readonly DeclaredChain[];
  readonly exports: readonly ReportedExport[];
  /** URNs of resources of which nothing can be read, as where all of them is secret. */
  readonly unreadable: readonly string[];
}

const stackExport = z.object({ deployment: z.object({ resources: z.array(z.unknown()).default([]) }) });

const texts = z.array(z.string()).catch([]);
const text = z.string().optional().catch(undefined);
const resource = z.object({
  urn: z.string(),
  id: text,
  type: z.enum([EXPORT_TYPE, CHAIN_TYPE, CHECKPOINT_EXPORT_TYPE]),
  delete: z.boolean().optional(),
  outputs: z.record(z.string(), z.unknown()).default({}),
});
const chainOutputs = z.object({
  directory: z.string(),
  virtualMachine: text,
  generation: z.object({ every: z.string() }).optional().catch(undefined),
  result: z.object({ virtualMachineId: text, virtualMachineName: text, generations: texts, problems: texts }).optional().catch(undefined),
});
const exportOutputs = z.object({
  exportDirectory: z.string(),
  virtualMachine: text,
  result: z
    .object({
      virtualMachineId: text,
      virtualMachineName: text,
      referencePointId: text,
      kind: z.enum(["full", "differential"]).optional().catch(undefined),
      consistency: z.enum(["application", "crash", "unknown"]).optional().catch(undefined),
      completedAt: text,
      files: z.array(z.unknown()).catch([]),
      status: z.enum(["intact", "damaged", "incomplete"]).catch("incomplete"),
      problems: texts,
    })
    .optional()
    .catch(undefined),
});

/** Reads what `pulumi stack export` writes. Undefined for what is no such text. */
export function stackBackups(exported: string): StackBackups | undefined {
  const parsed = stackExport.safeParse(jsonOf(exported));
  if (!parsed.success) return undefined;
  const chains: DeclaredChain[] = [];
  const exports: ReportedExport[] = [];
  const unreadable: string[] = [];
  for (const one of parsed.data.deployment.resources) {
    const { data } = resource.safeParse(one);
    // What a replacement has left to be deleted, another resource stands for.
    if (data === undefined || data.delete) continue;
    const told = data.type === EXPORT_TYPE ? exportOf(data.outputs) : chainOf(data.id, inChainsWords(data.outputs));
    if (told === undefined) unreadable.push(data.urn);
    else if ("generations" in told) chains.push(told);
    else exports.push(told);
  }
  return { chains, exports, unreadable };
}

function jsonOf(given: string): unknown {
  try {
    return JSON.parse(given);
  } catch {
    return undefined;
  }
}

/** An export by a checkpoint is kept as a chain of one generation. */
function inChainsWords({ exportDirectory, ...alike }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...(exportDirectory !== undefined && { directory: exportDirectory }), ...alike };
}

function chainOf(chainId: string | undefined, outputs: Readonly<Record<string, unknown>>): DeclaredChain | undefined {
  const { data } = chainOutputs.safeParse(outputs);
  if (data === undefined) return undefined;
  const { directory, virtualMachine, generation, result } = data;
  const every = generation && parseDuration(generation.every);
  const machine = withoutUndefined({
    virtualMachineId: result?.virtualMachineId,
    virtualMachineName: result?.virtualMachineName ?? virtualMachine,
  });
  const lines = (result?.generations ?? []).map(generationOfLine).filter((line) => line !== undefined);
  return {
    directory,
    ...(chainId !== undefined && { chainId }),
    ...machine,
    ...(every?.ok && { every: every.value }),
    problems: [...(result?.problems ?? [])],
    warnings: [],
    generations: lines.map((line) => generationOf(line, directory, machine)),
  };
}

function generationOf(
  { label, madeAt, kind, bytes, condition }: ListedGeneration,
  directory: string,
  machine: Pick<ReportedExport, "virtualMachineId" | "virtualMachineName">,
): ReportedExport {
  const separator = directory.includes("\\") ? "\\" : "/";
  return { directory: directory + separator + label, label, ...machine, kind, date: madeAt, bytes, condition, problems: [], warnings: [] };
}

function exportOf(outputs: Readonly<Record<string, unknown>>): ReportedExport | undefined {
  const { data } = exportOutputs.safeParse(outputs);
  if (data === undefined) return undefined;
  const { exportDirectory, virtualMachine, result } = data;
  const files = (result?.files ?? []).map((line) => (typeof line === "string" ? fileOfLine(line) : undefined));
  const bytes = files.reduce((sum, file) => sum + (file?.bytes ?? 0), 0);
  return {
    directory: exportDirectory,
    ...withoutUndefined({
      virtualMachineId: result?.virtualMachineId,
      virtualMachineName: result?.virtualMachineName ?? virtualMachine,
      referencePointId: result?.referencePointId,
      kind: result?.kind,
      consistency: result?.consistency,
      date: result?.completedAt,
    }),
    ...(files.length > 0 && { bytes }),
    condition: result?.status ?? "incomplete",
    problems: [...(result?.problems ?? [])],
    warnings: [],
  };
}

function withoutUndefined<T extends object>(values: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]?: Exclude<T[Name], undefined>;
  };
}
