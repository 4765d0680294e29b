import { describeChainProblems } from "../../domain/export-chain/chain-problem";
import type { ChainGeneration } from "../../domain/export-chain/chain-record";
import { byLabel, knownLineOf } from "../../domain/export-chain/generation/generation";
import { sameId } from "../../domain/hyperv/same-id";
import { byRecordedName } from "../../domain/listing/listed-name";
import type { PathRules } from "../../domain/paths/path-rules";
import type { ExportedFile } from "../../domain/records/exported-file";
import type { ReportedChain } from "../../domain/tree/tree-report";
import { foreignWarnings, workProblems } from "../chain/condition/chain-state";
import { type InspectedGeneration, inspectChain } from "../chain/condition/inspect-chain";
import type { ChainFile } from "../chain/record/chain-file";
import type { Operation } from "../session/operation";
import type { About, SeenExport } from "./seen-export";

/** A chain as a look at its directory tells of it. */
export interface SeenChain {
  readonly about: Omit<ReportedChain, "generations">;
  /** In the order in which they were made, by the record; none where that cannot be read. */
  readonly generations: readonly SeenGeneration[];
}

export interface SeenGeneration {
  readonly recorded: ChainGeneration;
  /** In the record's list. */
  readonly position: number;
  readonly seen: SeenExport;
}

/** @param only the label of the one generation that is asked for: with it comes what it continues */
export async function seenChain(operation: Operation, file: ChainFile, only?: string): Promise<SeenChain> {
  const { record, canonicalPath } = file;
  const { paths } = operation;
  const inspected = await inspectChain({ operation, file });
  const asked = record.generations.find(({ label }) => label === only);
  const wanted = asked && new Set(knownLineOf(asked, byLabel(record.generations)));
  // One that had the name before has another GUID, and nobody knows what it is called now.
  const machineName = ({ virtualMachineId }: ChainGeneration) =>
    sameId(virtualMachineId, record.virtualMachineId) ? record.virtualMachineName : undefined;
  const isMoved = !paths.same(record.canonicalPath, canonicalPath);
  return {
    about: {
      directory: canonicalPath,
      chainId: record.chainId,
      virtualMachineName: record.virtualMachineName,
      virtualMachineId: record.virtualMachineId,
      ...(isMoved && { copyOf: record.canonicalPath }),
      problems: [],
      // What an up would go on with takes nothing from the generations that are listed.
      warnings: wanted ? [] : [...describeChainProblems(workProblems(file, undefined)), ...foreignWarnings(inspected)],
    },
    generations: record.generations
      .filter((generation) => wanted?.has(generation) ?? true)
      .map((generation) => ({
        recorded: generation,
        position: record.generations.indexOf(generation),
        seen: {
          directory: paths.join(canonicalPath, generation.label),
          about: aboutGeneration(generation, machineName(generation)),
          continues: generation.baseReferencePointId,
          manifestSha256: generation.manifestSha256,
          way: record.via,
          ...ownLook(inspected.generations.get(generation.label), paths),
        },
      })),
  };
}

/** The chain's record is there and cannot be read: its generations are seen as exports that no chain lists. */
export function unreadableChain(directory: string, reason: string): SeenChain {
  const problems = describeChainProblems([{ code: "record-unreadable", detail: reason }]);
  return { about: { directory, problems, warnings: [] }, generations: [] };
}

function aboutGeneration(generation: ChainGeneration, virtualMachineName: string | undefined): About {
  const { virtualMachineId, kind, consistency, madeAt, bytes, referencePointId, baseReferencePointId } = generation;
  const name = virtualMachineName !== undefined && { virtualMachineName };
  const base = baseReferencePointId !== undefined && { baseReferencePointId };
  return { ...name, virtualMachineId, kind, consistency, date: madeAt, bytes, referencePointId, ...base };
}

type OwnLook = Pick<SeenExport, "condition" | "problems" | "warnings" | "content">;

function ownLook(inspected: InspectedGeneration | undefined, paths: PathRules): OwnLook {
  if (inspected === undefined) return { condition: "gone", problems: [], warnings: [], content: undefined };
  const { condition, problems, warnings, view, files } = inspected;
  const listed = byRecordedName(view?.entries ?? [], paths);
  const isWhole = ({ path, bytes }: ExportedFile) => listed(path)?.kind === "file" && listed(path)?.bytes === bytes;
  return { condition, problems, warnings, content: view && { view, files: files.filter(isWhole) } };
}
