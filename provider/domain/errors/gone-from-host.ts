import type { ErrorCode } from "./error-table";
import { ExportError, isExportError } from "./export-error";

/**
 * The host no longer knows something of which an export was begun. What has been written of it is as good as ever.
 *
 * `disk-not-in-base` is none: which disks a base covers does not change once an export since it has begun.
 */
export const goneFromHost = {
  "reference-point-not-found": { what: "point", instead: "another referencePoint" },
  "base-reference-point-not-found": { what: "base", instead: "another baseReferencePoint" },
  "virtual-machine-not-found": { what: "machine", instead: "another virtualMachine" },
  "disk-not-found": { what: "disk", instead: "other disksToExport" },
  "disk-not-on-machine": { what: "disk", instead: "other disksToExport" },
} as const satisfies Partial<Record<ErrorCode, { what: string; instead: string }>>;

/** What there is of an export that cannot be made any more. */
export type Left = "damaged" | "unfinished" | "nothing";

const sentences: Readonly<Record<Left, { readonly step: string; readonly cannot: string }>> = {
  damaged: { step: "repair the damaged export", cannot: "The damaged export cannot be made again" },
  unfinished: { step: "finish the export", cannot: "The unfinished export cannot be finished" },
  nothing: { step: "make the export again", cannot: "The export cannot be made again" },
};

export function isGoneFromHost(error: unknown): error is ExportError {
  return isExportError(error) && Object.hasOwn(goneFromHost, error.code);
}

/**
 * The same error for an export that was there before. The table's remedies say to name something else, and that replaces the export: what
 * is left of the only copy would be deleted.
 *
 * @param error one of {@link goneFromHost}
 */
export function goneUnder(error: ExportError, directory: string, left: Left): ExportError {
  const { what, instead } = goneFromHost[error.code as keyof typeof goneFromHost];
  const { subject, reason } = isGoneFromHost(error.cause) ? error.cause : error;
  const { step, cannot } = sentences[left];
  const outOfSight =
    what === "machine" ? "If the machine is only out of sight (on another node, or for want of a right), bring it back. " : "";
  const save = left === "nothing" ? "Take" : "First copy what you need of it to another place, for this deletes it; then take";
  return new ExportError(
    error.code,
    {
      step,
      subject: directory,
      reason: `its ${what} is gone (${subject}): ${reason}`,
      remedy: `${outOfSight}${cannot}, since its ${what} is gone. ${save} the resource out of the program, or declare ${instead}.`,
    },
    { cause: error },
  );
}
