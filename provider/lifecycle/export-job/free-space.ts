import { ExportError } from "../../domain/errors/export-error";
import { diskBytes, type ExportTarget, fits } from "../../domain/records/export-target";
import { formatBytes } from "../../domain/values/byte-size";
import type { FreeBytes } from "../../host/port";
import type { Operation } from "../session/operation";

/** Refuses an export that is known not to fit. Where nobody can tell, it is tried, with a warning. */
export function requireSpace(operation: Operation, target: ExportTarget, directory: string, freeBytes: FreeBytes): void {
  const needed = formatBytes(diskBytes(target));
  if (!fits(target, freeBytes)) {
    const reason = `the disks need ${needed}, the volume has ${formatBytes(freeBytes ?? 0)} free`;
    throw new ExportError("not-enough-space", { step: "prepare the export", subject: directory, reason });
  }
  if (freeBytes !== undefined || target.baseReferencePointId !== undefined) return;
  operation.warn(
    `The host cannot tell the free space of ${directory}. The disks need ${needed} at most; the job fails if they do not fit.`,
  );
}
