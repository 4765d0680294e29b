import type * as pulumi from "@pulumi/pulumi";
import type { ChainTimeoutsArgs } from "./export-chain-args";
import type { HostArgs } from "./host";
import type { VerificationArgs } from "./reference-point-export-args";

/** The arguments of {@link CheckpointExport}. */
export interface CheckpointExportArgs {
  /** Where Hyper-V runs. Default: the stack's configuration `hyperv:host`. Another machine is refused. */
  readonly host?: pulumi.Input<HostArgs | undefined>;
  /**
   * The virtual machine: its name (ElementName of Msvm_ComputerSystem, must be unique on the host) or its GUID. Another machine is
   * refused; naming the same one in the other way is not.
   */
  readonly virtualMachine: pulumi.Input<string>;
  /**
   * Absolute path of the export's directory on the host. It is created if it is missing, and must be empty or this export's own. It holds
   * the export's record and a directory with the files. Another directory is refused, unless the export has moved there.
   */
  readonly exportDirectory: pulumi.Input<string>;
  /**
   * Exports only what changed since this earlier point of the same machine (DifferentialBackupBase): "Microsoft:GUID" or GUID, as the output
   * `referencePointId` of an earlier export. Default: none, a full export. A change makes a new export.
   */
  readonly baseReferencePoint?: pulumi.Input<string | undefined>;
  /**
   * "application" (default): what turns out only crash-consistent is removed again, and the up fails. "application-if-possible": it is taken,
   * with a warning. "crash": the guest is not asked.
   */
  readonly consistency?: pulumi.Input<"application" | "crash" | "application-if-possible" | undefined>;
  /** Pass-through and shared disks are left out of the backup and named in a warning. Default false: they are a reason to refuse. */
  readonly ignoreUnsupportedDisks?: pulumi.Input<boolean | undefined>;
  /**
   * Hyper-V's BackupIntent. "preserveChain" (default): the exported files keep their chain. "merge": they are to be merged.
   */
  readonly intent?: pulumi.Input<"preserveChain" | "merge" | undefined>;
  /** What refresh checks. Default: presence and size of every file. */
  readonly verification?: pulumi.Input<VerificationArgs | undefined>;
  /**
   * "delete" (default): destroy removes the exported files, the checkpoint's reference point, and nothing else. "keep": destroy leaves all
   * of it with its record; another stack can adopt it.
   */
  readonly onDestroy?: pulumi.Input<"delete" | "keep" | undefined>;
  /** "fail" (default): an export that is in the directory already is refused. "adopt": it is taken over, whoever made it. */
  readonly onExisting?: pulumi.Input<"fail" | "adopt" | undefined>;
  /** How long things may take. Pulumi's own customTimeouts do not reach a dynamic provider. */
  readonly timeouts?: pulumi.Input<ChainTimeoutsArgs | undefined>;
  /** Any values. A changed one makes a new export; the old one is removed once that is whole. */
  readonly triggers?: pulumi.Input<pulumi.Input<unknown>[] | undefined>;
}

/** What {@link CheckpointExport.get} needs to find an export that is not managed by this stack. */
export interface CheckpointExportState {
  /** Where Hyper-V runs. Default: the stack's configuration `hyperv:host`. */
  readonly host?: pulumi.Input<HostArgs | undefined>;
  /** The export's directory. */
  readonly exportDirectory: pulumi.Input<string>;
  /** What the look-up checks. Default: presence and size of every file. */
  readonly verification?: pulumi.Input<VerificationArgs | undefined>;
}
