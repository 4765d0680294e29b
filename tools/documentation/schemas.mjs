// The JSON Schemas of what hyperv-export prints, from the shapes that it is typed by.
import { createRequire } from "node:module";

/** @type {(path: string) => any} */
const load = createRequire(import.meta.url);

/** @returns {Record<string, string>} texts by file name. They allow members that they do not name: later versions may add some. */
export function reportSchemas() {
  const { z } = load("zod");
  const { listReport, verifyReport } = load("../../dist/domain/tree/tree-report.js");
  const { restorePlan } = load("../../dist/domain/tree/restore-plan.js");
  const { hostReport } = load("../../dist/domain/look-ups/host-report.js");
  const { probeCleaning, probeReport } = load("../../dist/domain/probe/probe-report.js");
  const probe = z.union([probeReport, probeCleaning]);
  const reports = { doctor: hostReport, list: listReport, probe, verify: verifyReport, "restore-plan": restorePlan };
  return Object.fromEntries(
    Object.entries(reports).map(([name, report]) => {
      const schema = { title: `hyperv-export ${name} --json`, ...z.toJSONSchema(report, { io: "input" }) };
      return [`hyperv-export-${name}.schema.json`, `${JSON.stringify(schema)}\n`];
    }),
  );
}
