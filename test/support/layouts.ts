import type { LabConfiguration } from "../../provider/host/simulator/index";
import { countFrom } from "./environment";

/** How the simulated host calls the files of an export, and what its jobs tell of them: nobody knows what a real host does. */
export const layouts = {
  hyperv: {},
  opaque: { exportNames: "opaque" },
  opaqueUnnamed: { exportNames: "opaque", jobNames: "nothing" },
  synchronous: { exportNames: "opaque", synchronousExports: true },
} as const satisfies Record<string, LabConfiguration>;

export type Layout = keyof typeof layouts;

/** The layouts that the suites run with: the one place to add another. */
export const layoutsTried: readonly Layout[] = ["hyperv", "opaque", "opaqueUnnamed", "synchronous"];

/** The layout of whatever names none: HYPERV_LAYOUT runs the same tests with another one. */
export const usualLayout: Layout = layoutNamed(process.env.HYPERV_LAYOUT ?? "hyperv");

/** The layouts that a sequence of the model can have. */
export const layoutsOfModel: readonly Layout[] = process.env.HYPERV_LAYOUT === undefined ? layoutsTried : [usualLayout];

/** Layouts of which a part of the points is enough, since what is proved with the usual one is proved with them as well. */
export const otherLayouts: readonly Layout[] =
  process.env.HYPERV_LAYOUT === undefined ? layoutsTried.filter((one) => one !== usualLayout) : [];

function layoutNamed(name: string): Layout {
  const known = Object.keys(layouts) as Layout[];
  const found = known.find((one) => one === name);
  if (found === undefined) throw new Error(`HYPERV_LAYOUT must be one of ${known.join(", ")}, got "${name}".`);
  return found;
}

/** For the name of a test. */
export function asLayout(layout: Layout): string {
  return layout === usualLayout ? "" : `, ${layout} files`;
}

/** HYPERV_SIMULATOR_EVERY=1 tries every point. Tests of one story begin at different ones, so that together they meet them all. */
const EVERY = countFrom("HYPERV_SIMULATOR_EVERY", 5);

/** One of so many points is tried: together the other layouts take at most a third of the time of the usual one. */
export function shareOf(layout: Layout): number {
  return layout === usualLayout ? EVERY : 7 * EVERY;
}

/** Where a job alone says which files are the export's, one that is forgotten too soon leaves files of which nobody can tell. */
export function canForgetJobs(layout: Layout): boolean {
  return layout === "hyperv" || layout === "opaqueUnnamed";
}

/** Where they name none, what is missing is seen by what an export cannot lack. */
export function jobsNameFiles(layout: Layout): boolean {
  return layout === "hyperv" || layout === "opaque";
}
