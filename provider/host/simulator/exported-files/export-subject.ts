import type { LabState } from "../state/lab-state";
import type { JobRecord } from "../state/wmi-records";

/** What an export is of, and what decides how its files are called: two processes that work on one job must plan the same. */
export type ExportSubject = Pick<
  JobRecord,
  "InstanceID" | "point" | "baseSequence" | "baseContent" | "checkpointId" | "ExportedDisks" | "exportNames" | "namesFiles" | "hidden"
> & { readonly BaseReferencePointId?: string | undefined };

/** What the lab's settings fix for an export when it starts. */
export function settledAtStart({ settings }: LabState): Pick<ExportSubject, "exportNames" | "namesFiles" | "hidden"> {
  return {
    exportNames: settings.exportNames,
    namesFiles: settings.jobNames === "files",
    hidden: settings.completion === "synchronous",
  };
}
