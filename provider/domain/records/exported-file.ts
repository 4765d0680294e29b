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

/** Of these paths, those that no manifest can hold: unsafe ones, and those that differ from another by letter case alone. */
export function unlistable(paths: readonly string[]): string[] {
  const times = new Map<string, number>();
  for (const path of paths) times.set(path.toLowerCase(), (times.get(path.toLowerCase()) ?? 0) + 1);
  return paths.filter((path) => !isSafeRelativePath(path) || times.get(path.toLowerCase()) !== 1);
}

export type ExportedFile = z.infer<typeof exportedFile>;
