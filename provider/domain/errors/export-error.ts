import { type ErrorCode, errorTable } from "./error-table";

export interface ErrorDetails {
  /** What failed, as a verb phrase: "claim the export directory". */
  readonly step: string;
  /** On what: a path, a machine, a job. */
  readonly subject: string;
  /** Why. */
  readonly reason: string;
  /** Better than the table's remedy. */
  readonly remedy?: string;
}

/** An error for a person. Test `code`, never the text or the class: it may come from another copy of the package. */
export class ExportError extends Error {
  override readonly name = "ExportError";
  readonly step: string;
  readonly subject: string;
  readonly reason: string;
  readonly remedy: string;

  constructor(
    readonly code: ErrorCode,
    details: ErrorDetails,
    options?: ErrorOptions,
  ) {
    const remedy = details.remedy ?? errorTable[code].remedy;
    super(`could not ${details.step} (${details.subject}): ${details.reason}\n  What to do: ${remedy}\n  Code: ${code}`, options);
    this.step = details.step;
    this.subject = details.subject;
    this.reason = details.reason;
    this.remedy = remedy;
  }
}

export function isExportError(error: unknown): error is ExportError {
  return typeof error === "object" && error !== null && "code" in error && Object.hasOwn(errorTable, String(error.code));
}
