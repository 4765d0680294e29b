import { z } from "zod";
import { exportedFile } from "../records/exported-file";
import { failure, reportedExport } from "./tree-report";

const plannedExport = reportedExport.extend({
  files: z.array(exportedFile).describe("Those that are there in their size, the disks first."),
});

/** One directory that a restore needs. */
export type PlannedExport = z.infer<typeof plannedExport>;

/** What `hyperv-export restore-plan --json` prints. */
export const restorePlan = z.object({
  format: z.literal("hyperv-export/restore-plan"),
  version: z.literal(1),
  directory: z.string().describe("What was asked for, as an absolute path."),
  result: z
    .enum(["restorable", "lost", "unknown"])
    .describe("As the exit code says: 0, 1 or 2. Names, sizes and records were looked at, no content."),
  line: z
    .array(plannedExport)
    .describe("All that the restore needs, as far as it is known, in the order in which it is needed: the full export first."),
  instead: z
    .string()
    .optional()
    .describe("Where that cannot be restored: the directory of the newest export of the same machine that can, as far as was looked."),
  way: z.enum(["checkpoint", "referencePoint"]).describe("How it was exported."),
  proofs: z
    .array(z.object({ what: z.string(), how: z.string(), isProven: z.boolean() }))
    .describe("What is known of a restore of what was exported in this way."),
  failures: z.array(failure),
});

export type RestorePlan = z.infer<typeof restorePlan>;
