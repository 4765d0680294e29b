// What a program sees of the faults, without the schemas: zod's own types do not compile under every setting of a program. A test holds
// them against the table.

/** Verbs of the Host port, as a fault's `method` names them. */
export const hostMethods = [
  "inspect",
  "findVirtualMachines",
  "listVirtualMachines",
  "listReferencePoints",
  "createReferencePoints",
  "destroyReferencePoints",
  "findPointJobs",
  "listCheckpoints",
  "createCheckpoints",
  "exportCheckpoints",
  "convertCheckpoints",
  "removeCheckpoints",
  "findCheckpointJobs",
  "exportReferencePoints",
  "findExportJobs",
  "terminateJobs",
  "createTestMachines",
  "removeTestMachines",
  "readInstances",
  "readDirectories",
  "surveyDirectories",
  "createDirectories",
  "createTextFiles",
  "replaceTextFiles",
  "moveFiles",
  "removeEmptyDirectories",
  "startTasks",
  "cancelTasks",
  "poll",
] as const;
export type HostMethod = (typeof hostMethods)[number];

/** What any fault may say about when it happens. All that is given must fit. */
interface Conditions {
  /** Name or GUID of the machine concerned. */
  readonly virtualMachine?: string | undefined;
  /** Id of the point concerned, "Microsoft:GUID" or GUID. */
  readonly referencePoint?: string | undefined;
  /** An absolute directory: it or anything below it. */
  readonly path?: string | undefined;
  /** Verb of the Host port that it happens in. */
  readonly method?: HostMethod | undefined;
  /** How often it happens; without it, always. Counted across processes. */
  readonly count?: number | undefined;
  /** Chance of happening each time, 0 to 1; without it, always. */
  readonly probability?: number | undefined;
}

interface AtPercent {
  /** Of the bytes that the job writes. Default: 50. */
  readonly atPercent?: number | undefined;
}

/** The faults' own parameters. */
interface Parameters {
  readonly returnCode: { readonly code: number };
  readonly jobFails: AtPercent & { readonly errorCode?: number | undefined; readonly errorDescription?: string | undefined };
  readonly jobStalls: AtPercent;
  readonly jobVanishes: AtPercent;
  readonly jobCompletesWithWarnings: { readonly warning?: string | undefined };
  readonly jobTerminated: AtPercent;
  readonly mergeFails: AtPercent & { readonly errorDescription?: string | undefined };
  readonly mergeStalls: AtPercent;
  readonly connectionLostBefore: Record<never, never>;
  readonly connectionLostAfter: Record<never, never>;
  readonly hostUnreachable: Record<never, never>;
  readonly volumeMissing: { readonly path: string };
  readonly diskFull: AtPercent;
  readonly accessDenied: Record<never, never>;
  readonly fileInUse: Record<never, never>;
  readonly slowListing: { readonly delay?: number | string | undefined };
}

export type FaultName = keyof Parameters;

/** A fault as it is written: in code or in the lab's faults.json. */
export type Fault = {
  [Name in FaultName]: { readonly fault: Name } & Omit<Conditions, keyof Parameters[Name]> & Parameters[Name];
}[FaultName];

/** A row of the table of faults. */
export interface KnownFault {
  readonly name: FaultName;
  /** By the names of the fault's own parameters. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** What happens. */
  readonly sentence: string;
}
