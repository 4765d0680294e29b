import { ExportError } from "../errors/export-error";
import { parseDuration } from "../values/duration";

/** Milliseconds. Check has validated the text; a state that was edited by hand falls back to what check would have said. */
export function durationOf(text: string): number {
  const parsed = parseDuration(text);
  if (parsed.ok) return parsed.value;
  throw new ExportError("invalid-arguments", { step: "read the timeouts", subject: "timeouts", reason: parsed.reason });
}
