import { type ExitCode, exitCodes } from "../exit-codes";
import { absolute, withLocalTrees } from "../local-trees";
import { failureLines } from "../output/error-lines";
import { jsonLines } from "../output/json-lines";
import { listLines } from "../output/list-lines";
import { paintFor } from "../output/paint";
import { printable } from "../output/printable";
import { write } from "../output/write";

export async function list(tree: string, { json }: { readonly json?: true }): Promise<ExitCode> {
  const report = await withLocalTrees((trees) => trees.list([absolute(tree)]));
  if (json) write(process.stdout, jsonLines(report));
  else {
    const shown = printable(report);
    write(process.stdout, listLines(shown, paintFor(process.stdout)));
    write(process.stderr, failureLines(shown.failures));
  }
  return report.failures.length > 0 ? exitCodes.unknown : exitCodes.fine;
}
