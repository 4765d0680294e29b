import { z } from "zod";
import type { PathRules } from "../paths/path-rules";
import { hasRelativeForm, withRelativePaths } from "../paths/relative-path";
import type { Parsed } from "../values/parsed";
import { attempt } from "./attempt";
import { exportTarget } from "./export-target";
import { parseRecord } from "./record-file";

export const claimFormat = "hyperv-reference-point-export/claim";

/** The finished export: what it is of, the manifest that describes it, and what was made for it, relative to the directory. */
const finished = z.object({
  target: exportTarget,
  manifestSha256: z.string(),
  files: z.array(z.string().refine(hasRelativeForm)).default([]),
  /** Folders that the job made and wrote nothing into. */
  emptyFolders: z.array(z.string().refine(hasRelativeForm)).default([]),
});

export type FinishedExport = z.infer<typeof finished>;

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
  finished: finished.optional(),
});

export type Claim = z.infer<typeof claim>;

/** @param paths the rules of the host that the claim lies on */
export function parseClaim(text: string, paths: Pick<PathRules, "isRelative">): Parsed<Claim> {
  return withRelativePaths(parseRecord(claim, text), paths, ({ attempt, finished }) => [
    ...(finished ? [...finished.files, ...finished.emptyFolders] : []),
    ...(attempt ? [...attempt.named.map(({ path }) => path), ...(attempt.files ?? []), ...(attempt.moving ?? [])] : []),
  ]);
}
