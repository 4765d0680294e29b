import { describeChainProblems } from "../../domain/export-chain/chain-problem";
import type { TiedGeneration } from "../../domain/export-chain/generation/condition";
import { byLabel, knownLineOf } from "../../domain/export-chain/generation/generation";
import { sameId } from "../../domain/hyperv/same-id";
import { samePoint } from "../../domain/records/target-match";
import { conditionsWithBases, type ExportCondition, type SeenCondition } from "../../domain/tree/export-condition";
import type { ReportedChain, ReportedExport } from "../../domain/tree/tree-report";
import type { FoundExports } from "./find-exports";
import type { ReadContent } from "./read-content";
import type { SeenChain } from "./seen-chain";
import type { SeenExport } from "./seen-export";

/** How everything stands that was found, with what it continues. */
export interface Concluded {
  readonly chains: readonly ReportedChain[];
  readonly exports: readonly ReportedExport[];
}

type Content = Pick<ReadContent, "altered" | "failures">;

/** @param content what reading the files has come to, where they were read */
export function conclude({ chains, singles }: Pick<FoundExports, "chains" | "singles">, content?: Content): Concluded {
  const concluded = chains.map((chain) => concludeChain(chain, content, new Map()));
  // What a generation continues outside of its chain is looked for as a single export's base is.
  const outward = chains.flatMap(({ generations }) => generations.flatMap(({ seen }) => (seen.continues === undefined ? [] : [seen])));
  const isOutward = ({ directory }: ReportedExport) => outward.some((seen) => seen.directory === directory);
  const inward = concluded.map((chain) => ({ ...chain, generations: chain.generations.filter((one) => !isOutward(one)) }));
  const ends = concludeSingles([...singles, ...outward], inward, content);
  const found = new Map(ends.slice(singles.length).map((one) => [one.directory, one]));
  return {
    // What continues such a generation stands with it.
    chains: chains.map((chain) => {
      const { generations, ...about } = concludeChain(chain, content, found);
      return { ...about, generations: generations.map(({ label, ...one }) => ({ ...(found.get(one.directory) ?? one), label })) };
    }),
    exports: ends.slice(0, singles.length),
  };
}

/** What its own directory tells of an export once its files were read, or were to be read. */
function ownCondition(seen: SeenExport, content: Content | undefined): SeenCondition {
  if (seen.condition !== "intact") return seen.condition;
  if (content?.failures.has(seen.directory)) return "unknown";
  return content?.altered.has(seen.directory) ? "damaged" : "intact";
}

/** @param found how those stand that continue no generation of the chain, by their directories */
function concludeChain(
  { about, generations }: SeenChain,
  content: Content | undefined,
  found: ReadonlyMap<string, ReportedExport>,
): ReportedChain {
  const conditionOf = (seen: SeenExport): SeenCondition => {
    const outward = found.get(seen.directory);
    return outward ? asBase(outward.condition) : ownCondition(seen, content);
  };
  const own = new Map(generations.map(({ recorded, seen }) => [recorded.label, conditionOf(seen)]));
  const directories = new Map(generations.map(({ recorded, seen }) => [recorded.label, seen.directory]));
  const conditions = conditionsWithBases(
    generations.map(({ recorded }) => recorded),
    own,
    "baseMissing",
  );
  return {
    ...about,
    generations: generations.map(({ recorded: { label, base }, seen }) => {
      const before = base === undefined ? undefined : (directories.get(base) ?? base);
      return { ...reported(seen, conditions.get(label) ?? "gone", before, content), label };
    }),
  };
}

/** One of which an export may be the base. */
interface Candidate {
  readonly directory: string;
  readonly virtualMachineId?: string | undefined;
  readonly referencePointId?: string | undefined;
  readonly own: SeenCondition;
  readonly manifestSha256: string;
}

