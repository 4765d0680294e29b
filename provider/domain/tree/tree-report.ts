import { z } from "zod";
import { type ExportCondition, exportConditions } from "./export-condition";

const conditions = Object.keys(exportConditions) as [ExportCondition, ...ExportCondition[]];

/** One export, by itself or as a generation of a chain. What nobody can tell of it is left out. */
export const reportedExport = z.object({
  directory: z.string().describe("Where it lies: an absolute path, links resolved."),
  label: z.string().optional().describe("Of a generation: its name in the chain."),
  virtualMachineName: z.string().optional().describe("The machine's name when the export was made."),
  virtualMachineId: z.string().optional().describe("GUID of the machine."),
  kind: z.enum(["full", "differential"]).optional(),
  consistency: z.enum(["application", "crash", "unknown"]).optional().describe("ConsistencyLevel of the point."),
  date: z.string().optional().describe("ISO 8601: when the point of a generation was made; when a single export was complete."),
  bytes: z.number().int().nonnegative().optional().describe("Sum of its files' sizes, as recorded."),
  referencePointId: z.string().optional().describe("The exported point. Of a single export of a checkpoint: the checkpoint."),
  baseReferencePointId: z.string().optional().describe("Of a single differential export: the point that it continues."),
  base: z.string().optional().describe("Of a differential export: the directory of the export that it continues, where that is known."),
  condition: z.enum(conditions).describe("Only what is intact can be restored beyond doubt."),
  problems: z.array(z.string()).describe("What is wrong, a sentence each, with a code in front."),
  warnings: z.array(z.string()).describe("What is no damage but worth knowing."),
});

export type ReportedExport = z.infer<typeof reportedExport>;

const reportedChain = z.object({
  directory: z.string(),
  chainId: z.string().optional(),
  virtualMachineName: z.string().optional(),
  virtualMachineId: z.string().optional(),
  copyOf: z.string().optional().describe("Where its record says that it lies: it was moved or copied since."),
  problems: z.array(z.string()).describe("What is wrong with the chain's record."),
  warnings: z.array(z.string()),
  generations: z.array(reportedExport).describe("In the order in which they were made."),
});

export type ReportedChain = z.infer<typeof reportedChain>;

export const failure = z.object({
  directory: z.string().describe("What could not be looked at."),
  code: z.string().describe("Stable; docs/errors.md lists them."),
  message: z.string(),
  remedy: z.string(),
});

export type ReportedFailure = z.infer<typeof failure>;

const tree = {
  version: z.literal(1),
  host: z.string().optional().describe("With --host: the host that was asked, as errors name it. All paths are its own."),
  directories: z.array(z.string()).describe("What was asked for, as absolute paths."),
  chains: z.array(reportedChain),
  exports: z.array(reportedExport).describe("Those that no chain lists."),
  failures: z.array(failure),
};

/** What `hyperv-export list --json` prints. */
export const listReport = z.object({ format: z.literal("hyperv-export/list"), ...tree });

export type ListReport = z.infer<typeof listReport>;

/** What `hyperv-export verify --json` prints. */
export const verifyReport = z.object({
  format: z.literal("hyperv-export/verify"),
  ...tree,
  result: z.enum(["intact", "damaged", "unknown"]).describe("As the exit code says: 0, 1 or 2."),
  content: z
    .object({
      portion: z.string().describe("Which part was read: 1/1 is everything."),
      files: z.number().int().nonnegative(),
      bytes: z.number().int().nonnegative(),
    })
    .optional()
    .describe("What was read and held against its SHA-256; absent where only names and sizes were looked at."),
});

export type VerifyReport = z.infer<typeof verifyReport>;
