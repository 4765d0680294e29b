import { z } from "zod";
import type { Parsed } from "../values/parsed";
import { parseRecord } from "./record-file";
import { repairDirectoryOf } from "./record-names";

export const claimFormat = "hyperv-reference-point-export/claim";

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
 * One go at writing the files.
 * prepared: nothing called yet. starting: the method is about to be called, or was. running: its job is known.
 * written: the files are whole. swapping: a repair's files are on their way into place.
 */
export const attempt = z.object({
  number: z.number().int().nonnegative(),
  /** "" for the export directory itself, else the repair directory below it. */
  subdirectory: z.string().refine((name) => name === "" || repairDirectoryOf(name) === name),
  state: z.enum(["prepared", "starting", "running", "written", "swapping"]),
  target: exportTarget,
  /** Jobs of this directory that were listed before the call: never ours. */
  knownJobs: z.array(z.string()),
  jobPath: z.string().optional(),
  startedAt: z.string(),
  warnings: z.array(z.string()),
  /** In state swapping: which manifest is being put into place. */
  manifestSha256: z.string().optional(),
});

export type Attempt = z.infer<typeof attempt>;

/** The attempt as one that has come to nothing: the next run clears what it left and calls the method again. */
export function voided({ jobPath: _, ...attempt }: Attempt): Attempt {
  return { ...attempt, state: "prepared", number: Math.max(attempt.number, 1), warnings: [] };
}

/** The file that makes a directory an export's own, and says how far it has come. */
export const claim = z.object({
  format: z.literal(claimFormat),
  version: z.literal(1),
  exportId: z.string().min(1).max(100),
  owner: z.object({ urn: z.string(), project: z.string(), stack: z.string(), resource: z.string() }),
  /** Where the claim lies: a copy of it elsewhere claims nothing. */
  canonicalPath: z.string().min(1),
  claimedAt: z.string(),
  /** What is being written now; none once the export is finished. */
  attempt: attempt.optional(),
  /** Of the finished export: what it is of, and the manifest that describes it. */
  finished: z.object({ target: exportTarget, manifestSha256: z.string() }).optional(),
});

export type Claim = z.infer<typeof claim>;

export function parseClaim(text: string): Parsed<Claim> {
  return parseRecord(claim, text);
}
