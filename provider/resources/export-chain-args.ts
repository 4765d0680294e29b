import type * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host";
import type { TimeoutsArgs, VerificationArgs } from "./reference-point-export-args";

/** Which generations stay, as restic chooses snapshots. What one of them continues stays, too. 0, the default of each, is none. */
export interface KeepArgs {
  /** The newest ones, however close together. */
  readonly last?: pulumi.Input<number | undefined>;
  /** The newest one of each of the last so many days that have one. */
  readonly daily?: pulumi.Input<number | undefined>;
  /** Of each week; weeks begin on Monday. */
  readonly weekly?: pulumi.Input<number | undefined>;
  readonly monthly?: pulumi.Input<number | undefined>;
  readonly yearly?: pulumi.Input<number | undefined>;
}

/** A generation is made when the newest one is older than this. */
export interface EveryArgs {
  /** "1d", "12h", "30m": at most 30 days. */
  readonly every: pulumi.Input<string>;
}

/** How long things of a chain may take. */
export interface ChainTimeoutsArgs extends TimeoutsArgs {
  /**
   * With via "checkpoint": how long an up watches the merge of the machine's disks that follows a generation. Default "1h". The generation
   * is whole whatever comes of it.
   */
  readonly merge?: pulumi.Input<string | undefined>;
}

/** The arguments of {@link ExportChain}. */
export interface ExportChainArgs {
  /** Where Hyper-V runs. Default: the stack's configuration `hyperv:host`. Another machine is refused: the chain would be replaced. */
  readonly host?: pulumi.Input<HostArgs | undefined>;
  /**
   * The virtual machine: its name (ElementName of Msvm_ComputerSystem, must be unique on the host) or its GUID. Another machine is
   * refused; naming the same one in the other way is not.
   */
  readonly virtualMachine: pulumi.Input<string>;
  /**
   * Absolute path of the chain's directory on the host. It is created if it is missing, and must be empty or this chain's own. It holds the
   * chain's record and a directory for each generation, called by its label. Another directory is refused, unless the chain has moved there.
   */
  readonly directory: pulumi.Input<string>;
  /**
   * How a generation is made, for the chain's life: another one is refused. "checkpoint": a recovery checkpoint is exported
   * (ExportSystemDefinition) and then converted to a reference point, as Microsoft's sample and backup software do. "referencePoint": a
   * reference point is made and exported (ExportReferencePoint). docs/export-chains.md says what is known of each.
   */
  readonly via: pulumi.Input<"checkpoint" | "referencePoint">;
  /**
   * A label such as "2026-11-28": a new one makes one generation at the next up. It becomes the name of a directory: letters, digits, dots,
   * dashes and underscores, at most 36. Or how often a generation is made: `{ every: "1d" }`.
   */
  readonly generation: pulumi.Input<string | EveryArgs>;
  /** Generations from one full one to the next, the full one included. Default 7. 1 makes every generation a full one. */
  readonly fullEvery?: pulumi.Input<number | undefined>;
  /**
   * Which generations stay. Default: all. Nothing is removed before a new generation is there and verified, unless the volume has no room
   * for it.
   */
  readonly keep?: pulumi.Input<KeepArgs | undefined>;
  /** What a day, a week and a month are for `keep`: "Europe/Vienna", "UTC". Default: the zone of the computer that began the chain. */
  readonly timeZone?: pulumi.Input<string | undefined>;
  /**
   * Of the points. "application" (default): a point that is only crash-consistent is destroyed again, and no generation is made.
   * "application-if-possible": such a point is taken, with a warning.
   */
  readonly consistency?: pulumi.Input<"application" | "crash" | "application-if-possible" | undefined>;
  /**
   * With via "checkpoint": pass-through and shared disks are left out of the backup and named in a warning. Default false: they are a reason
   * to refuse.
   */
  readonly ignoreUnsupportedDisks?: pulumi.Input<boolean | undefined>;
  /**
   * With via "checkpoint": Hyper-V's BackupIntent. "preserveChain" (default): the exported files keep their chain. "merge": they are to be
   * merged.
   */
  readonly intent?: pulumi.Input<"preserveChain" | "merge" | undefined>;
  /** With via "referencePoint": the disks to export, each by instance id, by the path of its file on the host, or by file name. Default: every disk. */
  readonly disks?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /** What refresh checks of every generation. Default: presence and size of every file. */
  readonly verification?: pulumi.Input<VerificationArgs | undefined>;
  /**
   * What is done where the last generation cannot be continued: its point is gone, it is damaged, or another machine has the name.
   * "full" (default): a full generation. "fail": an error, and nothing is made.
   */
  readonly onLostBase?: pulumi.Input<"full" | "fail" | undefined>;
  /**
   * "delete" (default): destroy removes all generations, then the chain's points, and nothing else. "keep": destroy leaves all of it with
   * its record; another stack can adopt it.
   */
  readonly onDestroy?: pulumi.Input<"delete" | "keep" | undefined>;
  /** "fail" (default): a chain that is in the directory already is refused. "adopt": it is taken over, whoever made it. */
  readonly onExisting?: pulumi.Input<"fail" | "adopt" | undefined>;
  /** How long things may take. Pulumi's own customTimeouts do not reach a dynamic provider. */
  readonly timeouts?: pulumi.Input<ChainTimeoutsArgs | undefined>;
  /** Any values. A changed one makes a generation at the next up. */
  readonly triggers?: pulumi.Input<pulumi.Input<unknown>[] | undefined>;
}

/** What {@link ExportChain.get} needs to find a chain that is not managed by this stack. */
export interface ExportChainState {
  /** Where Hyper-V runs. Default: the stack's configuration `hyperv:host`. */
  readonly host?: pulumi.Input<HostArgs | undefined>;
  /** The chain's directory. */
  readonly directory: pulumi.Input<string>;
  /** What the look-up checks of every generation. Default: presence and size of every file. */
  readonly verification?: pulumi.Input<VerificationArgs | undefined>;
}
