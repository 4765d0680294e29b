import { ExportError } from "../../../domain/errors/export-error";
import type { ChainGeneration } from "../../../domain/export-chain/chain-record";
import { conditionsOf, type GenerationCondition, type OwnCondition } from "../../../domain/export-chain/generation/condition";
import { apartFromServers } from "../../../domain/listing/file-server-names";
import type { ExportedFile } from "../../../domain/records/exported-file";
import type { Manifest } from "../../../domain/records/manifest";
import { CHAIN_FILE, CLAIM_FILE, isChainLeftover, MANIFEST_FILE } from "../../../domain/records/record-names";
import type { ExportFacts } from "../../../domain/reference-point-export/outputs";
import { describeProblems, type Problem, type ProblemCode } from "../../../domain/reference-point-export/problem";
import { factsOf } from "../../../domain/reference-point-export/states";
import { sha256Of } from "../../../domain/values/sha256";
import type { DirectoryEntry, DirectoryReport, FreeBytes } from "../../../host/port";
import { inspectExport } from "../../directory/inspect";
import { type DirectoryView, inItsPlace, lookOf, outOfReach } from "../../directory/look";
import { LOOK_STEP } from "../record/chain-file";
import type { Chaining } from "../record/chaining";

/** What a look tells of one generation by itself. */
export interface InspectedGeneration {
  readonly condition: OwnCondition;
  /** Sentences of what is wrong. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  readonly view?: DirectoryView;
  /** Those that its manifest describes, where that is the one that was written. */
  readonly files: readonly ExportedFile[];
}

export interface InspectedChain {
  readonly generations: ReadonlyMap<string, InspectedGeneration>;
  readonly foreign: readonly Foreign[];
  readonly leftovers: readonly string[];
  readonly freeBytes: FreeBytes;
}

/** Directly in the chain's directory, and nothing of the chain. */
export interface Foreign extends Pick<DirectoryEntry, "kind"> {
  readonly name: string;
  /** What is in it, but for what file servers put into every folder. */
  readonly holds: readonly string[];
}

/** What a look needs: nobody has to declare the chain. */
type Looking = Pick<Chaining, "operation" | "file">;

/** Sizes and records of all generations, from one look at the chain's directory. Reads no content. */
export async function inspectChain(chaining: Looking): Promise<InspectedChain> {
  const { operation, file } = chaining;
  const { directory, record } = file;
  const texts = record.generations.flatMap(({ label }) => [CLAIM_FILE, MANIFEST_FILE].map((name) => `${label}/${name}`));
  const report = await operation.ask(LOOK_STEP, directory, () => operation.host.readDirectory({ directory, texts, list: true }));
  if (report.kind === "absent") {
    const reason = "the directory has gone since this run looked at it";
    throw new ExportError("superseded", { step: LOOK_STEP, subject: directory, reason });
  }
  if (report.kind !== "directory") throw outOfReach(report, directory, { known: true, of: "chain" });
  const { fold } = operation.paths;
  const below = groupedByTop(report.entries, fold);
  const generations = new Map(
    record.generations.map((generation) => [
      generation.label,
      inspectGeneration(chaining, generation, report, below.get(fold(generation.label)) ?? []),
    ]),
  );
  const labels = [...record.generations, ...record.removing, ...(record.attempt ? [record.attempt] : [])].map(({ label }) => fold(label));
  const top = apartFromServers(report.entries).filter(({ path }) => !path.includes("/"));
  return {
    generations,
    freeBytes: report.freeBytes,
    foreign: top
      .filter(({ path }) => fold(path) !== fold(CHAIN_FILE) && !isChainLeftover(path) && !labels.includes(fold(path)))
      .map(({ path, kind }) => ({ name: path, kind, holds: holdingsOf(path, below.get(fold(path)) ?? []) })),
    leftovers: top.filter(({ kind, path }) => kind === "file" && isChainLeftover(path)).map(({ path }) => path),
  };
}

function holdingsOf(folder: string, group: readonly DirectoryEntry[]): string[] {
  const inside = group.filter(({ path }) => path.startsWith(`${folder}/`));
  return apartFromServers(inside).map(({ path }) => path.slice(folder.length + 1));
}

