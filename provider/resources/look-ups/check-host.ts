import type * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "../host";
import { lookUp, lookUpOutput } from "./look-up";

/** The arguments of {@link checkHost}. */
export interface CheckHostArgs {
  /** Where Hyper-V runs. Default: the stack's configuration `hyperv:host`. */
  readonly host?: HostArgs | undefined;
  /** Directories of the host to look at, which need not be there. Nothing is made in them. Default: none. */
  readonly directories?: string[] | undefined;
  /** The longest that it may take: a duration such as "30s" or "5m". Default "2m". */
  readonly timeout?: string | undefined;
}

/** The same, of which any may be an output. */
export interface CheckHostOutputArgs {
  readonly host?: pulumi.Input<HostArgs | undefined>;
  readonly directories?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  readonly timeout?: pulumi.Input<string | undefined>;
}

/** What is wrong with a host. */
export interface HostProblemResult {
  /** A code of docs/errors.md. */
  readonly code: string;
  readonly message: string;
  /** What to do. */
  readonly remedy: string;
  /** The one of `directories` that it is about. */
  readonly directory?: string;
}

export interface HostDirectoryResult {
  readonly directory: string;
  readonly exists: boolean;
  /** Where it leads, links resolved. */
  readonly canonicalPath?: string;
  /** Free bytes for the account, where the host tells; of a directory that is not there, where it would be. */
  readonly freeBytes?: number;
}

export interface CheckHostResult {
  /** True where there is no problem. */
  readonly ok: boolean;
  /** The host as errors name it. */
  readonly host: string;
  readonly problems: HostProblemResult[];
  /** What the machine calls itself. This and what follows is left out where the host does not tell. */
  readonly computerName?: string;
  /** What tells the machine apart under every name. */
  readonly machineId?: string;
  /** The account that Hyper-V is asked as. */
  readonly account?: string;
  /** Whether the account has the rights of an administrator now. */
  readonly elevated?: boolean;
  readonly powershellVersion?: string;
  /** "Desktop" is Windows PowerShell, "Core" is PowerShell 7. */
  readonly powershellEdition?: string;
  /** The service vmms, by which Hyper-V is managed. */
  readonly managementService?: "running" | "stopped" | "missing";
  /** How many machines Hyper-V shows the account. */
  readonly virtualMachines?: number;
  /** In the order given, without those that have a problem. */
  readonly directories: HostDirectoryResult[];
}

/**
 * What a host is, and what about it would keep exports from being made: asked from the program's own process, in a preview too. What is
 * wrong is among the `problems`, an unreachable host as well; only arguments that cannot be used are an error.
 */
export function checkHost(args: CheckHostArgs = {}): Promise<CheckHostResult> {
  return lookUp("checkHost", args) as Promise<CheckHostResult>;
}

/** {@link checkHost} for arguments of which any may be an output. */
export function checkHostOutput(args: CheckHostOutputArgs = {}, opts?: pulumi.InvokeOutputOptions): pulumi.Output<CheckHostResult> {
  return lookUpOutput("checkHost", args, opts) as pulumi.Output<CheckHostResult>;
}
