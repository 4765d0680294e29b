import { chainOutputs } from "../export-chain/outputs";
import type { OutputTable } from "../property-table";

/** The outputs of CheckpointExport, beside its arguments. */
export const checkpointExportOutputs = {
  exportId: { type: "string", meaning: "Identity of the export: the resource's id, and the word in its record." },
  virtualMachineId: chainOutputs.virtualMachineId,
  virtualMachineName: { type: "string", meaning: "Its name when the export was made." },
  checkpointId: { type: "string | undefined", meaning: "The recovery checkpoint that was exported. It is gone: it has become the point." },
  referencePointId: {
    type: "string | undefined",
    meaning: "The reference point that the checkpoint has become: a later export can continue it. Destroy destroys it.",
  },
  baseReferencePointId: { type: "string | undefined", meaning: "The point that the export continues; none for a full one." },
  achievedConsistency: { type: '"application" | "crash" | "unknown" | undefined', meaning: "As the point tells it." },
  kind: { type: '"full" | "differential" | undefined', meaning: "Whether it holds the whole disks or what changed since its base." },
  filesDirectory: {
    type: "string | undefined",
    meaning: "Where the files and their manifest lie: a directory below exportDirectory. The manifest lists every file.",
  },
  totalBytes: { type: "number", unit: "bytes", meaning: "Sum of the files." },
  madeAt: { type: "string | undefined", meaning: "When the checkpoint was made: ISO 8601, by the clock of the computer that ran Pulumi." },
  manifestSha256: { type: "string | undefined", meaning: "Digest of the manifest, lower-case hexadecimal." },
  status: {
    type: '"intact" | "damaged" | "incomplete"',
    meaning:
      "Of its own files: what a differential one continues is not looked at. Damaged: it cannot be restored, and the next up makes a new one. Incomplete: the next up has something to finish.",
  },
  problems: chainOutputs.problems,
  warnings: chainOutputs.warnings,
} as const satisfies OutputTable;
