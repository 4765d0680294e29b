import { z } from "zod";

/** Content of the .vmcx that the simulator writes. A real one is binary; this one says all that a restore needs. */
export const exportConfiguration = z.object({
  format: z.literal("hyperv-simulator-export"),
  version: z.literal(1),
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
      /** Bytes of the disk, not of the file. */
      bytes: z.number().int().positive(),
      fileBytes: z.number().int().nonnegative(),
      fileSha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});

export type ExportConfiguration = z.infer<typeof exportConfiguration>;

/** The text's length must be known before the hashes are: a hash is always 64 characters. */
export function configurationText(configuration: ExportConfiguration): string {
  return `${JSON.stringify(configuration, undefined, 2)}\n`;
}
