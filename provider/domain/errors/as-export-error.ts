import { ExportError, isExportError } from "./export-error";

/** The error itself, or one that says that nobody foresaw it: it is a fault of ours, so its stack is the reason. */
export function asExportError(error: unknown): ExportError {
  if (isExportError(error)) return error;
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new ExportError("unexpected", { step: "go on", subject: "a fault of this package", reason }, { cause: error });
}
