import type { ExportError } from "../../../domain/errors/export-error";
import type { ReportedFailure } from "../../../domain/tree/tree-report";
import { printableText } from "./printable";

/** One that ends the command. */
export function errorLines({ code, step, subject, reason, remedy }: ExportError): string[] {
  const message = `could not ${step} (${subject}): ${reason}`;
  return failureLines([{ directory: subject, code, message: printableText(message), remedy: printableText(remedy) }]);
}

/** What could not be looked at. */
export function failureLines(failures: readonly ReportedFailure[]): string[] {
  return failures.flatMap(({ message, remedy, code }) => [message, `  What to do: ${remedy}`, `  Code: ${code}`]);
}
