import type * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host";

/** What `pulumi refresh` checks. */
export interface VerificationArgs {
  /** "size" (default): every file is there with its size. "content": the SHA-256 of the files as well. */
  readonly level?: pulumi.Input<"size" | "content" | undefined>;
  /**
   * "1/n": with level "content", each refresh reads about one n-th of the bytes, and n refreshes read every file once. Files are
   * read whole. Default "1/1".
   */
  readonly portion?: pulumi.Input<string | undefined>;
}

/** Durations such as "30s", "20m", "6h" or "1h30m"; more than 0, at most 30 days. */
export interface TimeoutsArgs {
  /** The longest that create, or a repair, may take, waiting and retries included. Default "6h". A running job is cancelled then. */
  readonly create?: pulumi.Input<string | undefined>;
  /** The longest that a job may make no progress before it is cancelled. Default "20m". */
  readonly stall?: pulumi.Input<string | undefined>;
  /** The longest that delete may take. Default "30m". */
  readonly delete?: pulumi.Input<string | undefined>;
}

/** The arguments of {@link ReferencePointExport}. */
export interface ReferencePointExportArgs {
  /** Where Hyper-V runs. Default: the stack's configuration `hyperv:host`. Another machine replaces the export. */
  readonly host?: pulumi.Input<HostArgs | undefined>;
  /**
   * The virtual machine: its name (ElementName of Msvm_ComputerSystem, must be unique on the host) or its GUID. Another machine
   * replaces the export; naming the same one in the other way does not.
   */
  readonly virtualMachine: pulumi.Input<string>;
  /**
   * The point to export (Msvm_VirtualSystemReferencePoint): "Microsoft:GUID" or GUID. Default: the machine's only point; a machine
   * with several is an error that lists them. Another point replaces the export.
   */
  readonly referencePoint?: pulumi.Input<string | undefined>;
  /**
   * Absolute path of the directory on the host (ExportDirectory of ExportReferencePoint). It is created if it is missing; a directory
   * that holds files or belongs to another resource is refused. Another directory replaces the export.
   */
  readonly exportDirectory: pulumi.Input<string>;
  /**
   * Exports only what changed since this earlier point of the same machine (BaseReferencePoint). Default: none, a full export. A
   * change replaces the export.
   */
  readonly baseReferencePoint?: pulumi.Input<string | undefined>;
  /**
   * The disks to export (DisksToExport), each by instance id, by the path of its file on the host, or by file name. Default: every
   * disk of the point. Another set replaces the export.
   */
  readonly disksToExport?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /**
   * Refuses to export a point that is less consistent than this: "application" means that the guest has written its data out. Default: none.
   * A change leaves an export that is there as it is.
   */
  readonly requireConsistency?: pulumi.Input<"application" | "crash" | undefined>;
  /** What refresh checks. Default: presence and size of every file. */
  readonly verification?: pulumi.Input<VerificationArgs | undefined>;
  /**
   * "delete" (default): destroy removes the exported files, and nothing else. "keep": destroy gives up the claim and leaves the
   * files and their manifest; another stack can adopt them. An unfinished export is always cleaned up.
   */
  readonly onDestroy?: pulumi.Input<"delete" | "keep" | undefined>;
  /**
   * "fail" (default): a directory that is not empty is refused. "adopt": a finished export with a manifest and no owner is verified
   * and taken over.
   */
  readonly onExisting?: pulumi.Input<"fail" | "adopt" | undefined>;
  /** How long things may take. Pulumi's own customTimeouts do not reach a dynamic provider. */
  readonly timeouts?: pulumi.Input<TimeoutsArgs | undefined>;
  /** Any values. A changed one replaces the export. */
  readonly triggers?: pulumi.Input<pulumi.Input<unknown>[] | undefined>;
}

/** What {@link ReferencePointExport.get} needs to find an export that is not managed by this stack. */
export interface ReferencePointExportState {
  /** Where Hyper-V runs. Default: the stack's configuration `hyperv:host`. */
  readonly host?: pulumi.Input<HostArgs | undefined>;
  /** The directory that holds the export. */
  readonly exportDirectory: pulumi.Input<string>;
  /** What the look-up checks. Default: presence and size of every file. */
  readonly verification?: pulumi.Input<VerificationArgs | undefined>;
}
