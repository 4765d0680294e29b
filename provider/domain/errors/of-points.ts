import type { ErrorCode } from "./error-table";

/** What another point, or one that is yet to be made, may turn out well. */
export const codesOfPoints: ReadonlySet<ErrorCode> = new Set([
  "reference-point-not-found",
  "reference-point-ambiguous",
  "base-reference-point-not-found",
  "base-reference-point-same",
  "base-reference-point-not-older",
  "disk-not-found",
  "disk-ambiguous",
  "disk-not-on-machine",
  "disk-not-in-base",
  "weaker-point",
]);
