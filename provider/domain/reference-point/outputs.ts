import type { OutputTable } from "../property-table";
import type { PointInputs } from "./properties";

/** The outputs of ReferencePoint, beside its arguments. */
export const pointOutputs = {
  referencePointId: { type: "string", meaning: 'The point: "Microsoft:GUID" (InstanceID).' },
  virtualMachineId: { type: "string", meaning: "GUID of the machine (Msvm_ComputerSystem.Name)." },
  virtualMachineName: { type: "string", meaning: "Its name when the point was made (ElementName)." },
  consistency: { type: '"application" | "crash" | "unknown"', meaning: "ConsistencyLevel of the point, as the host reports it." },
  diskIds: { type: "string[]", meaning: "The disks that it covers (VirtualDiskIdentifiers)." },
  createdAt: {
    type: "string",
    unit: "ISO 8601",
    meaning: "When it was made, by the clock of the machine that ran Pulumi: the point itself carries no time.",
  },
  status: { type: '"intact" | "incomplete"', meaning: "The next up finishes an incomplete one." },
} as const satisfies OutputTable;

/** The facts of a point that is made. */
export interface PointFacts {
  readonly virtualMachineId: string;
  readonly virtualMachineName: string;
  readonly referencePointId: string;
  /** What the host reports. */
  readonly madeConsistency: "application" | "crash" | "unknown";
  readonly diskIds: readonly string[];
  readonly createdAt: string;
}

/** What the state keeps of a point: the arguments, the facts (none while it is incomplete) and how it stands. */
export type PointState = PointInputs &
  Partial<PointFacts> & {
    /** Identity of the resource: what its record names it. */
    readonly recordId: string;
    readonly status: "intact" | "incomplete";
    readonly problems: readonly string[];
    /** The machine that the host was, as it calls itself; none for a simulator. */
    readonly hostMachineId?: string;
  };
