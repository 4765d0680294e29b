import { connectAnew } from "./resources/sdk/own-connections";

connectAnew();

// Types apart from values: a compiler older than TypeScript 4.5 reads no `type` within braces.

export { CheckpointExport } from "./resources/checkpoint-export";
export type { CheckpointExportArgs, CheckpointExportState } from "./resources/checkpoint-export-args";
export type { ChainGeneration } from "./resources/export-chain";
export { ExportChain } from "./resources/export-chain";
export type { ChainTimeoutsArgs, EveryArgs, ExportChainArgs, ExportChainState, KeepArgs } from "./resources/export-chain-args";
export type {
  ClientCertificate,
  EnvironmentVariable,
  HostArgs,
  LocalHostArgs,
  SimulatorHostArgs,
  SshHostArgs,
  WinrmCredential,
  WinrmHostArgs,
} from "./resources/host";
export { Host } from "./resources/host";
export type {
  CheckHostArgs,
  CheckHostOutputArgs,
  CheckHostResult,
  HostDirectoryResult,
  HostProblemResult,
} from "./resources/look-ups/check-host";
export { checkHost, checkHostOutput } from "./resources/look-ups/check-host";
export type {
  GetReferencePointsArgs,
  GetReferencePointsOutputArgs,
  GetReferencePointsResult,
  ReferencePointResult,
} from "./resources/look-ups/get-reference-points";
export { getReferencePoints, getReferencePointsOutput } from "./resources/look-ups/get-reference-points";
export type {
  GetVirtualMachinesArgs,
  GetVirtualMachinesOutputArgs,
  GetVirtualMachinesResult,
  VirtualDiskResult,
  VirtualMachineResult,
} from "./resources/look-ups/get-virtual-machines";
export { getVirtualMachines, getVirtualMachinesOutput } from "./resources/look-ups/get-virtual-machines";
export { ReferencePoint } from "./resources/reference-point";
export type { ReferencePointArgs, ReferencePointState } from "./resources/reference-point-args";
export type { ExportedFile } from "./resources/reference-point-export";
export { ReferencePointExport } from "./resources/reference-point-export";
export type {
  ReferencePointExportArgs,
  ReferencePointExportState,
  TimeoutsArgs,
  VerificationArgs,
} from "./resources/reference-point-export-args";
