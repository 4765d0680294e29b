import * as path from "node:path";
import { machineBackups } from "../../../domain/backups/machine-backups";
import { type StackBackups, stackBackups } from "../../../domain/backups/stack-backups";
import { type JudgedMachine, judged } from "../../../domain/backups/verdict";
import { ExportError } from "../../../domain/errors/export-error";
import { durationOf } from "../../../domain/reference-point-export/time-limit";
import type { ListReport } from "../../../domain/tree/tree-report";
import { type ExitCode, exitCodes } from "../exit-codes";
import { withTrees } from "../open-trees";
import { failureLines } from "../output/error-lines";
import { printable } from "../output/printable";
import { write } from "../output/write";
import { reportPage } from "../page/report-page";
import { textOfFile } from "../text-file";
import { writeWhole } from "../whole-file";

interface Options {
  readonly host?: string;
  readonly stackExport?: string;
  readonly maxAge?: string;
  readonly out: string;
}

/** Writes the page. The exit code says how the machines stand, so that a timer which renews the page can tell of it, too. */
export async function report(directories: readonly string[], options: Options): Promise<ExitCode> {
  const { host, stackExport, out } = options;
  if (directories.length === 0 && stackExport === undefined) throw nothingNamed();
  const stack = stackExport === undefined ? undefined : readStack(stackExport);
  const found = await withTrees(host, ({ trees, pathOf }) => trees.list(directories.map(pathOf)));
  const now = new Date();
  const maxAge = options.maxAge === undefined ? undefined : durationOf(options.maxAge);
  const failures = [...found.failures, ...(stack?.unreadable ?? []).map(unreadable)];
  const machines = machineBackups(found, stack).map((machine) => judged(machine, now, maxAge));
  const places = [...found.directories, ...(stackExport === undefined ? [] : [`the stack in ${path.basename(stackExport)}`])];
  const shown = printable({ machines, failures, places, host: found.host });
  // A date is a text in JSON.
  const dues = shown.machines.map((machine, index) => ({ ...machine, due: machines[index]?.due }));
  writeWhole(out, reportPage({ ...shown, machines: dues as JudgedMachine[], maxAge: options.maxAge, now }), "write the page");
  write(process.stderr, failureLines(printable(failures)));
  if (machines.some(({ verdict }) => verdict !== "fine" && verdict !== "unknown") || machines.length === 0) return exitCodes.damaged;
  return failures.length > 0 || machines.some(({ verdict }) => verdict === "unknown") ? exitCodes.unknown : exitCodes.fine;
}

function readStack(file: string): StackBackups {
  const step = "read the stack's state";
  const remedy = "Write it with: pulumi stack export --file FILE.";
  let text: string;
  try {
    text = textOfFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ExportError("invalid-arguments", { step, subject: file, reason: `it cannot be read (${code})`, remedy });
  }
  const stack = stackBackups(text);
  if (stack !== undefined) return stack;
  throw new ExportError("invalid-arguments", { step, subject: file, reason: "it is not what pulumi stack export writes", remedy });
}

function unreadable(urn: string): ListReport["failures"][number] {
  const reason = "its directory is secret or missing there";
  const details = { step: "read the stack's state", subject: urn, reason, remedy: "Name the folder of its exports, too." };
  const { code, remedy } = new ExportError("unusable-state", details);
  return { directory: urn, code, message: `could not ${details.step} (${urn}): ${reason}`, remedy };
}

function nothingNamed(): ExportError {
  const details = { step: "read the command line", subject: "report", reason: "it names neither a folder nor a stack's state" };
  return new ExportError("invalid-arguments", { ...details, remedy: "Give the folder of the exports, or --stack-export FILE, or both." });
}
