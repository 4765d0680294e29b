import { ExportError, isExportError } from "../../domain/errors/export-error";
import type { ExportedFile } from "../../domain/records/exported-file";
import { isLoss } from "../../domain/tree/export-condition";
import type { PlannedExport, RestorePlan } from "../../domain/tree/restore-plan";
import { type ExportWay, restoreProofs } from "../../domain/tree/restore-steps";
import type { ReportedExport } from "../../domain/tree/tree-report";
import type { Operation } from "../session/operation";
import { type Concluded, conclude } from "./conclude";
import { type Failure, type FoundExports, findExports } from "./find-exports";
import type { SeenExport } from "./seen-export";

const STEP = "plan the restore";

type Planned = Pick<RestorePlan, "result" | "line" | "instead" | "way" | "proofs"> & { readonly failures: readonly Failure[] };

/**
 * What a restore of one export needs, in its order. Nothing is read but names, sizes and records, and nothing is copied.
 *
 * @param directory of an export or a generation; of a chain its newest generation is meant that can be restored
 * @param tree where the base of a single differential export is looked for; the folder above it where none is named
 * @throws ExportError where the directory cannot be looked at, or holds no export, or several
 */
export async function planRestore(operation: Operation, directory: string, tree: string | undefined): Promise<Planned> {
  const found = await findExports(operation, directory);
  const asked = await whichOne(operation, directory, found);
  const around = await surroundings(operation, asked, found, tree);
  const concluded = conclude(around);
  const all = exportsOf(concluded);
  const own = all.filter((one) => asked !== undefined || isIn(found, one));
  const target = asked ?? newestRestorable(own) ?? own.at(-1)?.directory;
  const wanted = all.find((one) => one.directory === target);
  if (wanted === undefined) throw nothingToRestore(directory);
  const line = lineTo(wanted, all);
  const seen = seenByDirectory(around);
  const way = seen.get(wanted.directory)?.way ?? "referencePoint";
  const result = isLoss(wanted.condition) ? "lost" : wanted.condition === "intact" ? "restorable" : "unknown";
  const instead = result === "restorable" ? undefined : newestRestorable(all.filter((one) => isOfMachine(one, wanted)));
  return {
    result,
    line: line.map((one) => planned(one, seen.get(one.directory))),
    ...(instead !== undefined && { instead }),
    way,
    proofs: proofsOf(way),
    failures: around.failures,
  };
}

function proofsOf(wanted: ExportWay): RestorePlan["proofs"] {
  return restoreProofs.flatMap(({ way, ...proof }) => (way === undefined || way === wanted ? [proof] : []));
}

/** Where the one export lies that is meant; undefined where any of a chain is. */
async function whichOne(operation: Operation, directory: string, { chains, singles }: FoundExports): Promise<string | undefined> {
  const here = (one: SeenExport) => operation.paths.same(one.directory, directory);
  const exact = [...singles, ...chains.flatMap(({ generations }) => generations.map(({ seen }) => seen))].find(here);
  if (exact) return exact.directory;
  const [chain] = chains;
  const [single] = singles;
  if (chains.length + singles.length > 1) {
    throw new ExportError("invalid-arguments", { step: STEP, subject: directory, ...whySeveral(operation, directory, chains, singles) });
  }
  if (chain === undefined && single === undefined) throw nothingToRestore(directory);
  return single?.directory;
}

function whySeveral(
  { paths }: Operation,
  directory: string,
  chains: FoundExports["chains"],
  singles: FoundExports["singles"],
): { readonly reason: string; readonly remedy: string } {
  const [problem] = chains.find(({ about }) => paths.same(about.directory, directory))?.about.problems ?? [];
  // Whoever has named one chain is not to be told to name one.
  if (problem !== undefined)
    return { reason: `the record of the chain tells no generations (${problem})`, remedy: "Name the directory of one generation." };
  return {
    reason: `${counted(chains.length, "chain")} and ${counted(singles.length, "single export")} lie in it or below it`,
    remedy: "Name the directory of one export, of one chain, or of one generation.",
  };
}

