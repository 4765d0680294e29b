import type { ListReport, VerifyReport } from "../../../domain/tree/tree-report";
import type { Format } from "../formats";
import { failureLines } from "./error-lines";
import { jsonLines } from "./json-lines";
import { type Paint, paintFor } from "./paint";
import { printable } from "./printable";
import { prometheusLines } from "./prometheus-lines";
import { write } from "./write";

export interface FormatOptions {
  readonly format?: Format;
  /** Short for the format of that name. */
  readonly json?: true;
}

/** Prints the report in the format that is asked for. What could not be looked at is in the JSON, and else on the standard error. */
export function printReport<Report extends ListReport | VerifyReport>(
  report: Report,
  { json, format = json ? "json" : "text" }: FormatOptions,
  textOf: (shown: Report, paint: Paint) => string[],
): void {
  if (format === "json") {
    write(process.stdout, jsonLines(report));
    return;
  }
  const shown = printable(report);
  // Labels are what they are, or nobody would find the directory: its rules of escaping are the format's own.
  write(process.stdout, format === "prometheus" ? prometheusLines(report, new Date()) : textOf(shown, paintFor(process.stdout)));
  write(process.stderr, failureLines(shown.failures));
}
