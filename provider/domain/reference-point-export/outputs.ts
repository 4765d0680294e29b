import type { OutputTable } from "../property-table";
import type { ExportedFile } from "../records/exported-file";
import type { ExportInputs } from "./properties";

/** The outputs of ReferencePointExport, beside its arguments. */
export const exportOutputs = {
  exportId: { type: "string", meaning: "Identity of the export: the resource's id, and the word in claim and manifest." },
  virtualMachineId: { type: "string", meaning: "GUID of the machine (Msvm_ComputerSystem.Name)." },
  virtualMachineName: { type: "string", meaning: "Its name when the export was made (ElementName)." },
  referencePointId: { type: "string", meaning: 'The exported point: "Microsoft:GUID" (InstanceID).' },
  baseReferencePointId: { type: "string | undefined", meaning: "The base of a differential export." },
  consistency: { type: '"application" | "crash" | "unknown"', meaning: "ConsistencyLevel of the point." },
  kind: { type: '"full" | "differential"', meaning: "Whether the export stands alone or needs its base." },
  exportDirectory: { type: "string", meaning: "The directory, as declared." },
  files: { type: "ExportedFile[]", meaning: "Every file: path relative to the directory, bytes, sha256, role." },
  totalBytes: { type: "number", unit: "bytes", meaning: "Sum of the files' sizes." },
  startedAt: { type: "string", unit: "ISO 8601", meaning: "When the export was started." },
  completedAt: { type: "string", unit: "ISO 8601", meaning: "When its files were described." },
  manifestSha256: { type: "string", meaning: "SHA-256 of the manifest file." },
  status: {
    type: '"intact" | "damaged" | "incomplete"',
    meaning: "What the last create, update or refresh found. The next up repairs a damaged export and finishes an incomplete one.",
  },
  problems: { type: "string[]", meaning: "What is damaged, a sentence each, with a code in front." },
  warnings: { type: "string[]", meaning: "What is no damage but worth knowing: a job's warnings, foreign files." },
} as const satisfies OutputTable;

export type ExportStatus = "intact" | "damaged" | "incomplete";

/** The facts of a finished export. */
export interface ExportFacts {
  readonly virtualMachineId: string;
  readonly virtualMachineName: string;
  readonly referencePointId: string;
  readonly baseReferencePointId?: string;
  readonly consistency: "application" | "crash" | "unknown";
  readonly kind: "full" | "differential";
  readonly files: readonly ExportedFile[];
  readonly totalBytes: number;
  readonly startedAt: string;
  readonly completedAt: string;
  readonly manifestSha256: string;
}

/** What the state keeps of an export: the arguments, the facts (none while it is incomplete) and how it stands. */
export type ExportState = ExportInputs &
  Partial<ExportFacts> & {
    readonly exportId: string;
    readonly status: ExportStatus;
    readonly problems: readonly string[];
    readonly warnings: readonly string[];
    /** The machine that held the export when it was last looked at, as it calls itself; none for a simulator. */
    readonly hostMachineId?: string;
    /** Where the export lies that a differential one continues, once a refresh has met it. */
    readonly baseDirectory?: string;
    /** Which portion the next refresh with level "content" reads. */
    readonly nextPortion?: number;
    /** Files whose content was found altered: read again by each refresh until they are repaired. */
    readonly alteredFiles?: readonly string[];
  };
