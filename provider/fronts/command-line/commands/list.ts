import { ExportError } from "../../../domain/errors/export-error";
import { type ExitCode, exitCodes } from "../exit-codes";
import { withTrees } from "../open-trees";
import { listLines } from "../output/list-lines";
import { type FormatOptions, printReport } from "../output/print-report";

interface Options extends FormatOptions {
  readonly host?: string;
}

/** Without a folder the current one is meant; a host has none. */
export async function list(tree: string | undefined, options: Options): Promise<ExitCode> {
  const { host } = options;
  if (host !== undefined && tree === undefined) throw noTree();
  const report = await withTrees(host, ({ trees, pathOf }) => trees.list([pathOf(tree ?? ".")]));
  printReport(report, options, listLines);
  return report.failures.length > 0 ? exitCodes.unknown : exitCodes.fine;
}

function noTree(): ExportError {
  const details = { step: "read the command line", subject: "list", reason: "with --host, it must name the folder" };
  return new ExportError("invalid-arguments", {
    ...details,
    remedy: "Give the folder's absolute path on the host: list --host HOST D:\\Exports.",
  });
}
