import { z } from "zod";
import { fileRoles } from "../hyperv/file-extensions";
import { isSafeRelativePath } from "../paths/relative-path";

/** One file of an export, as manifest and outputs list it. */
export const exportedFile = z.object({
  /** Relative to the export directory, forward slashes. */
  path: z.string().refine(isSafeRelativePath, "is no safe relative path"),
  bytes: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
  /** Lower-case hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  role: z.enum(fileRoles),
});

export type ExportedFile = z.infer<typeof exportedFile>;
