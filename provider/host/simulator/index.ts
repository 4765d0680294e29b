// Types apart from values: a compiler older than TypeScript 4.5 reads no `type` within braces.

export type { HostErrorDetails, HostErrorKind } from "../port";
export { HostError } from "../port";
export type { Fault, FaultName, HostMethod, KnownFault } from "./faults/fault-types";
export { hostMethods } from "./faults/fault-types";
export { faultTable } from "./faults/known-faults";
export type {
  DiskWrite,
  LabCall,
  LabCheckpoint,
  LabCheckpointCall,
  LabConfiguration,
  LabDescription,
  LabDisk,
  LabDuration,
  LabMachineCondition,
  LabMachineState,
  LabPointCall,
  LabReferencePoint,
  LabSettings,
  LabVirtualMachine,
  NewCheckpoint,
  NewDisk,
  NewReferencePoint,
  NewVirtualMachine,
} from "./lab/lab-types";
export type { RestoredDisk } from "./restore/restore";
export { Simulator } from "./simulator";
export { openSimulatorHost, SimulatorHost } from "./simulator-host";
