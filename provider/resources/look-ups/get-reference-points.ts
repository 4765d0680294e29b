import type * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "../host";
import { lookUp, lookUpOutput } from "./look-up";

/** The arguments of {@link getReferencePoints}. */
export interface GetReferencePointsArgs {
  /** Where Hyper-V runs. Default: the stack's configuration `hyperv:host`. */
  readonly host?: HostArgs | undefined;
  /** The virtual machine: its name (ElementName, must be unique on the host) or its GUID. */
  readonly virtualMachine: string;
  /** The longest that it may take: a duration such as "30s" or "5m". Default "2m". */
  readonly timeout?: string | undefined;
}

/** The same, of which any may be an output. */
export interface GetReferencePointsOutputArgs {
  readonly host?: pulumi.Input<HostArgs | undefined>;
  readonly virtualMachine: pulumi.Input<string>;
  readonly timeout?: pulumi.Input<string | undefined>;
}

/** A reference point as the host shows it now. */
export interface ReferencePointResult {
  /** "Microsoft:GUID" (InstanceID): what `referencePoint` and `baseReferencePoint` take. */
  readonly id: string;
  /** By which means Hyper-V follows the changes since: resilient change tracking, or a log. */
  readonly kind: "rct" | "log" | "unknown";
  readonly consistency: "application" | "crash" | "unknown";
  /** Instance ids of the disks that the point covers. */
  readonly diskIds: string[];
}

export interface GetReferencePointsResult {
  readonly virtualMachineId: string;
  readonly virtualMachineName: string;
  /** By id. A point carries no time, so no order tells which one is the newest. */
  readonly referencePoints: ReferencePointResult[];
}

/** The reference points of one virtual machine, asked from the program's own process, in a preview too. No such machine is an error. */
export function getReferencePoints(args: GetReferencePointsArgs): Promise<GetReferencePointsResult> {
  return lookUp("getReferencePoints", args) as Promise<GetReferencePointsResult>;
}

/** {@link getReferencePoints} for arguments of which any may be an output. */
export function getReferencePointsOutput(
  args: GetReferencePointsOutputArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetReferencePointsResult> {
  return lookUpOutput("getReferencePoints", args, opts) as pulumi.Output<GetReferencePointsResult>;
}
