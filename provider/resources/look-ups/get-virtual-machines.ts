import type * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "../host";
import { lookUp, lookUpOutput } from "./look-up";

/** The arguments of {@link getVirtualMachines}. */
export interface GetVirtualMachinesArgs {
  /** Where Hyper-V runs. Default: the stack's configuration `hyperv:host`. */
  readonly host?: HostArgs | undefined;
  /**
   * Which machines: their name (ElementName), or a pattern in which "*" stands for any characters and "?" for one. Letter case does not
   * matter. Default: every machine.
   */
  readonly name?: string | undefined;
  /** The longest that it may take: a duration such as "30s" or "5m". Default "2m". */
  readonly timeout?: string | undefined;
}

/** The same, of which any may be an output. */
export interface GetVirtualMachinesOutputArgs {
  readonly host?: pulumi.Input<HostArgs | undefined>;
  readonly name?: pulumi.Input<string | undefined>;
  readonly timeout?: pulumi.Input<string | undefined>;
}

/** A virtual machine as the host shows it now. */
export interface VirtualMachineResult {
  /** GUID (Msvm_ComputerSystem.Name), in upper case. */
  readonly id: string;
  /** ElementName, which two machines may share. */
  readonly name: string;
  readonly disks: VirtualDiskResult[];
}

export interface VirtualDiskResult {
  /** The form that `disksToExport` takes (Msvm_StorageAllocationSettingData.InstanceID). */
  readonly instanceId: string;
  /** Path of the disk's file on the host. */
  readonly path: string;
  /** Length of the file. */
  readonly bytes: number;
  /** Bytes of the disk that are in use, where the host tells. */
  readonly allocatedBytes?: number;
}

export interface GetVirtualMachinesResult {
  /** By name, then by id; none where none fits. */
  readonly virtualMachines: VirtualMachineResult[];
}

/**
 * The virtual machines of a host, asked from the program's own process, in a preview too. An account that Hyper-V shows nothing, a service
 * that is stopped and a host that does not answer are errors, never an empty list.
 */
export function getVirtualMachines(args: GetVirtualMachinesArgs = {}): Promise<GetVirtualMachinesResult> {
  return lookUp("getVirtualMachines", args) as Promise<GetVirtualMachinesResult>;
}

/** {@link getVirtualMachines} for arguments of which any may be an output. */
export function getVirtualMachinesOutput(
  args: GetVirtualMachinesOutputArgs = {},
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetVirtualMachinesResult> {
  return lookUpOutput("getVirtualMachines", args, opts) as pulumi.Output<GetVirtualMachinesResult>;
}
