import { ExportError, isExportError } from "../../domain/errors/export-error";
import type { PathRules } from "../../domain/paths/path-rules";
import { CHAIN_FILE, CLAIM_FILE, MANIFEST_FILE, repairDirectoryOf } from "../../domain/records/record-names";
import type { DirectoryEntry } from "../../host/port";
import { type ChainFile, lookAtChain } from "../chain/record/chain-file";
import { lookAt, outOfReach } from "../directory/look";
import type { Operation } from "../session/operation";
import { type SeenChain, seenChain, unreadableChain } from "./seen-chain";
import { type SeenExport, seenExport } from "./seen-export";

export const TREE_STEP = "look at the directory";

export interface Failure {
  readonly directory: string;
  readonly error: ExportError;
}

/** All that lies in one directory and below it. */
export interface FoundExports {
  readonly chains: readonly SeenChain[];
  /** Exports that no chain lists. */
  readonly singles: readonly SeenExport[];
  /** What could not be looked at. The rest was. */
  readonly failures: readonly Failure[];
}

/**
 * Finds every export in a directory and below it by the records that lie there. Of a generation its chain is looked at, as far as the
 * generation needs it: the record lies one folder above.
 *
 * @throws ExportError where the directory itself cannot be looked at
 */
export async function findExports(operation: Operation, directory: string): Promise<FoundExports> {
  const chain = await chainOfGeneration(operation, directory);
  if (chain) return { chains: [await seenChain(operation, chain.file, chain.label)], singles: [], failures: [] };
  const { entries, canonicalPath } = await listed(operation, directory);
  const places = recordPlaces(entries, operation.paths);
  const at = (relative: string) => operation.paths.join(canonicalPath, relative);
  const failures: Failure[] = [];
  const chains: SeenChain[] = [];
  const generations = new Set<string>();
  for (const place of places.chains.map(at)) {
    await noted(failures, place, async () => {
      const look = await lookAtChain(operation, place);
      if (look.kind === "unreadable") chains.push(unreadableChain(look.canonicalPath, look.reason));
      if (look.kind !== "chain" && look.kind !== "copy") return;
      for (const label of labelsIn(look.file)) generations.add(operation.paths.fold(operation.paths.join(place, label)));
      chains.push(await seenChain(operation, look.file));
    });
  }
  const singles: SeenExport[] = [];
  for (const place of places.exports.map(at).filter((path) => !generations.has(operation.paths.fold(path)))) {
    await noted(failures, place, async () => {
      const look = await lookAt(operation, place);
      if (look.kind === "view") singles.push(seenExport(look.view, operation.paths));
      else throw unreachable(look, place);
    });
  }
  return { chains, singles, failures };
}

/** The chain that lists the directory as one of its generations, if the folder above holds one. */
async function chainOfGeneration(
  operation: Operation,
  directory: string,
): Promise<{ readonly file: ChainFile; readonly label: string } | undefined> {
  const { paths } = operation;
  const [above] = paths.parents(directory);
  if (above === undefined) return undefined;
  // Nobody has asked for the folder above: that it may not be looked at says nothing of the directory.
  const look = await lookAtChain(operation, above).catch(() => undefined);
  if (look?.kind !== "chain" && look?.kind !== "copy") return undefined;
  const generation = look.file.record.generations.find(({ label }) => paths.same(paths.join(above, label), directory));
  return generation && { file: look.file, label: generation.label };
}

async function listed(operation: Operation, directory: string) {
  const look = () => operation.host.readDirectory({ directory, texts: [], list: true });
  const report = await operation.ask(TREE_STEP, directory, look);
  if (report.kind !== "directory") throw unreachable(report, directory);
  return report;
}

function unreachable(look: Parameters<typeof outOfReach>[0] | { readonly kind: "absent" }, directory: string): ExportError {
  if (look.kind !== "absent") return outOfReach(look, directory, { of: "tree" });
  return new ExportError("directory-not-found", { step: TREE_STEP, subject: directory, reason: "it is not there" });
}

interface RecordPlaces {
  readonly chains: readonly string[];
  readonly exports: readonly string[];
}

/** Directories that hold records, relative; "" for the one that was listed. What a repair has there counts with its export. */
function recordPlaces(entries: readonly DirectoryEntry[], { fold }: PathRules): RecordPlaces {
  const holding = (...names: string[]) => {
    const wanted = new Set(names.map(fold));
    const files = entries.filter(({ kind, path }) => kind === "file" && wanted.has(fold(nameOf(path))));
    return [...new Set(files.map(({ path }) => folderOf(path)))].filter((folder) => !folder.split("/").some(isRepair));
  };
  return { chains: holding(CHAIN_FILE), exports: holding(CLAIM_FILE, MANIFEST_FILE) };
}

function isRepair(name: string): boolean {
  return repairDirectoryOf(name) !== undefined;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}

/** What the chain's own record tells of, listed or not. */
function labelsIn({ record }: ChainFile): string[] {
  return [...record.generations, ...record.removing, ...(record.attempt ? [record.attempt] : [])].map(({ label }) => label);
}

async function noted(failures: Failure[], directory: string, look: () => Promise<void>): Promise<void> {
  try {
    await look();
  } catch (error) {
    if (!isExportError(error)) throw error;
    failures.push({ directory, error });
  }
}
