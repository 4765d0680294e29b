import type * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host";
import type { TimeoutsArgs } from "./reference-point-export-args";

/** The arguments of {@link ReferencePoint}. */
export interface ReferencePointArgs {
  /** Where Hyper-V runs. Default: the stack's configuration `hyperv:host`. Another machine replaces the point. */
  readonly host?: pulumi.Input<HostArgs | undefined>;
  /**
   * The virtual machine: its name (ElementName of Msvm_ComputerSystem, must be unique on the host) or its GUID. Another machine
   * replaces the point; naming the same one in the other way does not.
   */
  readonly virtualMachine: pulumi.Input<string>;
  /**
   * "application" (default): the guest writes its data out for the point; a host that gives only "crash" is an error.
   * "application-if-possible": a warning instead. "crash": the disks as they are. A point that is less than what is asked for is replaced.
   */
  readonly consistency?: pulumi.Input<"application" | "crash" | "application-if-possible" | undefined>;
  /** "delete" (default): destroy destroys the point. "keep": the point is left to somebody else. An unfinished one is always cleaned up. */
  readonly onDestroy?: pulumi.Input<"delete" | "keep" | undefined>;
  /** How long things may take. Pulumi's own customTimeouts do not reach a dynamic provider. */
  readonly timeouts?: pulumi.Input<TimeoutsArgs | undefined>;
  /** Any values. A changed one makes a new point, and then destroys the old one. */
  readonly triggers?: pulumi.Input<pulumi.Input<unknown>[] | undefined>;
}

/** What {@link ReferencePoint.get} needs to find a point that is not managed by this stack. */
export interface ReferencePointState {
  /** Where Hyper-V runs. Default: the stack's configuration `hyperv:host`. */
  readonly host?: pulumi.Input<HostArgs | undefined>;
  /** The machine that the point is of. */
  readonly virtualMachine: pulumi.Input<string>;
}
