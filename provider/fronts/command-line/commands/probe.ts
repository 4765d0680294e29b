import * as fs from "node:fs";
import * as path from "node:path";
import { ExportError } from "../../../domain/errors/export-error";
import { type HostInput, hostName } from "../../../domain/hosts/host-input";
import { withoutNames } from "../../../domain/probe/without-names";
import { CallJournal, Probes } from "../../../lifecycle/probes";
import { OpenHosts } from "../../open-hosts";
import { type ExitCode, exitCodes } from "../exit-codes";
import { hostOf, hostPath } from "../host-option";
import { jsonLines } from "../output/json-lines";
import { paintFor } from "../output/paint";
import { printable } from "../output/printable";
import { cleaningLines, intentLines, probeStepLines, probeVerdict } from "../output/probe-lines";
import { write } from "../output/write";
import { writeWhole } from "../whole-file";

interface Options {
  readonly host: string;
  readonly directory?: string;
  readonly createAndRemoveATestMachine?: true;
  readonly clean?: true;
  readonly out: string;
  readonly json?: true;
}

export async function probe(options: Options): Promise<ExitCode> {
  const host = hostOf(options.host);
  if (options.clean) return clean(host, options);
  if (options.createAndRemoveATestMachine) return probeHost(host, options);
  write(process.stdout, intentLines(hostName(host)));
  throw wrongUse("it names neither --create-and-remove-a-test-machine nor --clean", "Give --directory and the flag to let it be done.");
}

async function probeHost(host: HostInput, { directory, out, json }: Options): Promise<ExitCode> {
  if (directory === undefined) throw wrongUse("it names no --directory", "Give the absolute path of a directory of the host.");
  requireWritable(out);
  const journal = new CallJournal();
  const hosts = new OpenHosts((one) => journal.around(one));
  const paint = paintFor(process.stdout);
  const letGo = stopOnSignal(journal);
  try {
    const { report, names } = await new Probes(hosts).probe(host, hostPath(hosts, host, directory), journal, {
      began: () => {},
      ended: (step) => {
        if (!json) write(process.stdout, probeStepLines(printable(step), paint));
      },
    });
    const cleared = withoutNames(report, names);
    try {
      writeWhole(out, `${jsonLines(cleared).join("\n")}\n`, "write the report");
    } catch (error) {
      // What was learnt, and what is left, is told nowhere else.
      write(process.stdout, jsonLines(cleared));
      throw error;
    }
    write(process.stdout, json ? jsonLines(cleared) : probeVerdict(printable(report), out, paint));
    if (report.result === "complete") return exitCodes.fine;
    const [look] = report.steps;
    return isUnseen(look?.code) ? exitCodes.unknown : exitCodes.damaged;
  } finally {
    letGo();
    await hosts.close();
  }
}

async function clean(host: HostInput, { json }: Options): Promise<ExitCode> {
  const hosts = new OpenHosts();
  try {
    const cleaning = await new Probes(hosts).clean(host);
    write(process.stdout, json ? jsonLines(cleaning) : cleaningLines(printable(cleaning)));
    return cleaning.probes.some(({ left }) => left.length > 0) ? exitCodes.damaged : exitCodes.fine;
  } finally {
    await hosts.close();
  }
}

/** The first one ends the probe's work and lets it put all in order; a second one ends the process, and --clean does the rest. */
function stopOnSignal(journal: CallJournal): () => void {
  const letGo = () => {
    for (const signal of signals) process.removeListener(signal, stop);
  };
  const stop = () => {
    journal.stop();
    write(process.stderr, ["Stopped. What was made is being removed; press again to leave it to probe --clean."]);
    letGo();
    // A terminal that is closed says so twice: the system does, and the shell that ran in it.
    process.on("SIGHUP", () => {});
  };
  for (const signal of signals) process.on(signal, stop);
  return letGo;
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Whether the first step has failed before anything was learnt of the host. */
function isUnseen(code: string | undefined): boolean {
  return code !== undefined && ["host-unreachable", "connection-lost", "timed-out", "invalid-arguments"].includes(code);
}

/** Looked at before anything is made: in the end it would be too late. */
function requireWritable(file: string): void {
  try {
    fs.accessSync(path.dirname(path.resolve(file)), fs.constants.W_OK);
    if (fs.statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
  } catch (error) {
    const reason = `it cannot be written (${(error as NodeJS.ErrnoException).code})`;
    throw wrongUse(reason, "Name a file in a folder that is there and may be written to.", file);
  }
}

function wrongUse(reason: string, remedy: string, subject = "probe"): ExportError {
  return new ExportError("invalid-arguments", { step: "read the command line", subject, reason, remedy });
}