function groupedByTop(entries: readonly DirectoryEntry[], fold: (text: string) => string): Map<string, DirectoryEntry[]> {
  const groups = new Map<string, DirectoryEntry[]>();
  for (const entry of entries) {
    const top = fold(entry.path.split("/", 1)[0] ?? "");
    const group = groups.get(top);
    if (group) group.push(entry);
    else groups.set(top, [entry]);
  }
  return groups;
}

/** Of the claim alone: the manifest proves the export without it, and so a destroy knows its files. */
const harmless: ReadonlySet<ProblemCode> = new Set(["claim-missing", "claim-unreadable"]);

function inspectGeneration(
  { operation: { paths }, file }: Looking,
  generation: ChainGeneration,
  { canonicalPath, texts, freeBytes }: Extract<DirectoryReport, { readonly kind: "directory" }>,
  group: readonly DirectoryEntry[],
): InspectedGeneration {
  const { label, exportId, manifestSha256 } = generation;
  const top = group.find(({ path }) => !path.includes("/"));
  if (top === undefined) return { condition: "gone", problems: ["its directory is not there"], warnings: [], files: [] };
  if (top.kind !== "directory") {
    return { condition: "damaged", problems: [`a ${top.kind} stands where its directory should be`], warnings: [], files: [] };
  }
  const entries = group.filter((entry) => entry !== top).map((entry) => ({ ...entry, path: entry.path.slice(top.path.length + 1) }));
  const own = Object.fromEntries(
    [CLAIM_FILE, MANIFEST_FILE].flatMap((name) => {
      const text = texts[`${label}/${name}`];
      return text === undefined ? [] : [[name, text]];
    }),
  );
  const report = { kind: "directory", canonicalPath: paths.join(canonicalPath, top.path), entries, texts: own, freeBytes } as const;
  const look = lookOf(paths.join(file.directory, label), report, paths);
  if (look.kind !== "view") throw new TypeError("a directory's report gives a view");
  const isCopy = !paths.same(file.record.canonicalPath, file.canonicalPath);
  // With a chain that was copied, its claims came along.
  const view = isCopy ? inItsPlace(look.view) : look.view;
  const manifest = manifestOf(view, generation);
  const facts = manifest ? factsOf(manifest, manifestSha256) : factsWithoutManifest(generation);
  const { problems, warnings } = inspectExport(view, { ...facts, exportId }, paths);
  // A manifest that only an altered claim vouches for.
  const unproven: Problem[] = manifest || problems.some(({ code }) => code.startsWith("manifest")) ? [] : [{ code: "manifest-altered" }];
  const all = [...problems, ...unproven];
  const bad = all.filter(({ code }) => !harmless.has(code));
  return {
    condition: bad.length === 0 ? "intact" : "damaged",
    problems: describeProblems(bad),
    warnings: [...describeProblems(all.filter(({ code }) => harmless.has(code))), ...warnings],
    view,
    files: manifest?.files ?? [],
  };
}

/** The manifest, if it is the very one that the chain's record vouches for. */
function manifestOf({ manifest }: DirectoryView, { exportId, manifestSha256 }: ChainGeneration): Manifest | undefined {
  if (manifest.kind !== "read" || manifest.value.exportId !== exportId) return undefined;
  return sha256Of(manifest.text) === manifestSha256 ? manifest.value : undefined;
}

function factsWithoutManifest(generation: ChainGeneration): ExportFacts {
  const { virtualMachineId, checkpointId, referencePointId, consistency, kind, madeAt, manifestSha256 } = generation;
  const times = { startedAt: madeAt, completedAt: madeAt };
  return {
    virtualMachineId,
    virtualMachineName: "",
    referencePointId: checkpointId ?? referencePointId,
    consistency,
    kind,
    files: [],
    totalBytes: 0,
    ...times,
    manifestSha256,
  };
}

/**
 * How each generation stands, with all that it continues.
 *
 * @param alteredFiles "label/path" of files whose content was found altered
 */
export function conditionsIn(
  generations: readonly ChainGeneration[],
  inspected: InspectedChain,
  alteredFiles: readonly string[] = [],
): Map<string, GenerationCondition> {
  const altered = new Set(alteredFiles.map((path) => path.split("/", 1)[0]));
  const own = new Map(
    [...inspected.generations].map(([label, { condition }]) => [
      label,
      condition === "intact" && altered.has(label) ? ("damaged" as const) : condition,
    ]),
  );
  return conditionsOf(generations, own);
}
