import { z } from "zod";

export const exportedDisk = z.object({
  instanceId: z.string(),
  path: z.string(),
  bytes: z.number().nonnegative(),
  /** What of it was in use when the export began, where the host told. */
  allocatedBytes: z.number().nonnegative().optional(),
});

/** How a checkpoint is exported, as ExportSystemDefinition takes it. */
export const ofCheckpoint = z.object({
  intent: z.enum(["preserveChain", "merge"]),
  /** Instance ids of the machine's disks that the checkpoint does not hold. */
  disksLeftOut: z.array(z.string()).optional(),
});

/** What an export is of, with every name resolved. */
export const exportTarget = z.object({
  virtualMachineId: z.string().min(1),
  virtualMachineName: z.string(),
  /** Of a checkpoint: its own id, for its point comes only when the files are whole. */
  referencePointId: z.string().min(1),
  baseReferencePointId: z.string().min(1).optional(),
  consistency: z.enum(["application", "crash", "unknown"]),
  /** Instance ids that the program named; empty: every disk. */
  disksToExport: z.array(z.string()),
  /** Every disk that the export holds. */
  disks: z.array(exportedDisk),
  /** Present where it is of a recovery checkpoint. */
  checkpoint: ofCheckpoint.optional(),
});

export type ExportTarget = z.infer<typeof exportTarget>;

/** The most that an export of the target can write, but for small files; undefined where nobody can tell how much of a disk is in use. */
export function mostBytes(target: ExportTarget): number | undefined {
  return untoldDisks(target).length > 0 ? undefined : knownBytes(target);
}

/** What a full export of the target is known to write: what its disks have in use, as far as the host tells. */
export function knownBytes({ disks }: ExportTarget): number {
  return disks.reduce((sum, { allocatedBytes = 0 }) => sum + allocatedBytes, 0);
}

/** The files of disks of which nobody can tell how much is in use. Their lengths tell neither the least nor the most. */
export function untoldDisks({ disks }: ExportTarget): string[] {
  return disks.flatMap(({ path, allocatedBytes }) => (allocatedBytes === undefined ? [path] : []));
}

/**
 * False where the target is known not to fit. A differential export holds what changed, which nobody knows beforehand, so it is not
 * refused: the job fails if the volume fills up. Nor is an export to a volume whose free bytes nobody can tell, nor one for the size of a
 * disk of which nobody knows how much is in use.
 */
export function fits(target: ExportTarget, freeBytes: number | undefined): boolean {
  return target.baseReferencePointId !== undefined || freeBytes === undefined || freeBytes >= knownBytes(target);
}
