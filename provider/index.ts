// Types apart from values: a compiler older than TypeScript 4.5 reads no `type` within braces.

export type { EnvironmentVariable, HostArgs, LocalHostArgs, SimulatorHostArgs, SshHostArgs } from "./resources/host";
export { Host } from "./resources/host";
export type { ExportedFile } from "./resources/reference-point-export";
export { ReferencePointExport } from "./resources/reference-point-export";
export type {
  ReferencePointExportArgs,
  ReferencePointExportState,
  TimeoutsArgs,
  VerificationArgs,
} from "./resources/reference-point-export-args";
