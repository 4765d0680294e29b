import { ExportError } from "../../domain/errors/export-error";
import { diskBytes, type ExportTarget } from "../../domain/records/export-target";
import { formatBytes } from "../../domain/values/byte-size";
import type { FreeBytes } from "../../host/port";

/** For an export that is known not to fit. */
export function notEnoughSpace(target: ExportTarget, directory: string, freeBytes: FreeBytes): ExportError {
  const reason = `the disks need ${formatBytes(diskBytes(target))}, the volume has ${formatBytes(freeBytes ?? 0)} free`;
  return new ExportError("not-enough-space", { step: "prepare the export", subject: directory, reason });
}
