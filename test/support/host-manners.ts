import type { LabConfiguration } from "../../provider/host/simulator/index";
import { type Layout, otherLayouts, usualLayout } from "./layouts";

/** How the host ends an export, and what it still knows of it afterwards. */
export const hostManners: Readonly<Record<string, LabConfiguration>> = {
  "with a job": { synchronousExports: false },
  synchronously: { synchronousExports: true },
  "with a job that is not listed after its end": { synchronousExports: false, finishedJobLifetime: 1 },
  "with a job that still runs at recovery": { synchronousExports: false, bytesPerSecond: 1_500_000 },
};

/** Where no job tells, or tells any more, which files are the export's, their extensions must. */
const othersOf: { readonly [manner in string]: readonly Layout[] } = {
  synchronously: ["synchronous"],
  "with a job that is not listed after its end": ["opaqueUnnamed"],
};

/** The layouts that a manner of the host can be tried with. */
export function layoutsOf(manner: string): Layout[] {
  const possible = othersOf[manner] ?? ["opaque", "opaqueUnnamed"];
  return [usualLayout, ...otherLayouts.filter((layout) => possible.includes(layout))];
}
