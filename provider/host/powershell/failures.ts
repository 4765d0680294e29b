import { returnCodes } from "../../domain/hyperv/return-codes";
import { HostError, type HostErrorKind, type HostFault, hostErrorKinds, hostFaults, pointRefusals } from "../port";
import { fault } from "./faults";
import type { Greeting } from "./session/greeting";

/** What the bridge tells of an error, in codes: the text is in the host's language. */
export interface Failure {
  /** A word of ours, where the bridge itself refused. */
  readonly kind: string | null;
  readonly fault: string | null;
  readonly path: string | null;
  readonly returnCode: number | null;
  /** What is seen on the machine of which no point was made. */
  readonly refusal: string | null;
  /** A method had been called when it was raised. */
  readonly called: boolean;
  readonly message: string;
  readonly hresult: number;
  /** PowerShell's FullyQualifiedErrorId. */
  readonly id: string;
  /** Microsoft.Management.Infrastructure.NativeErrorCode, of CIM errors only. */
  readonly nativeErrorCode: number | null;
}

/** What was asked of the host, for the sentence. */
export interface Subject {
  /** What the method's return codes mean; default: those of ExportReferencePoint. */
  readonly returnCodes?: readonly { readonly code: number; readonly kind: HostErrorKind }[];
  /** A verb phrase: "create the directory". */
  readonly action: string;
  readonly path?: string;
}

const WRITE_PROTECTED = 19;
/** EROFS. */
const POSIX_READ_ONLY = 30;

/** Win32 error codes, in the port's words. The low half of an HRESULT 0x8007xxxx. */
const win32Kinds: Readonly<Record<number, HostErrorKind>> = {
  2: "notFound",
  3: "notFound",
  5: "accessDenied",
  8: "outOfMemory",
  14: "outOfMemory",
  [WRITE_PROTECTED]: "accessDenied",
  21: "volumeMissing", // not ready
  32: "fileInUse",
  33: "fileInUse",
  39: "noSpace", // the handle's disk is full
  53: "volumeMissing", // network path not found
  55: "volumeMissing",
  59: "volumeMissing",
  64: "volumeMissing", // the network name is gone
  65: "accessDenied", // network access denied
  67: "volumeMissing", // no such share
  86: "accessDenied",
  112: "noSpace",
  121: "timeout",
  123: "invalidParameter",
  206: "invalidParameter",
  1231: "volumeMissing",
  1295: "noSpace", // quota
  1311: "accessDenied",
  1326: "accessDenied",
  1450: "outOfMemory",
  1816: "noSpace",
};

/** errno of Linux, which .NET puts into HResult as it is. Only tests meet it. */
const posixKinds: Readonly<Record<number, HostErrorKind>> = {
  11: "fileInUse",
  16: "fileInUse",
  26: "fileInUse",
  28: "noSpace",
  122: "noSpace",
  [POSIX_READ_ONLY]: "accessDenied",
  36: "invalidParameter",
};

/** NativeErrorCode of CIM errors (MI_Result). */
const nativeKinds: Readonly<Record<number, HostErrorKind>> = {
  2: "accessDenied",
  4: "invalidParameter",
  6: "notFound",
  7: "notSupported",
  13: "incorrectDataType",
  16: "notAvailable",
  17: "notSupported",
};

/** WBEM codes that CIM errors carry in their FullyQualifiedErrorId only: "HRESULT 0x80041003,…". */
const wbemKinds: Readonly<Record<string, HostErrorKind>> = {
  "0x80041003": "accessDenied",
  "0x80070005": "accessDenied",
  "0x80041006": "outOfMemory",
  "0x8004106c": "outOfMemory", // quota
  "0x80041013": "notAvailable", // the provider does not load
  "0x80041014": "notAvailable",
  "0x80041033": "notAvailable", // shutting down
  "0x800706ba": "notAvailable", // RPC server unavailable
  "0x800706be": "notAvailable",
  "0x80041069": "timeout",
  "0x80041043": "timeout",
};

