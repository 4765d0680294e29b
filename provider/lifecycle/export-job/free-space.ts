import { ExportError } from "../../domain/errors/export-error";
import { diskBytes, type ExportTarget } from "../../domain/records/claim";
import { formatBytes } from "../../domain/values/byte-size";
import type { FreeBytes } from "../../host/port";

/**
 * Refuses a full export that cannot fit. A differential one holds what changed, which nobody knows beforehand, so it is not refused:
 * the job fails if the volume fills up.
 */
export function requireSpace(target: ExportTarget, directory: string, freeBytes: FreeBytes): void {
  if (freeBytes === undefined || hasSpace(target, freeBytes)) return;
  const reason = `the disks need ${formatBytes(diskBytes(target))}, the volume has ${formatBytes(freeBytes)} free`;
  throw new ExportError("not-enough-space", { step: "prepare the export", subject: directory, reason });
}

export function hasSpace(target: ExportTarget, freeBytes: FreeBytes): boolean {
  return target.baseReferencePointId !== undefined || freeBytes === undefined || freeBytes >= diskBytes(target);
}
