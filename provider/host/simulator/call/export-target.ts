import * as fs from "node:fs";
import * as path from "node:path";
import { hostErrorFrom } from "../../local-files/file-errors";
import { withinDirectory } from "../../local-files/relative-path";
import { exportPlan } from "../exported-files/export-plan";
import { settledAtStart } from "../exported-files/export-subject";
import { directoryIdentity } from "../exported-files/export-writer";
import type { Lab } from "../lab/lab";
import type { LabState } from "../state/lab-state";
import { type Refusal, refusal } from "./refusal";
import type { RequestedExport } from "./resolve-request";

/** Where an export is to go, and the id of the job that will write it. */
export interface ExportTarget {
  readonly jobId: string;
  readonly identity: string;
}

/** Looked at before the method's other checks: they run in one step of the lab and must not touch files. */
export function lookAtTarget(
  lab: Lab,
  state: LabState,
  directory: string,
  requested: RequestedExport | Refusal,
  jobId: string,
): ExportTarget | Refusal {
  try {
    if (!path.isAbsolute(directory)) return refusal("invalidParameter", "the export directory is not an absolute path");
    const found = fs.statSync(directory, { throwIfNoEntry: false });
    if (!found?.isDirectory()) return refusal("invalidParameter", "the export directory does not exist");
    const identity = directoryIdentity(directory);
    if (!("code" in requested)) {
      const files = exportPlan(lab.directory, requested.machine, { ...requested, ...settledAtStart(state), InstanceID: jobId });
      const taken = files.find((file) => fs.lstatSync(withinDirectory(directory, file.path), { throwIfNoEntry: false }));
      // No source says whether the real method overwrites; Export-VM does not.
      if (taken) return refusal("failed", `the file ${taken.path} is in the export directory already`);
    }
    return { jobId, identity };
  } catch (error) {
    const cause = hostErrorFrom(error, "look at the export directory", directory);
    return refusal(cause.kind, cause.message);
  }
}
