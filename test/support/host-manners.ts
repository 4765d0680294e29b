import type { LabConfiguration } from "../../provider/host/simulator/index";
import { canForgetJobs, type Layout, otherLayouts, usualLayout } from "./layouts";

/** How the host ends an export, and what it still knows of it afterwards. */
export const hostManners: Readonly<Record<string, LabConfiguration>> = {
  "with a job": { synchronousExports: false },
  synchronously: { synchronousExports: true },
  "with a job that is not listed after its end": { synchronousExports: false, finishedJobLifetime: 1 },
  "with a job that still runs at recovery": { synchronousExports: false, bytesPerSecond: 1_500_000 },
};

/** The layouts that a manner of the host can be tried with. */
export function layoutsOf(manner: string): Layout[] {
  const { synchronousExports = false, finishedJobLifetime } = hostManners[manner] ?? {};
  const others = otherLayouts.filter((layout) => (layout === "synchronous") === synchronousExports);
  return [usualLayout, ...others].filter((layout) => finishedJobLifetime === undefined || canForgetJobs(layout));
}
