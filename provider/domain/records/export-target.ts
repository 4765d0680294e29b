import { z } from "zod";

export const exportedDisk = z.object({ instanceId: z.string(), path: z.string(), bytes: z.number().nonnegative() });

/** What an export is of, with every name resolved. */
export const exportTarget = z.object({
  virtualMachineId: z.string().min(1),
  virtualMachineName: z.string(),
  referencePointId: z.string().min(1),
  baseReferencePointId: z.string().min(1).optional(),
  consistency: z.enum(["application", "crash", "unknown"]),
  /** Instance ids that the program named; empty: every disk. */
  disksToExport: z.array(z.string()),
  /** Every disk that the export holds. */
  disks: z.array(exportedDisk),
});

export type ExportTarget = z.infer<typeof exportTarget>;

/** Bytes of the disks that the target holds: the most that an export of it writes, but for small files. */
export function diskBytes(target: ExportTarget): number {
  return target.disks.reduce((sum, disk) => sum + disk.bytes, 0);
}

/**
 * Whether the target is known to fit. A differential export holds what changed, which nobody knows beforehand, so it is not refused:
 * the job fails if the volume fills up. Nor is an export to a volume whose free bytes nobody can tell.
 */
export function fits(target: ExportTarget, freeBytes: number | undefined): boolean {
  return target.baseReferencePointId !== undefined || freeBytes === undefined || freeBytes >= diskBytes(target);
}
