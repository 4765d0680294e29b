import { ExportError } from "../../domain/errors/export-error";
import { type ExportTarget, fits, mostBytes } from "../../domain/records/export-target";
import { formatBytes } from "../../domain/values/byte-size";
import type { FreeBytes } from "../../host/port";
import type { Operation } from "../session/operation";

/** What is freed before the export begins, beside what is free already. */
interface Freed {
  readonly bytes: number;
  /** "the old export": what is removed. */
  readonly by: string;
}

/** Refuses an export that is known not to fit. Where nobody can tell, it is tried, with a warning. */
export function requireSpace(
  operation: Pick<Operation, "warn">,
  target: ExportTarget,
  directory: string,
  freeBytes: FreeBytes,
  freed: Freed = { bytes: 0, by: "" },
): void {
  const most = mostBytes(target);
  const needed = formatBytes(most);
  const room = freeBytes === undefined ? undefined : freeBytes + freed.bytes;
  if (!fits(target, room)) {
    const more = freed.bytes === 0 ? "" : `, and ${freed.by} frees ${formatBytes(freed.bytes)}`;
    const reason = `the disks need ${needed}, the volume has ${formatBytes(freeBytes ?? 0)} free${more}`;
    throw new ExportError("not-enough-space", { step: "prepare the export", subject: directory, reason });
  }
  if (target.baseReferencePointId !== undefined) return;
  if (room === undefined) {
    operation.warn(
      `The host cannot tell the free space of ${directory}. The disks need ${needed} at most; the job fails if they do not fit.`,
    );
    return;
  }
  const thin = target.disks.filter(({ allocatedBytes }) => allocatedBytes === undefined).map(({ path }) => path);
  if (thin.length > 0 && room < most) {
    operation.warn(
      `The host cannot tell how much of ${thin.join(", ")} is in use. Full, the disks need ${needed}, and ${directory} has ${formatBytes(room)} free; the job fails if they do not fit.`,
    );
  }
}
