import type { Part } from "../../../domain/reference-point-export/portion";
import { type ExitCode, exitCodes } from "../exit-codes";
import { withTrees } from "../open-trees";
import { type FormatOptions, printReport } from "../output/print-report";
import { ProgressLine } from "../output/progress-line";
import { verifyLines } from "../output/verify-lines";
import type { ReachedTrees } from "../reached-trees";

interface Options extends FormatOptions {
  readonly content?: true;
  readonly portion?: Part;
  readonly host?: string;
}

const codes = { intact: exitCodes.fine, damaged: exitCodes.damaged, unknown: exitCodes.unknown } as const;

export async function verify(directories: readonly string[], options: Options): Promise<ExitCode> {
  const { content, portion, host } = options;
  const line = new ProgressLine(process.stderr);
  const part = portion ?? (content && { index: 0, of: 1 });
  const begun = performance.now();
  const progress = (done: number, total: number) => line.show(done, total);
  const look = ({ trees, pathOf }: ReachedTrees) => trees.verify(directories.map(pathOf), { part, progress });
  const report = await withTrees(host, look).finally(() => line.end());
  printReport(report, options, (shown, paint) => verifyLines(shown, performance.now() - begun, paint));
  return codes[report.result];
}
