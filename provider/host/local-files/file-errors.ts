import { HostError, type HostErrorKind } from "../port";

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
  const kind = kinds[errorCode(error) ?? ""] ?? "io";
  const why = error instanceof Error ? error.message : String(error);
  return new HostError(kind, `Could not ${action}: ${path} (${why}).`, { path }, { cause: error });
}