function counted(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}

function nothingToRestore(directory: string): ExportError {
  return new ExportError("nothing-exported", { step: STEP, subject: directory, reason: "no export lies in it or below it" });
}

/** With a generation its whole chain, since another one may have to do; with what continues no generation of a chain, what that may be. */
async function surroundings(
  operation: Operation,
  asked: string | undefined,
  found: FoundExports,
  tree: string | undefined,
): Promise<FoundExports> {
  const [chain] = found.chains;
  const isOfChain = chain?.generations.some(({ seen }) => seen.directory === asked) ?? false;
  const isOutward = chain?.generations.some(({ seen }) => seen.continues !== undefined) ?? false;
  if (asked === undefined && !isOutward) return found;
  const whole = chain && isOfChain ? await findExports(operation, chain.about.directory) : found;
  if (isOfChain && !isOutward) return whole;
  const [above] = operation.paths.parents(isOutward && chain ? chain.about.directory : (asked ?? ""));
  const folder = tree ?? above;
  if (folder === undefined) return whole;
  try {
    const around = await findExports(operation, folder);
    return {
      ...around,
      chains: [...around.chains.filter(({ about }) => about.directory !== chain?.about.directory), ...whole.chains],
      singles: [...around.singles.filter(({ directory }) => directory !== asked), ...whole.singles],
    };
  } catch (error) {
    if (!isExportError(error)) throw error;
    return { ...whole, failures: [...whole.failures, { directory: folder, error }] };
  }
}

function exportsOf({ chains, exports }: Concluded): ReportedExport[] {
  return [...chains.flatMap(({ generations }) => generations), ...exports];
}

/** What was looked for around it is none that was asked for. */
function isIn({ chains, singles }: FoundExports, { directory }: ReportedExport): boolean {
  return [...singles, ...chains.flatMap(({ generations }) => generations.map(({ seen }) => seen))].some(
    (seen) => seen.directory === directory,
  );
}

function isOfMachine(one: ReportedExport, other: ReportedExport): boolean {
  return one.virtualMachineId === other.virtualMachineId;
}

/** By the order of a chain, which clocks do not change; single exports by their dates. */
function newestRestorable(all: readonly ReportedExport[]): string | undefined {
  const restorable = all.filter(({ condition }) => condition === "intact");
  const generations = restorable.filter(({ label }) => label !== undefined);
  const singles = restorable
    .filter(({ label }) => label === undefined)
    .sort((one, other) => ((one.date ?? "") < (other.date ?? "") ? -1 : 1));
  return (generations.at(-1) ?? singles.at(-1))?.directory;
}

/** What it continues, as far as it is known, the first one first. */
function lineTo(wanted: ReportedExport, all: readonly ReportedExport[]): ReportedExport[] {
  const line = [wanted];
  for (let next = baseOf(wanted, all); next && !line.includes(next); next = baseOf(next, all)) line.unshift(next);
  return line;
}

function baseOf({ base }: ReportedExport, all: readonly ReportedExport[]): ReportedExport | undefined {
  return base === undefined ? undefined : all.find(({ directory }) => directory === base);
}

function seenByDirectory({ chains, singles }: FoundExports): Map<string, SeenExport> {
  const all = [...singles, ...chains.flatMap(({ generations }) => generations.map(({ seen }) => seen))];
  return new Map(all.map((seen) => [seen.directory, seen]));
}

function planned(one: ReportedExport, seen: SeenExport | undefined): PlannedExport {
  const files = [...(seen?.content?.files ?? [])].map(({ path, bytes, sha256, role }) => ({ path, bytes, sha256, role }));
  return { ...one, files: files.sort((some, other) => rank(some) - rank(other) || (some.path < other.path ? -1 : 1)) };
}

/** Disks are joined before anything else is needed. */
function rank({ role }: ExportedFile): number {
  return role === "disk" ? 0 : 1;
}
