export {
  type EnvironmentVariable,
  Host,
  type HostArgs,
  type LocalHostArgs,
  type SimulatorHostArgs,
  type SshHostArgs,
} from "./resources/host";
export { type ExportedFile, ReferencePointExport } from "./resources/reference-point-export";
export type {
  ReferencePointExportArgs,
  ReferencePointExportState,
  TimeoutsArgs,
  VerificationArgs,
} from "./resources/reference-point-export-args";
