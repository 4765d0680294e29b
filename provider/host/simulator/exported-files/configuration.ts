import { z } from "zod";

/** One file beside the configuration, as the export wrote it. */
const writtenFile = z.object({
  /** Relative to the export directory, forward slashes. */
  path: z.string(),
  bytes: z.number().int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** Content of the configuration file that the simulator writes. A real one is binary; this one says all that a restore needs. */
export const exportConfiguration = z.object({
  format: z.literal("hyperv-simulator-export"),
  version: z.literal(2),
  virtualMachine: z.object({ id: z.string(), name: z.string() }),
  referencePoint: z.object({
    id: z.string(),
    kind: z.enum(["rct", "log"]),
    consistency: z.enum(["application", "crash"]),
    createdAt: z.string(),
  }),
  baseReferencePoint: z.string().nullable(),
  disks: z.array(
    z.object({
      instanceId: z.string(),
      name: z.string(),
      folder: z.string().nullable(),
      /** Bytes of the disk, not of the file. */
      bytes: z.number().int().positive(),
      file: writtenFile,
    }),
  ),
  /** Runtime state and guest state. */
  machineFiles: z.array(writtenFile),
});

export type ExportConfiguration = z.infer<typeof exportConfiguration>;
export type WrittenFile = z.infer<typeof writtenFile>;

/** How every configuration begins, whatever its file is called. */
export const CONFIGURATION_START = '{\n  "format": "hyperv-simulator-export"';

/** The text's length must be known before the hashes are: a hash is always 64 characters. */
export function configurationText(configuration: ExportConfiguration): string {
  return `${JSON.stringify(configuration, undefined, 2)}\n`;
}
