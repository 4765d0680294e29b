import type { ErrorCode } from "../errors/error-table";
import type { HostInput } from "../hosts/host-input";

/** What the look-ups are asked and what they answer, once checked and filled up. */
interface Asked {
  readonly host: HostInput;
  readonly timeout: string;
}

export interface VirtualMachinesQuery extends Asked {
  readonly name?: string;
}

export interface FoundDisk {
  readonly instanceId: string;
  readonly path: string;
  readonly bytes: number;
  readonly allocatedBytes?: number;
}

export interface FoundVirtualMachines {
  readonly virtualMachines: readonly { readonly id: string; readonly name: string; readonly disks: readonly FoundDisk[] }[];
}

export interface ReferencePointsQuery extends Asked {
  readonly virtualMachine: string;
}

export interface FoundReferencePoints {
  readonly virtualMachineId: string;
  readonly virtualMachineName: string;
  readonly referencePoints: readonly {
    readonly id: string;
    readonly kind: "rct" | "log" | "unknown";
    readonly consistency: "application" | "crash" | "unknown";
    readonly diskIds: readonly string[];
  }[];
}

export interface HostQuery extends Asked {
  readonly directories: readonly string[];
}

export interface FoundProblem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
  readonly directory?: string;
}

export interface FoundDirectory {
  readonly directory: string;
  readonly exists: boolean;
  readonly canonicalPath?: string;
  readonly freeBytes?: number;
}

export interface FoundHost {
  readonly ok: boolean;
  readonly host: string;
  readonly problems: readonly FoundProblem[];
  readonly computerName?: string;
  readonly machineId?: string;
  readonly account?: string;
  readonly elevated?: boolean;
  readonly powershellVersion?: string;
  readonly powershellEdition?: string;
  readonly managementService?: "running" | "stopped" | "missing";
  readonly virtualMachines?: number;
  readonly directories: readonly FoundDirectory[];
}

export interface LookUpResults {
  readonly getVirtualMachines: FoundVirtualMachines;
  readonly getReferencePoints: FoundReferencePoints;
  readonly checkHost: FoundHost;
}
