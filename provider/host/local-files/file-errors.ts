import { HostError, type HostErrorDetails, type HostErrorKind } from "../port";

/** Error codes of the operating system, in the port's words. */
const kinds: Readonly<Record<string, HostErrorKind>> = {
  ENOENT: "notFound",
  EACCES: "accessDenied",
  EPERM: "accessDenied",
  EROFS: "accessDenied",
  ENOSPC: "noSpace",
  EDQUOT: "noSpace",
  EBUSY: "fileInUse",
  ETXTBSY: "fileInUse",
  ELOOP: "linkInPath",
  ENAMETOOLONG: "invalidParameter",
  EINVAL: "invalidParameter",
  ENOMEM: "outOfMemory",
  ETIMEDOUT: "timeout",
  ENODEV: "volumeMissing",
  ENXIO: "volumeMissing",
  ESTALE: "volumeMissing",
  ENOTCONN: "volumeMissing",
};

export function errorCode(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}

export function hostErrorFrom(error: unknown, action: string, path: string): HostError {
  if (error instanceof HostError) return error;
  const code = errorCode(error) ?? "";
  const text = error instanceof Error ? error.message : String(error);
  // Node's sentence ends with the call and its paths: "EACCES: permission denied, mkdir '/srv/x'".
  const why = text.replace(/(, \w+)( '.*')$/s, "$1");
  const details = { path, why, ...advice(code) };
  return new HostError(kinds[code] ?? "io", `Could not ${action}: ${path} (${text}).`, details, { cause: error });
}

/** Where the kind alone would send a person to the wrong thing. */
function advice(code: string): Pick<HostErrorDetails, "fault" | "remedy"> {
  if (code === "EROFS") return { fault: "volumeReadOnly" };
  if (code === "ENOTDIR" || code === "EEXIST")
    return { remedy: "Move away the file that stands where a folder of the path belongs, or choose another directory." };
  // Windows' "access denied" comes by this name, too.
  if (code !== "EPERM" || process.platform === "win32") return {};
  return {
    remedy:
      "Find what forbids it beside the rights, since those would say EACCES: an attribute (lsattr shows an i), another owner of a sticky folder, a security policy; then run the command again.",
  };
}
