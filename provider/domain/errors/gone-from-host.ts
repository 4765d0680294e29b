import type { ErrorCode } from "./error-table";
import { type ExportError, isExportError } from "./export-error";

/** The host no longer lists a point: nothing can be exported of it again. */
const pointGone = ["reference-point-not-found", "base-reference-point-not-found"] as const satisfies readonly ErrorCode[];

/**
 * The host no longer knows something of which an export was begun. What has been written of it is as good as ever.
 *
 * `disk-not-in-base` is none: which disks a base covers does not change once an export since it has begun.
 */
export const goneFromHost = [
  ...pointGone,
  "virtual-machine-not-found",
  "disk-not-found",
  "disk-not-on-machine",
] as const satisfies readonly ErrorCode[];

export function isPointGone(error: unknown): error is ExportError {
  return hasCode(error, pointGone);
}

export function isGoneFromHost(error: unknown): error is ExportError {
  return hasCode(error, goneFromHost);
}

function hasCode(error: unknown, codes: readonly ErrorCode[]): error is ExportError {
  return isExportError(error) && codes.includes(error.code);
}
