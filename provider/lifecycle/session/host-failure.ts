import type { ErrorCode } from "../../domain/errors/error-table";
import { ExportError, isExportError } from "../../domain/errors/export-error";
import { tellsOfFullVolume } from "../../domain/hyperv/job-remedies";
import { describeReturnCode, returnCodes } from "../../domain/hyperv/return-codes";
import type { HostError, HostErrorKind, HostFault, PointRefusal } from "../../host/port";

const codes: Partial<Record<HostErrorKind, ErrorCode>> = {
  accessDenied: "access-denied",
  unreachable: "host-unreachable",
  connectionLost: "connection-lost",
  noSpace: "not-enough-space",
  fileInUse: "file-in-use",
  volumeMissing: "volume-missing",
  movedDirectory: "directory-moved",
  linkInPath: "link-in-path",
  preconditionFailed: "superseded",
  damagedState: "host-state-damaged",
};

/** What a person has to change about a host says more than the kind of the error. */
const faultCodes: Record<HostFault, ErrorCode> = {
  secretMissing: "secret-missing",
  notWindows: "not-windows",
  programMissing: "program-missing",
  powershellTooOld: "powershell-too-old",
  languageMode: "language-mode",
  blockedByAntimalware: "blocked-by-antimalware",
  handshakeFailed: "handshake-failed",
  loginRefused: "login-refused",
  hostKeyUnknown: "host-key-unknown",
  hostKeyChanged: "host-key-changed",
  certificateUntrusted: "certificate-untrusted",
  certificateChanged: "certificate-changed",
  remoteShellQuota: "remote-shell-quota",
  hyperVMissing: "hyper-v-missing",
  managementServiceStopped: "management-service-stopped",
  noHyperVRights: "no-hyper-v-rights",
  notElevated: "not-elevated",
  secondHop: "second-hop",
  shareDenied: "share-denied",
  machineElsewhere: "machine-elsewhere",
  pathTooLong: "path-too-long",
  volumeReadOnly: "volume-read-only",
};

/** What about a machine keeps Hyper-V from making a point of it. */
export const pointRefusalCodes: Record<PointRefusal, ErrorCode> = {
  noDisks: "no-disks",
  passThroughDisk: "pass-through-disk",
  sharedDisk: "shared-disk",
  replica: "replica",
  checkpointRunning: "checkpoint-running",
  guestBackupOff: "guest-backup-off",
};

export function isHostError(error: unknown): error is HostError {
  return error instanceof Error && error.name === "HostError" && "kind" in error;
}

/** The connection failed, not the thing that was asked for: asking again is harmless where the verb is. */
export function isConnectionFailure(error: unknown): boolean {
  return isHostError(error) && (error.kind === "connectionLost" || error.kind === "unreachable");
}

/** The host has not let it be seen: it could not be reached, or has not answered in time. */
export function isOutOfSight(error: unknown): boolean {
  return isExportError(error) && (error.code === "timed-out" || isConnectionFailure(error.cause));
}

/** Another program has a file open. It may be done with it soon. */
export function isFileInUse(error: unknown): boolean {
  return isHostError(error) && error.kind === "fileInUse";
}

/** The connection failed and may be there again in a moment. */
export function isPassingFailure(error: unknown): boolean {
  return isHostError(error) && isConnectionFailure(error) && error.details.isLasting !== true;
}

/** The host refuses now and may not refuse later. */
export function isTransientRefusal(error: unknown): boolean {
  return isHostError(error) && returnCodes.some((row) => row.kind === error.kind && row.transient);
}

/** The method was called and refused with a return code. */
export function isRefusal(error: unknown): boolean {
  return isHostError(error) && error.details.returnCode !== undefined;
}

/** The methods of Hyper-V that are called. */
export type HyperVMethod =
  | "ExportReferencePoint"
  | "CreateReferencePoint"
  | "DestroyReferencePoint"
  | "CreateSnapshot"
  | "ExportSystemDefinition"
  | "ConvertToReferencePoint"
  | "DestroySnapshot"
  | "DefineSystem"
  | "DestroySystem";

/**
 * Says of a host's error what failed and on what; leaves the errors that say so already.
 *
 * @param method the one that was called, if any was
 */
export function explain(error: unknown, step: string, subject: string, method: HyperVMethod = "ExportReferencePoint"): ExportError {
  if (isExportError(error)) return error;
  if (!isHostError(error)) {
    const reason = error instanceof Error ? error.message : String(error);
    return new ExportError("host-failed", { step, subject, reason }, { cause: error });
  }
  const { returnCode, path, fault, refusal, remedy, why = error.message } = error.details;
  const isSaid = returnCode === undefined || why.includes(String(returnCode));
  const refused = isSaid ? "" : `${method} returned ${describeReturnCode(returnCode)}: `;
  const where = path === undefined || path === subject || why.includes(path) ? "" : ` (${path})`;
  const seen = refusal && (!isTransientRefusal(error) || refusal === "checkpointRunning") ? pointRefusalCodes[refusal] : undefined;
  const code = (fault && faultCodes[fault]) ?? seen ?? codes[error.kind] ?? (returnCode === undefined ? "host-failed" : "method-refused");
  return new ExportError(
    code,
    { step, subject, reason: `${refused}${why.replace(/\.$/, "")}${where}`, ...(remedy && { remedy }) },
    { cause: error },
  );
}

/** Another run has taken over what this one was at: it has no say in it any more. */
export function isSuperseded(error: unknown): boolean {
  return isExportError(error) && error.code === "superseded";
}

/** There is no room on the volume, or a job has found none. */
export function isVolumeFull(error: unknown): boolean {
  return isExportError(error) && (error.code === "not-enough-space" || (error.code === "job-failed" && tellsOfFullVolume(error.reason)));
}

/** For a write that may wait: what fills the volume may be what is about to be removed. */
export function ignoreFullVolume(error: unknown): void {
  if (!isExportError(error) || error.code !== "not-enough-space") throw error;
}
