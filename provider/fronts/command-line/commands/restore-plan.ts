import { type ExitCode, exitCodes } from "../exit-codes";
import { absolute } from "../local-path";
import { withTrees } from "../open-trees";
import { failureLines } from "../output/error-lines";
import { jsonLines } from "../output/json-lines";
import { paintFor } from "../output/paint";
import { planLines } from "../output/plan-lines";
import { printable } from "../output/printable";
import { write } from "../output/write";

const codes = { restorable: exitCodes.fine, lost: exitCodes.damaged, unknown: exitCodes.unknown } as const;

export async function restorePlan(directory: string, tree: string | undefined, { json }: { readonly json?: true }): Promise<ExitCode> {
  const around = tree === undefined ? undefined : absolute(tree);
  const plan = await withTrees(undefined, ({ trees }) => trees.restorePlan(absolute(directory), around));
  if (json) write(process.stdout, jsonLines(plan));
  else {
    const shown = printable(plan);
    write(process.stdout, planLines(shown, paintFor(process.stdout)));
    write(process.stderr, failureLines(shown.failures));
  }
  return codes[plan.result];
}
