import { ExportError } from "../../../domain/errors/export-error";
import { type ExitCode, exitCodes } from "../exit-codes";
import { withTrees } from "../open-trees";
import { failureLines } from "../output/error-lines";
import { jsonLines } from "../output/json-lines";
import { listLines } from "../output/list-lines";
import { paintFor } from "../output/paint";
import { printable } from "../output/printable";
import { write } from "../output/write";

interface Options {
  readonly host?: string;
  readonly json?: true;
}

/** Without a folder the current one is meant; a host has none. */
export async function list(tree: string | undefined, { host, json }: Options): Promise<ExitCode> {
  if (host !== undefined && tree === undefined) throw noTree();
  const report = await withTrees(host, ({ trees, pathOf }) => trees.list([pathOf(tree ?? ".")]));
  if (json) write(process.stdout, jsonLines(report));
  else {
    const shown = printable(report);
    write(process.stdout, listLines(shown, paintFor(process.stdout)));
    write(process.stderr, failureLines(shown.failures));
  }
  return report.failures.length > 0 ? exitCodes.unknown : exitCodes.fine;
}

function noTree(): ExportError {
  const details = { step: "read the command line", subject: "list", reason: "with --host, it must name the folder" };
  return new ExportError("invalid-arguments", { ...details, remedy: "Give the folder's absolute path on the host: list --host HOST D:\\Exports." });
}
