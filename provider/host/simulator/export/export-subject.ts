import type { JobRecord } from "../wmi-names";

/** What an export is of, and what decides how its files are called: two processes that work on one job must plan the same. */
export type ExportSubject = Pick<
  JobRecord,
  "InstanceID" | "point" | "baseSequence" | "ExportedDisks" | "exportNames" | "namesFiles" | "hidden"
> & { readonly BaseReferencePointId?: string | undefined };
