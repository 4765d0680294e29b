/**
 * What about a machine keeps Hyper-V from making a point of it. Codes are few and texts are in the host's language: this is seen on the
 * machine after the refusal, and undefined where nothing of it is seen.
 */
export const pointRefusals = [
  /** It has no virtual hard disk. */
  "noDisks",
  /** A disk of the host is passed through to it. */
  "passThroughDisk",
  /** It shares a disk with other machines: a VHD set. */
  "sharedDisk",
  /** It is a replica of another machine. */
  "replica",
  /** A checkpoint of it is being made, applied, deleted or merged. */
  "checkpointRunning",
  /** Its guest's backup service (VSS) is off, which application consistency needs. */
  "guestBackupOff",
] as const;

export type PointRefusal = (typeof pointRefusals)[number];

/** Kinds that callers test; never test the text. The first eleven are ExportReferencePoint's return codes 32768 to 32778. */
export const hostErrorKinds = [
  "failed",
  "accessDenied",
  "notSupported",
  "unknownStatus",
  "timeout",
  "invalidParameter",
  "inUse",
  "invalidState",
  "incorrectDataType",
  "notAvailable",
  "outOfMemory",
  "unreachable",
  "unusable",
  "connectionLost",
  "notFound",
  "noSpace",
  /** Another program has a file open, and kept it open for longer than the adapter waited. The same may go well a little later. */
  "fileInUse",
  "volumeMissing",
  "movedDirectory",
  "linkInPath",
  "preconditionFailed",
  "damagedState",
  "io",
] as const;

export type HostErrorKind = (typeof hostErrorKinds)[number];

/** What about a host, or the way to it, makes it unusable until somebody changes it. Each has a code of its own in the error table, and with it a remedy. */
export const hostFaults = [
  "secretMissing",
  "notWindows",
  /** The program that is to be started is not there: PowerShell, here or on the host, or ssh. */
  "programMissing",
  "powershellTooOld",
  /** The language is restricted: an application control policy, or an endpoint of Just Enough Administration. */
  "languageMode",
  "blockedByAntimalware",
  /** The shell answered, but not as it should; what it said is in the message. */
  "handshakeFailed",
  "loginRefused",
  "hostKeyUnknown",
  "hostKeyChanged",
  /** The certificate of the host's HTTPS does not verify. */
  "certificateUntrusted",
  /** The host shows another certificate than the pinned one. */
  "certificateChanged",
  /** A limit of the host's WinRM is used up: shells, processes, memory, users, operations, size of a message. */
  "remoteShellQuota",
  /** The role is not installed, or waits for a restart. */
  "hyperVMissing",
  /** The service vmms does not run. */
  "managementServiceStopped",
  /** Hyper-V shows the account nothing. */
  "noHyperVRights",
  /** The account is an administrator's, and its token is not elevated. */
  "notElevated",
  /** A session that was opened with a key has no right on another machine's share. */
  "secondHop",
  /** The computer account of the host has no right on the share. */
  "shareDenied",
  /** Another node of the cluster runs the machine: it is not gone. */
  "machineElsewhere",
  "pathTooLong",
  /** The volume, or the file system on it, takes no writes. */
  "volumeReadOnly",
] as const;

export type HostFault = (typeof hostFaults)[number];

export interface HostErrorDetails {
  /** Return code of the WMI method, where one was given. */
  readonly returnCode?: number | undefined;
  /** Path of the file or directory concerned. */
  readonly path?: string | undefined;
  /** True of an unreachable host that is not there at all, rather than silent for a moment: asking again at once is of no use. */
  readonly isLasting?: boolean | undefined;
  /** What exactly is wrong, where a person has to change something about the host or the way to it. */
  readonly fault?: HostFault | undefined;
  /**
   * Why alone, as part of a sentence that names the rest: neither the path nor what was asked. The message stands by itself and names all;
   * within another error that would say everything twice.
   */
  readonly why?: string | undefined;
  /** Why Hyper-V makes no point of the machine, where that is seen on it. Only beside a return code: without one nothing was refused. */
  readonly refusal?: PointRefusal | undefined;
  /** What the person can do, where the adapter knows better than the error table does for the kind or the fault. */
  readonly remedy?: string | undefined;
}

export class HostError extends Error {
  override readonly name = "HostError";
  constructor(
    readonly kind: HostErrorKind,
    message: string,
    readonly details: HostErrorDetails = {},
    // Not ErrorOptions: a program that is compiled for ES2020 has no such type.
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}
