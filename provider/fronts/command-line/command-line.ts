import { Argument, Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { ExportError, isExportError } from "../../domain/errors/export-error";
import { type Part, parsePart } from "../../domain/reference-point-export/portion";
import { parseDuration } from "../../domain/values/duration";
import type * as completing from "./commands/completion";
import type * as examining from "./commands/doctor";
import type * as listing from "./commands/list";
import type * as probing from "./commands/probe";
import type * as reporting from "./commands/report";
import type * as planning from "./commands/restore-plan";
import type * as verifying from "./commands/verify";
import { type ExitCode, exitCodes } from "./exit-codes";
import { formats } from "./formats";
import { HOST_FORMS } from "./host-forms";
import { errorLines } from "./output/error-lines";
import { write } from "./output/write";
import { shells } from "./shells";

/** Reads the words of the command line and does what they say. Whatever comes of it is in the exit code. */
export async function runCommandLine(words: readonly string[], version: string): Promise<void> {
  ignoreClosedPipe();
  try {
    await commands(version).parseAsync([...words], { from: "user" });
  } catch (error) {
    // What it was asked for it has shown: help, a version.
    if (error instanceof CommanderError && error.exitCode === 0) return;
    process.exitCode = exitCodes.unknown;
    write(process.stderr, errorLines(told(error)));
  }
}

/** Each command is loaded when it is called. */
function commands(version: string): Command {
  const all = new Command("hyperv-export")
    .description("Looks at exports of Hyper-V machines, at chains of them and at hosts, without Pulumi.")
    .version(version, "--version", "print the version")
    .helpOption("--help", "say what there is")
    .exitOverride()
    .configureOutput({ outputError: () => {}, writeErr: () => {} })
    .addHelpText(
      "after",
      "\nExit codes: 0 all is well, 1 something is damaged or wrong, 2 something could not be looked at.\nExplained in docs/hyperv-export.md of the package.",
    );
  all
    .command("list")
    .description("what lies in a folder and below it: machine, kind, date, size, base and state, by records, names and sizes")
    .argument("[tree]", "the folder; the current one by default")
    .option("--host <host>", `look at a folder of the host: ${HOST_FORMS}`)
    .option("--json", "print JSON, as --format json does")
    .addOption(formatOption())
    .action(async (tree: string | undefined, options: Parameters<typeof listing.list>[1]) => {
      const { list } = require("./commands/list") as typeof listing;
      end(await list(tree, options));
    });
  all
    .command("verify")
    .description("whether exports and chains are what was exported, by their manifests")
    .argument("<directories...>", "directories of exports or chains, or folders above them")
    .option("--content", "read every file and hold it against its SHA-256; without it names and sizes are looked at")
    .option("--portion <i/n>", "read one part of n: 1/7 to 7/7 read everything once (implies --content)", partOf)
    .option("--host <host>", `look at directories of the host: ${HOST_FORMS}`)
    .option("--json", "print JSON, as --format json does")
    .addOption(formatOption())
    .action(async (directories: string[], options: Parameters<typeof verifying.verify>[1]) => {
      const { verify } = require("./commands/verify") as typeof verifying;
      end(await verify(directories, options));
    });
  all
    .command("restore-plan")
    .description("what a restore of one export needs, in its order, with the steps and what of them is proven; copies nothing")
    .argument("<directory>", "the directory of an export or a generation; of a chain, its newest restorable generation is meant")
    .argument("[tree]", "where the base of a single differential export is looked for; the folder above it by default")
    .option("--json", "print JSON")
    .action(async (directory: string, tree: string | undefined, options: { readonly json?: true }) => {
      const { restorePlan } = require("./commands/restore-plan") as typeof planning;
      end(await restorePlan(directory, tree, options));
    });
  all
    .command("doctor")
    .description("whether a host is fit for exports, as a check list with remedies; changes nothing")
    .requiredOption("--host <host>", `the host: ${HOST_FORMS}`)
    .option("--directory <path>", "a directory of the host to look at, which need not be there; may be given again", added, [])
    .option("--step-timeout <duration>", "how long one step may take before it is said to hang", duration, "30s")
    .option("--json", "print JSON")
    .action(async (options: Parameters<typeof examining.doctor>[0]) => {
      const { doctor } = require("./commands/doctor") as typeof examining;
      end(await doctor(options));
    });
  all
    .command("report")
    .description("writes one HTML page that shows the backups of every machine, problems first")
    .argument("[trees...]", "folders of exports and chains")
    .option("--stack-export <file>", "what pulumi stack export has written: shows what is declared, and when it is due")
    .option("--host <host>", `look at folders of the host: ${HOST_FORMS}`)
    .option("--max-age <duration>", "how old the newest backup of a machine may be, such as 26h", duration)
    .requiredOption("--out <file>", "the page")
    .action(async (trees: string[], options: Parameters<typeof reporting.report>[1]) => {
      const { report } = require("./commands/report") as typeof reporting;
      end(await report(trees, options));
    });
  all
    .command("probe")
    .description("finds out what a host writes, with a test machine that it makes and removes again; without a flag says what it would do")
    .requiredOption("--host <host>", `the host: ${HOST_FORMS}`)
    .option("--directory <path>", "a directory of the host: the test machine and its exports go into a new folder of it")
    .option("--create-and-remove-a-test-machine", "do it")
    .addOption(new Option("--clean", "remove what probes have left that were killed").conflicts("createAndRemoveATestMachine"))
    .option("--out <file>", "the report", "hyperv-export-probe.json")
    .option("--json", "print JSON")
    .action(async (options: Parameters<typeof probing.probe>[0]) => {
      const { probe } = require("./commands/probe") as typeof probing;
      end(await probe(options));
      // Timers of jobs that were cancelled would hold the process for a minute.
      process.stdout.write("", () => process.exit());
    });
  all
    .command("completion")
    .description("prints a script by which a shell completes this command's words")
    .addArgument(new Argument("<shell>", "which one").choices(shells))
    .action((shell: (typeof shells)[number]) => {
      const { completion } = require("./commands/completion") as typeof completing;
      end(completion(shell, all));
    });
  return all;
}

function formatOption(): Option {
  return new Option("--format <format>", "print text, JSON, or metrics for node-exporter's textfile collector")
    .choices(formats)
    .conflicts("json");
}

function added(text: string, before: readonly string[]): string[] {
  return [...before, text];
}

function duration(text: string): string {
  const parsed = parseDuration(text);
  if (parsed.ok) return text;
  throw new InvalidArgumentError(parsed.reason);
}

function end(code: ExitCode): void {
  process.exitCode = code;
}

function partOf(text: string): Part {
  const parsed = parsePart(text);
  if (parsed.ok) return parsed.value;
  throw new InvalidArgumentError(parsed.reason);
}

function told(error: unknown): ExportError {
  if (isExportError(error)) return error;
  const step = "run the command";
  if (!(error instanceof CommanderError)) {
    const reason = error instanceof Error ? error.message : String(error);
    return new ExportError("host-failed", { step, subject: "hyperv-export", reason }, { cause: error });
  }
  // Without a command the library shows what there is, and its error says nothing.
  const reason = error.code === "commander.help" ? "it names no command" : error.message.replace(/^error: /, "").replaceAll("\n", " ");
  const details = { step: "read the command line", subject: "hyperv-export", reason };
  return new ExportError("invalid-arguments", { ...details, remedy: "hyperv-export --help says what there is." });
}

/**
 * Whoever reads the output, as `head` does, may have read enough, and a terminal may be closed (EIO). What was found is in the exit code
 * all the same, and what was begun is put in order.
 */
function ignoreClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
    });
  }
}
