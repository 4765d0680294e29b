import { z } from "zod";
import { parseDuration } from "../../../domain/values/duration";

/** Milliseconds as a number, 0 included, or text with a unit: "500ms", "2s", "5m", "6h". Undefined when it is neither. */
export function milliseconds(value: number | string): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) && value >= 0 ? value : undefined;
  const parsed = parseDuration(value);
  return parsed.ok ? parsed.value : undefined;
}

export const duration = z.union([z.number(), z.string()]).transform((value, context) => {
  const found = milliseconds(value);
  if (found !== undefined) return found;
  context.addIssue({
    code: "custom",
    message: `expected milliseconds or text with a unit such as "500ms", "2s", "5m"; got ${JSON.stringify(value)}`,
  });
  return z.NEVER;
});
