import { errorTable } from "../../provider/domain/errors/error-table";
import { isExportError } from "../../provider/domain/errors/export-error";

/** A person can act on the error: it says what failed, on what, why, and what to do. */
export function errorProblems(error: unknown): string[] {
  if (error === undefined) return [];
  if (!isExportError(error)) return [`no ExportError: ${error instanceof Error ? error.stack : error}`];
  const empty = (["step", "subject", "reason", "remedy"] as const).filter((name) => !error[name]);
  if (!Object.hasOwn(errorTable, error.code)) empty.push("step");
  return empty.map((name) => `the error has no ${name}: ${error.message}`);
}
