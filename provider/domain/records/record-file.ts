import type { z } from "zod";
import type { Parsed } from "../values/parsed";

/**
 * Reads a claim or manifest. Such a file may have been damaged or forged, so nothing of it is believed before the schema has
 * seen it, and no text whatever makes this throw.
 */
export function parseRecord<T extends z.ZodType>(schema: T, text: string): Parsed<z.infer<T>> {
  let value: unknown;
  try {
    // Drops what would reach an object's prototype; the schema keeps only the keys it names.
    value = JSON.parse(text, (key, inner: unknown) => (key === "__proto__" ? undefined : inner));
  } catch {
    return { ok: false, reason: "it is not JSON" };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const issue = parsed.error.issues[0];
  return { ok: false, reason: `${issue?.path.join(".") || "it"}: ${issue?.message ?? "not as expected"}` };
}

export function recordText(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
