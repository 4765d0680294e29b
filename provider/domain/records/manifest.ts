import { z } from "zod";
import type { PathRules } from "../paths/path-rules";
import { withRelativePaths } from "../paths/relative-path";
import type { Parsed } from "../values/parsed";
import { sha256Of } from "../values/sha256";
import type { FinishedExport } from "./claim";
import { type ExportTarget, exportedDisk, ofCheckpoint } from "./export-target";
import { exportedFile } from "./exported-file";
import { parseRecord, recordText } from "./record-file";
import { filesInFacts, restoreFacts } from "./restore-facts";

export const manifestFormat = "hyperv-reference-point-export/manifest";

const manifestFields = z.object({
  format: z.literal(manifestFormat),
  version: z.literal(1),
  exportId: z.string().min(1).max(100),
  virtualMachineId: z.string().min(1),
  virtualMachineName: z.string(),
  /** Of a checkpoint: its own id. What point it has become, the record of its chain tells. */
  referencePointId: z.string().min(1),
  baseReferencePointId: z.string().min(1).optional(),
  kind: z.enum(["full", "differential"]),
  consistency: z.enum(["application", "crash", "unknown"]),
  /** Instance ids that the program named; empty: every disk of the point. */
  disksToExport: z.array(z.string()),
  /** The disks that the export holds. */
  disks: z.array(exportedDisk),
  checkpoint: ofCheckpoint.optional(),
  /** ISO 8601. */
  startedAt: z.string(),
  completedAt: z.string(),
  totalBytes: z.number().int().nonnegative(),
  warnings: z.array(z.string()),
  /** Absent in manifests of before it was written. */
  restore: restoreFacts.optional(),
  files: z.array(exportedFile).refine((files) => new Set(files.map(({ path }) => path)).size === files.length, "names a file twice"),
});

/** Describes a finished export: the file beside it that a person, a restore or another stack can trust. */
export const manifest = manifestFields.refine(
  ({ files, restore }) => restore === undefined || filesInFacts(restore).every((named) => files.some(({ path }) => path === named)),
  { path: ["restore"], message: "names a file that it does not list" },
);

export type Manifest = z.infer<typeof manifest>;

export function targetOf(manifest: Manifest): ExportTarget {
  const { virtualMachineId, virtualMachineName, referencePointId, baseReferencePointId, consistency, disksToExport, disks, checkpoint } =
    manifest;
  const base = baseReferencePointId !== undefined && { baseReferencePointId };
  const target = { virtualMachineId, virtualMachineName, referencePointId, ...base, consistency, disksToExport, disks };
  return { ...target, ...(checkpoint && { checkpoint }) };
}

/** @param paths the rules of the host that the manifest lies on */
export function parseManifest(text: string, paths: Pick<PathRules, "isRelative">): Parsed<Manifest> {
  return withRelativePaths(parseRecord(manifest, text), paths, ({ files }) => files.map(({ path }) => path));
}

/** What a claim says of the finished export that the manifest describes. */
export function finishedBy(manifest: Manifest, emptyFolders: readonly string[] = []): FinishedExport {
  const files = manifest.files.map(({ path }) => path);
  return { target: targetOf(manifest), manifestSha256: manifestDigest(manifest), files, emptyFolders: [...emptyFolders] };
}

/** SHA-256 of the manifest's file, by which claim and state vouch for it. */
export function manifestDigest(manifest: Manifest): string {
  return sha256Of(recordText(manifest));
}
