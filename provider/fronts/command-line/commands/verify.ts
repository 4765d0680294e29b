import type { Part } from "../../../domain/reference-point-export/portion";
import { type ExitCode, exitCodes } from "../exit-codes";
import { withTrees } from "../open-trees";
import { failureLines } from "../output/error-lines";
import { jsonLines } from "../output/json-lines";
import { paintFor } from "../output/paint";
import { printable } from "../output/printable";
import { ProgressLine } from "../output/progress-line";
import { verifyLines } from "../output/verify-lines";
import { write } from "../output/write";
import type { ReachedTrees } from "../reached-trees";

interface Options {
  readonly content?: true;
  readonly portion?: Part;
  readonly host?: string;
  readonly json?: true;
}

const codes = { intact: exitCodes.fine, damaged: exitCodes.damaged, unknown: exitCodes.unknown } as const;

export async function verify(directories: readonly string[], { content, portion, host, json }: Options): Promise<ExitCode> {
  const line = new ProgressLine(process.stderr);
  const part = portion ?? (content && { index: 0, of: 1 });
  const begun = performance.now();
  const progress = (done: number, total: number) => line.show(done, total);
  const look = ({ trees, pathOf }: ReachedTrees) => trees.verify(directories.map(pathOf), { part, progress });
  const report = await withTrees(host, look).finally(() => line.end());
  if (json) write(process.stdout, jsonLines(report));
  else {
    const shown = printable(report);
    write(process.stdout, verifyLines(shown, performance.now() - begun, paintFor(process.stdout)));
    write(process.stderr, failureLines(shown.failures));
  }
  return codes[report.result];
}
