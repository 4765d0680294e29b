import type { ExportCondition } from "../../../domain/tree/export-condition";
import type { ReportedChain, ReportedExport } from "../../../domain/tree/tree-report";
import { formatBytes } from "../../../domain/values/byte-size";
import type { Colour } from "./paint";

/** How people are told of a condition. */
export const conditionWords: Readonly<Record<ExportCondition, { readonly word: string; readonly colour: Colour }>> = {
  intact: { word: "intact", colour: "green" },
  damaged: { word: "damaged", colour: "red" },
  gone: { word: "gone", colour: "red" },
  baseMissing: { word: "base missing", colour: "red" },
  baseChanged: { word: "base changed", colour: "red" },
  incomplete: { word: "incomplete", colour: "yellow" },
  unknown: { word: "unknown", colour: "yellow" },
};

/** "2026-11-28 02:00Z": to the minute, the same in every time zone. */
export function dateWord(date: string | undefined): string {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})/.exec(date ?? "");
  return match ? `${match[1]} ${match[2]}Z` : "?";
}

export function sizeWord(bytes: number | undefined): string {
  return bytes === undefined ? "?" : formatBytes(bytes);
}

/** What a person calls it: a generation by its label. */
export function nameOf({ label, directory }: Pick<ReportedExport, "label" | "directory">): string {
  return label ?? directory;
}

export function machineOf({
  virtualMachineName,
  virtualMachineId,
}: Pick<ReportedExport, "virtualMachineName" | "virtualMachineId">): string {
  return virtualMachineName || virtualMachineId || "an unknown machine";
}

export function chainHead(chain: ReportedChain): string {
  const { directory, generations, copyOf } = chain;
  const copy = copyOf === undefined ? "" : `, made in ${copyOf}`;
  const number = `${generations.length} ${generations.length === 1 ? "generation" : "generations"}`;
  return `${directory}: chain of ${machineOf(chain)}, ${number}${copy}`;
}