function concludeSingles(
  singles: readonly SeenExport[],
  chains: readonly ReportedChain[],
  content: Content | undefined,
): readonly ReportedExport[] {
  const own = new Map(singles.map((seen) => [seen.directory, ownCondition(seen, content)]));
  const candidates: Candidate[] = [
    ...singles.map(({ directory, about, manifestSha256 = "" }) => ({
      ...about,
      directory,
      own: own.get(directory) ?? "gone",
      manifestSha256,
    })),
    ...chains.flatMap(({ generations }) => generations.map((one) => ({ ...one, own: asBase(one.condition), manifestSha256: "" }))),
  ];
  const bases = new Map(singles.map((seen) => [seen.directory, baseAmong(candidates, seen)]));
  const tied: TiedGeneration[] = [
    ...singles.map(({ directory, about, manifestSha256 = "" }): TiedGeneration => {
      const madeAt = about.date ?? "";
      if (about.baseReferencePointId === undefined) return { label: directory, madeAt, manifestSha256 };
      const base = bases.get(directory);
      // No directory is called like a point: it stays unlisted.
      const label = base?.directory ?? about.baseReferencePointId;
      return { label: directory, madeAt, manifestSha256, base: label, baseManifestSha256: base?.manifestSha256 };
    }),
    ...candidates.slice(singles.length).map(({ directory, manifestSha256 }) => ({ label: directory, madeAt: "", manifestSha256 })),
  ];
  const conditions = conditionsWithBases(basesFirst(tied), new Map(candidates.map((one) => [one.directory, one.own])), "unknown");
  return singles.map((seen) => reported(seen, conditions.get(seen.directory) ?? "gone", bases.get(seen.directory)?.directory, content));
}

/** An export that stands only because of what it continues is worth as much to what continues it. */
function asBase(condition: ExportCondition): SeenCondition {
  if (condition === "baseMissing") return "gone";
  return condition === "baseChanged" ? "damaged" : condition;
}

/** Of two copies of one export, the one that is intact. */
function baseAmong(
  candidates: readonly Candidate[],
  { directory, about: { virtualMachineId: machine }, continues: point }: SeenExport,
): Candidate | undefined {
  if (point === undefined) return undefined;
  const fitting = candidates.filter(
    (one) =>
      one.directory !== directory &&
      one.referencePointId !== undefined &&
      samePoint(one.referencePointId, point) &&
      sameId(one.virtualMachineId ?? "", machine ?? ""),
  );
  return fitting.find(({ own }) => own === "intact") ?? fitting[0];
}

function basesFirst(exports: readonly TiedGeneration[]): TiedGeneration[] {
  const known = byLabel(exports);
  const depths = new Map(exports.map((one) => [one, knownLineOf(one, known).length]));
  return [...exports].sort((one, other) => (depths.get(one) ?? 0) - (depths.get(other) ?? 0));
}

function reported(seen: SeenExport, condition: ExportCondition, base: string | undefined, content: Content | undefined): ReportedExport {
  const { directory, about, problems, warnings } = seen;
  const failure = content?.failures.get(directory);
  return {
    directory,
    ...about,
    ...(base !== undefined && { base }),
    condition,
    problems: [
      ...problems,
      ...(content?.altered.get(directory) ?? []),
      ...(failure ? [`not-read: ${failure.reason}`] : []),
      ...(failure ? [] : baseProblems(condition, base, about.baseReferencePointId)),
    ],
    warnings: [...warnings],
  };
}

function baseProblems(condition: ExportCondition, base: string | undefined, point: string | undefined): string[] {
  if (condition === "baseMissing") return describeChainProblems([{ code: "base-missing", detail: `it continues ${base}` }]);
  if (condition === "baseChanged") return describeChainProblems([{ code: "base-changed", detail: `it continues ${base}` }]);
  if (condition !== "unknown") return [];
  if (base !== undefined) return [`base-unknown: it continues ${base}, of which nobody can tell`];
  return [`base-not-seen: it continues the point ${point}, whose export is not among what was looked at`];
}
