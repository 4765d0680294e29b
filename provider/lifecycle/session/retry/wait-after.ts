import { ExportError } from "../../../domain/errors/export-error";
import type { Operation } from "../operation";

/** Waits before the next try of what the host refuses for now, for as long as there is time. */
export async function waitAfter(operation: Operation, tried: number, refused: ExportError, step: string, subject: string): Promise<void> {
  if (operation.isOver()) throw outOfTime(operation, step, subject, refused);
  await operation.backOff(tried, `the host refuses for now: ${refused.reason}`);
  if (operation.isOver()) throw outOfTime(operation, step, subject, refused);
}

function outOfTime(operation: Operation, step: string, subject: string, last: ExportError): ExportError {
  const { reason, remedy } = operation.timedOut(step, subject);
  const told = `${reason}; the last try ended with: ${last.reason}`;
  // Where it is known what stands in the way, more time is of no use.
  const isKnown = last.code !== "method-refused" && last.code !== "job-failed";
  const details = { step, subject, reason: told, remedy: isKnown ? last.remedy : remedy };
  return new ExportError(isKnown ? last.code : "timed-out", details, { cause: last });
}
