import type { JobPath } from "./host-job";
import type { Conditional } from "./precondition";

// What the Host port says of the machine that a probe makes for itself, and of what an instance of Hyper-V tells beside what the port
// has a name for. Nothing else makes or removes a machine.

/** A machine of generation 2 without a network, switched off, with one fixed VHDX. */
export interface TestMachineRequest extends Conditional {
  /** Where all of it lies, with the path that this leads to: an empty folder that was made for it. */
  readonly directory: string;
  readonly canonicalPath: string;
  /** ElementName: `invalidParameter` where any machine has it. */
  readonly name: string;
  /** Its notes. Together with the name they say whose it is before anybody has heard its GUID. */
  readonly mark: string;
  /** Name of the disk's file in the directory: `invalidParameter` where there is one. */
  readonly diskFile: string;
  readonly diskBytes: number;
  /** ASCII. It is written over and over into the first MiB of the disk, before the machine has the disk. */
  readonly content: string;
}

/** A call of one of Hyper-V's methods on the way, with its job to the end. */
export interface MethodCall {
  readonly method: string;
  readonly returnCode: number;
  readonly milliseconds: number;
  /** Class of the job that it has started. */
  readonly jobClass?: string;
}

export interface TestMachine {
  readonly virtualMachineId: string;
  readonly calls: readonly MethodCall[];
}

/** All three must be the machine's. */
export interface TestMachineKey extends Conditional {
  readonly virtualMachineId: string;
  readonly name: string;
  readonly mark: string;
}

export interface TestMachineRemoval {
  /** Foreign: the machine with this GUID has another name or other notes; nothing was done. */
  readonly kind: "removed" | "absent" | "foreign";
  readonly calls: readonly MethodCall[];
}

/** An instance of which everything is wanted. */
export type AskedInstance =
  | { readonly kind: "job"; readonly path: JobPath }
  | { readonly kind: "point"; readonly virtualMachineId: string; readonly referencePointId: string }
  /** Win32_OperatingSystem: version, build and edition alone. */
  | { readonly kind: "system" };

/** An instance in the host's own words: the properties that have a value. Dates are ISO 8601. */
export interface ToldInstance {
  readonly className: string;
  readonly properties: Readonly<Record<string, ToldValue | readonly ToldValue[]>>;
}

export type ToldValue = string | number | boolean;
