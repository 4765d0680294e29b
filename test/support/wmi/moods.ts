export type Language = "en" | "de";

/** What kind of day the host has. Read at each request, so a test may change a mood while a shell is connected. */
export interface Moods {
  /** Language of the texts in errors, job states and descriptions. */
  language: Language;
  /** Milliseconds before each answer. A client's OperationTimeoutSec is honoured unless `ignoreOperationTimeout`. */
  delay: number;
  ignoreOperationTimeout: boolean;
  /**
   * What the account may do in root/virtualization/v2: everything; see no row of any class; nothing (0x80041003); everything but see
   * jobs, which is what the filter of UAC does.
   */
  rights: "full" | "noRows" | "denied" | "noJobs";
  /** The service vmms. Stopped, or not installed: the provider has no rows. */
  managementService: "running" | "stopped" | "missing";
  missingNamespaces: string[];
  missingClasses: string[];
  /** Classes whose provider cannot be loaded (0x80041013). */
  providersNotLoading: string[];
  /** Every query meets a quota (0x8004106c). */
  quotaExceeded: boolean;
  /** ExportReferencePoint answers this code so many times, and starts nothing. */
  busy: { code: number; times: number } | undefined;
  /** Class of the job that an export returns. Nobody knows which one a real host uses. */
  exportJobClass: "Msvm_VirtualSystemReferencePointExportJob" | "Msvm_ConcreteJob";
  /** A method that starts a job answers 4096 and does not name the job. */
  jobsUnnamed: boolean;
  /** Which family of codes CreateReferencePoint answers in: its page documents DMTF's 1 to 6, a real host was seen to use the vendor's. */
  creationCodes: "vendor" | "dmtf";
  /** What the association of a job that makes or destroys a point tells. Only the point is documented. */
  affectedElements: "machineAndPoint" | "point" | "nothing";
  /** Ended and running jobs are forgotten: no row, 0x80041002 by path. They go on writing. */
  jobsForgotten: boolean;
  /** Jobs that began before this moment, in milliseconds, are forgotten as well: what comes later is listed. */
  jobsForgottenBefore: number;
  /** Whether an export job names its files (Exported* properties) when it has ended. */
  exportedPaths: "named" | "empty";
  /** Values that take the place of a job's own. */
  jobValues: { JobState?: number; PercentComplete?: number; ErrorCode?: number; ErrorDescription?: string };
  /** Which family of codes RequestStateChange of a job answers in: 0/4096/4097 or 0/32775. */
  terminateCodes: "cim" | "vendor";
  /** The connection is cut this many times, at requests that match. */
  cut: Cut | undefined;
  /** Machines (by name) that another node of the cluster owns: not listed here. Undefined: no cluster, no root/MSCluster. */
  clusterOwners: Record<string, string> | undefined;
  computerName: string;
  /** Win32_ComputerSystemProduct.UUID. */
  machineUuid: string;
}

export interface Cut {
  /** Before anything was done, in the middle of the answer's bytes, or in place of the answer. */
  at: "before" | "inAnswer" | "after";
  times: number;
  /** Only requests whose operation, class or method is this. */
  on?: string;
}

export function calmMoods(): Moods {
  return {
    language: "en",
    delay: 0,
    ignoreOperationTimeout: false,
    rights: "full",
    managementService: "running",
    missingNamespaces: [],
    missingClasses: [],
    providersNotLoading: [],
    quotaExceeded: false,
    busy: undefined,
    exportJobClass: "Msvm_VirtualSystemReferencePointExportJob",
    jobsUnnamed: false,
    creationCodes: "vendor",
    affectedElements: "machineAndPoint",
    jobsForgotten: false,
    jobsForgottenBefore: 0,
    exportedPaths: "named",
    jobValues: {},
    terminateCodes: "vendor",
    cut: undefined,
    clusterOwners: undefined,
    computerName: "HV01",
    machineUuid: "4C4C4544-0042-3510-8052-B4C04F564D31",
  };
}
