import { z } from "zod";
import { fileRoles } from "../hyperv/file-extensions";
import { hasRelativeForm } from "../paths/relative-path";

/** One file of an export, as manifest and outputs list it. */
export const exportedFile = z.object({
  /** Relative to the export directory, forward slashes. */
  path: z.string().refine(hasRelativeForm, "is no path below a directory"),
  bytes: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
  /** Lower-case hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  role: z.enum(fileRoles),
});

export type ExportedFile = z.infer<typeof exportedFile>;
