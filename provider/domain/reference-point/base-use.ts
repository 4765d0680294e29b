import { z } from "zod";
import { parseRecord, recordText } from "../records/record-file";

const format = "pulumi-hyperv-reference-point/base-use";

/** The note of one export that was made as the difference to a point. Whether it still is, its directory tells. */
const baseUse = z.object({
  format: z.literal(format),
  version: z.literal(1),
  directory: z.string().min(1),
  /** By it the export is found again beside its directory, where somebody has given that another name. */
  exportId: z.string().min(1),
});

export type BaseUse = Pick<z.infer<typeof baseUse>, "directory" | "exportId">;

export function baseUseText({ directory, exportId }: BaseUse): string {
  return recordText({ format, version: 1, directory, exportId });
}

/** What a note says; undefined for a text that is no note. */
export function baseUseOf(text: string): BaseUse | undefined {
  const parsed = parseRecord(baseUse, text);
  return parsed.ok ? parsed.value : undefined;
}
