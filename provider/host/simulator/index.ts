export { HostError, type HostErrorDetails, type HostErrorKind } from "../port";
export { type Fault, type FaultName, faultTable, type HostMethod, hostMethods } from "./faults/fault-table";
export type {
  DiskWrite,
  LabCall,
  LabConfiguration,
  LabDescription,
  LabDisk,
  LabDuration,
  LabMachineCondition,
  LabPointCall,
  LabReferencePoint,
  LabSettings,
  LabVirtualMachine,
  NewDisk,
  NewReferencePoint,
  NewVirtualMachine,
} from "./lab/lab-types";
export type { RestoredDisk } from "./restore/restore";
export { Simulator } from "./simulator";
export { openSimulatorHost, SimulatorHost } from "./simulator-host";
