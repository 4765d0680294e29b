import type { z } from "zod";
import { chainProperties, type chainTimeouts } from "../export-chain/properties";
import type { HostInput } from "../hosts/host-input";
import { internalProperties } from "../internal-properties";
import type { PropertyTable } from "../property-table";
import { exportProperties, type verification } from "../reference-point-export/properties";

const { host, virtualMachine, directory, consistency, ignoreUnsupportedDisks, intent, onExisting, timeouts, triggers } = chainProperties;

const MAKES_A_NEW_ONE = "makes a new export; the old one is removed once that is whole";

/** The arguments of CheckpointExport. */
export const checkpointExportProperties = {
  host,
  virtualMachine,
  exportDirectory: {
    ...directory,
    onChangeText: 'refused, unless the export has moved there; with onDestroy "keep" a new one is made and the old one kept',
    meaning: "Absolute path of the export's directory on the host: it holds the export's record and a directory with its files.",
  },
  baseReferencePoint: {
    ...exportProperties.baseReferencePoint,
    onChange: "update",
    onChangeText: MAKES_A_NEW_ONE,
    meaning: "Exports only what changed since this earlier point of the same machine (DifferentialBackupBase).",
  },
  consistency: {
    ...consistency,
    meaning:
      'Of the checkpoint, as its reference point tells it. "application" takes no export that is only crash-consistent; "-if-possible" does, with a warning.',
  },
  ignoreUnsupportedDisks: {
    ...ignoreUnsupportedDisks,
    meaning: "Pass-through and shared disks are left out and named, in the manifest, too. Otherwise they are a reason to refuse.",
  },
  intent: {
    ...intent,
    meaning: "BackupIntent of Hyper-V: the exported files are to keep their chain, or to be merged when they are restored.",
  },
  verification: {
    ...chainProperties.verification,
    meaning: exportProperties.verification.meaning,
  },
  onDestroy: {
    ...chainProperties.onDestroy,
    meaning: "Whether destroy removes the exported files and the checkpoint's reference point, or leaves them with the export's record.",
  },
  onExisting: {
    ...onExisting,
    meaning: "What create does with an export of the same machine that is in the directory already: refuse it, or take it over.",
  },
  timeouts: {
    ...timeouts,
    meaning:
      "The longest that an up may take for the export, that a job may stand still, and that delete may take. merge: how long an up watches the merge of the machine's disks afterwards, 1h where it is not given.",
  },
  triggers: { ...triggers, onChangeText: MAKES_A_NEW_ONE, meaning: "Any values; a changed one makes a new export." },
  ...internalProperties,
} as const satisfies PropertyTable;

/** What the program gave, as check has validated it. */
export interface CheckpointExportInputs {
  readonly host: HostInput;
  readonly virtualMachine: string;
  readonly exportDirectory: string;
  readonly baseReferencePoint?: string;
  readonly consistency: "application" | "crash" | "application-if-possible";
  readonly ignoreUnsupportedDisks: boolean;
  readonly intent: "preserveChain" | "merge";
  readonly verification: z.infer<typeof verification>;
  readonly onDestroy: "delete" | "keep";
  readonly onExisting: "fail" | "adopt";
  readonly timeouts: z.infer<typeof chainTimeouts>;
  readonly triggers?: readonly unknown[];
  readonly createUrn: string;
  readonly secretInputs?: readonly string[];
}