/** Errors that a method call raises before it can have run. Any other leaves it open. */
const neverRan = new Set([2, 3, 4, 5, 6, 7, 12, 13, 14, 15, 16, 17]);

export function hostErrorFrom(failure: Failure, subject: Subject, host: Greeting): HostError {
  const { action, path: asked } = subject;
  const refusal = pointRefusals.find((one) => one === failure.refusal);
  const path = asked ?? failure.path ?? undefined;
  const where = path === undefined ? "" : ` ${path}`;
  const why = failure.message.trim().replace(/\s+/g, " ").replace(/\.$/, "");
  const message = `Could not ${action}${where} on ${host.computerName}: ${why}${codesOf(failure)}.`;
  const details = {
    // The system's own sentence names the path once more.
    why: `${path === undefined ? why : why.replaceAll(` '${path}'`, "")}${codesOf(failure)}, on ${host.computerName}`,
    ...(path !== undefined && { path }),
    ...(failure.returnCode !== null && { returnCode: failure.returnCode }),
    ...(refusal && { refusal }),
  };
  const cause = causeOf(failure, path, host);
  const kind = kindOf(failure, subject.returnCodes);
  if (cause === "shareDenied")
    return fault(cause, `${message.slice(0, -1)}; Hyper-V asked as the computer account ${host.computerName}$.`, details, kind);
  if (cause !== undefined) return fault(cause, message, details, kind === "accessDenied" ? kind : "unusable");
  return new HostError(kind, message, details);
}

function kindOf(failure: Failure, codes: NonNullable<Subject["returnCodes"]> = returnCodes): HostErrorKind {
  const { kind, returnCode, called, nativeErrorCode: native, hresult, id } = failure;
  if (returnCode !== null) return codes.find((row) => row.code === returnCode)?.kind ?? "failed";
  const own = hostErrorKinds.find((one) => one === kind);
  if (own !== undefined) return own;
  if (native !== null) {
    if (called && !neverRan.has(native)) return "connectionLost";
    return wbemKinds[wbemCode(id) ?? ""] ?? nativeKinds[native] ?? "io";
  }
  const facility = hresult >>> 16;
  if (facility === 0x8007) return win32Kinds[hresult & 0xffff] ?? "io";
  return (facility === 0 ? posixKinds[hresult] : undefined) ?? "io";
}

function causeOf(failure: Failure, path: string | undefined, host: Greeting): HostFault | undefined {
  const own = hostFaults.find((one) => one === failure.fault);
  if (own === "noHyperVRights" && host.filteredToken) return "notElevated";
  if (own !== undefined) return own;
  if (failure.hresult >>> 0 === 0x8007_0000 + WRITE_PROTECTED || failure.hresult === POSIX_READ_ONLY) return "volumeReadOnly";
  const native = failure.nativeErrorCode;
  if (native === 3 || native === 5) return "hyperVMissing";
  const kind = kindOf(failure);
  if (native !== null) {
    if (kind === "accessDenied") return host.filteredToken ? "notElevated" : "noHyperVRights";
    return wbemCode(failure.id) === "0x80041013" ? "managementServiceStopped" : undefined;
  }
  if (kind !== "accessDenied" || !path?.startsWith("\\\\")) return undefined;
  if (failure.returnCode !== null) return "shareDenied";
  return host.networkLogon ? "secondHop" : undefined;
}

function wbemCode(id: string): string | undefined {
  return /^HRESULT (0x[0-9a-f]{8})/i.exec(id)?.[1]?.toLowerCase();
}

/** The codes by which a person finds an error in any language. Our own refusals say all themselves. */
function codesOf({ kind, returnCode, nativeErrorCode, hresult, id }: Failure): string {
  if (returnCode !== null) return ` (return code ${returnCode})`;
  if (kind !== null) return "";
  const name = id.split(",")[0] ?? "";
  return ` (${nativeErrorCode !== null || hresult >= 0 ? name : `0x${(hresult >>> 0).toString(16)}`})`;
}
