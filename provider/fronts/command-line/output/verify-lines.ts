import type { ReportedExport, VerifyReport } from "../../../domain/tree/tree-report";
import { formatBytes } from "../../../domain/values/byte-size";
import { formatDuration } from "../../../domain/values/duration";
import { chainHead, conditionWords, machineOf, nameOf } from "./export-words";
import type { Paint } from "./paint";

/** Every export with what is wrong with it, then what was looked at, and the verdict last. */
export function verifyLines(report: VerifyReport, elapsed: number, paint: Paint): string[] {
  const { chains, exports } = report;
  const all = [...chains.flatMap(({ generations }) => generations), ...exports];
  if (all.length + chains.length === 0) return [];
  return [
    ...chains.flatMap((chain) => [
      chainHead(chain),
      ...chain.problems.map((problem) => `  ${paint(problem, "red")}`),
      ...chain.warnings.map((warning) => `  ${paint(`warning: ${warning}`, "yellow")}`),
      ...exportLines(chain.generations, "  ", paint),
    ]),
    ...exportLines(exports, "", paint),
    "",
    lookedAt(report, all.length, elapsed),
    verdict(report, all, paint),
  ];
}

function exportLines(exports: readonly ReportedExport[], indent: string, paint: Paint): string[] {
  const width = Math.max(...exports.map(({ condition }) => conditionWords[condition].word.length));
  return exports.flatMap((one) => {
    const { word, colour } = conditionWords[one.condition];
    const of = one.label === undefined ? ` (${machineOf(one)})` : "";
    const below = " ".repeat(indent.length + width + 2);
    return [
      `${indent}${paint(word.padEnd(width), colour)}  ${nameOf(one)}${of}`,
      ...one.problems.map((problem) => below + problem),
      ...one.warnings.map((warning) => below + paint(`warning: ${warning}`, "yellow")),
    ];
  });
}

function lookedAt({ content }: VerifyReport, exports: number, elapsed: number): string {
  const number = `${exports} ${exports === 1 ? "export" : "exports"}`;
  if (content === undefined) return `Looked at names, sizes and records of ${number}. --content reads the files, too.`;
  const { files, bytes, portion } = content;
  const rate = elapsed >= 1 ? `, ${formatBytes((bytes / elapsed) * 1000)}/s` : "";
  const part = portion === "1/1" ? "" : `, part ${portion} of each`;
  return `Read ${formatBytes(bytes)} in ${files} files of ${number}${part}, in ${formatDuration(roundedTime(elapsed))}${rate}.`;
}

/** To the second, but for what takes less than that. */
function roundedTime(elapsed: number): number {
  return elapsed < 1000 ? Math.ceil(elapsed) : Math.round(elapsed / 1000) * 1000;
}

function verdict({ result, chains }: VerifyReport, all: readonly ReportedExport[], paint: Paint): string {
  if (result === "intact") return paint("Intact: all of it can be restored, as far as was looked.", "green");
  const restorable = chains
    .map((chain) => ({ of: chain.directory, names: restorableOf(chain.generations) }))
    .concat([{ of: "", names: restorableOf(all.filter(({ label }) => label === undefined)) }])
    .filter(({ names }) => names.length > 0)
    .map(({ of, names }) => (of === "" ? names.join(", ") : `of ${of}: ${names.join(", ")}`));
  const what = restorable.length === 0 ? "Nothing of it can be restored beyond doubt." : `What can be restored: ${restorable.join("; ")}.`;
  return result === "damaged" ? `${paint("Damaged.", "red")} ${what}` : `${paint("Nobody can tell of all of it.", "yellow")} ${what}`;
}

/** Newest first: that is what a restore is mostly of. */
function restorableOf(exports: readonly ReportedExport[]): string[] {
  return exports
    .filter(({ condition }) => condition === "intact")
    .map(nameOf)
    .reverse();
}
