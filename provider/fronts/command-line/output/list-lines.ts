import type { ListReport, ReportedExport } from "../../../domain/tree/tree-report";
import { chainHead, conditionWords, dateWord, machineOf, nameOf, sizeWord } from "./export-words";
import type { Paint } from "./paint";

/** Chains and single exports as trees: below each full export what continues it. */
export function listLines({ chains, exports, directories, failures }: ListReport, paint: Paint): string[] {
  const groups = [
    ...chains.map((chain) => ({ head: chainHead(chain), problems: chain.problems, all: chain.generations })),
    ...byMachine(exports).map(([machine, all]) => ({ head: `exports of ${machine}`, problems: [], all })),
  ];
  if (groups.length === 0) return failures.length > 0 ? [] : [`No exports in ${directories.join(", ")} or below.`];
  return groups.flatMap(({ head, problems, all }, index) => [
    ...(index > 0 ? [""] : []),
    head,
    ...problems.map((problem) => `  ${paint(problem, "red")}`),
    ...treeLines(all, paint),
  ]);
}

function byMachine(exports: readonly ReportedExport[]): [string, ReportedExport[]][] {
  const groups = new Map<string, ReportedExport[]>();
  for (const one of exports) groups.set(machineOf(one), [...(groups.get(machineOf(one)) ?? []), one]);
  return [...groups];
}

/** A line of differences stands flat below its full export: drawn by its bases alone it would run out of the screen. */
function treeLines(all: readonly ReportedExport[], paint: Paint): string[] {
  const roots = new Map(all.map((one) => [one, rootOf(one, all)]));
  const tops = all.filter((one) => roots.get(one) === one);
  const drawn = tops.flatMap((top, index) => {
    const isLast = index === tops.length - 1;
    const below = all.filter((one) => one !== top && roots.get(one) === top);
    return [
      { branch: isLast ? "└─ " : "├─ ", one: top },
      ...below.map((one, place) => ({ branch: `${isLast ? "   " : "│  "}${place === below.length - 1 ? "└─ " : "├─ "}`, one })),
    ];
  });
  const names = new Map(all.map((one) => [one.directory, nameOf(one)]));
  const rows = drawn.map(({ branch, one }) => [branch + nameOf(one), kindWord(one, names), dateWord(one.date), sizeWord(one.bytes)]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return drawn.map(({ one }, index) => {
    const cells = (rows[index] ?? []).map((cell, column) => cell.padEnd(widths[column] ?? 0));
    const { word, colour } = conditionWords[one.condition];
    return `${cells.join("  ")}  ${paint(word, colour)}`;
  });
}

/** The first export of its line, as far as it is among these. */
function rootOf(one: ReportedExport, all: readonly ReportedExport[]): ReportedExport {
  const seen = new Set([one]);
  let root = one;
  for (let next = baseOf(root, all); next && !seen.has(next); next = baseOf(root, all)) {
    seen.add(next);
    root = next;
  }
  return root;
}

function baseOf({ base }: ReportedExport, all: readonly ReportedExport[]): ReportedExport | undefined {
  return base === undefined ? undefined : all.find(({ directory }) => directory === base);
}

/** "full", "differential to 2026-11-27" */
function kindWord({ kind, base, baseReferencePointId }: ReportedExport, names: ReadonlyMap<string, string>): string {
  if (kind !== "differential") return kind ?? "?";
  const of = base === undefined ? baseReferencePointId : (names.get(base) ?? base);
  return of === undefined ? kind : `${kind} to ${of}`;
}
