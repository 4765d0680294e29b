import type { PlannedExport, RestorePlan } from "../../../domain/tree/restore-plan";
import { type RestoreStep, restoreSteps } from "../../../domain/tree/restore-steps";
import { formatBytes } from "../../../domain/values/byte-size";
import { conditionWords, dateWord, machineOf, nameOf, sizeWord } from "./export-words";
import type { Paint } from "./paint";

/** The verdict, what is needed in its order, the steps with what is known for each, and what of them is proven. */
export function planLines(plan: RestorePlan, paint: Paint): string[] {
  const { line } = plan;
  return [
    ...verdictLines(plan, paint),
    "",
    `What the restore needs, in this order (${sizeWord(line.reduce((sum, { bytes = 0 }) => sum + bytes, 0))}):`,
    ...line.flatMap((one, index) => neededLines(one, index + 1, paint)),
    ...(plan.result === "restorable" ? stepLines(line) : []),
    "",
    "What is known of such a restore:",
    ...plan.proofs.map(({ what, how, isProven }) => `  ${isProven ? "proven  " : paint("unproven", "yellow")}  ${what}: ${how}.`),
  ];
}

function verdictLines({ line, result, instead }: RestorePlan, paint: Paint): string[] {
  const wanted = line.at(-1);
  if (wanted === undefined) return [];
  const what = `${nameOf(wanted)} of ${machineOf(wanted)}, ${dateWord(wanted.date)}`;
  if (result === "restorable") return [`${what}: ${paint("can be restored", "green")}, as far as names, sizes and records tell.`];
  const verdict = result === "lost" ? paint("cannot be restored", "red") : paint("nobody can tell whether it can be restored", "yellow");
  const other = instead === undefined ? "Nothing else of it can be, among what was looked at." : `What can be restored: ${instead}.`;
  return [`${what}: ${verdict}. ${other}`];
}

function neededLines(one: PlannedExport, number: number, paint: Paint): string[] {
  const { word, colour } = conditionWords[one.condition];
  return [
    `${number}. ${one.directory}  ${one.kind ?? "?"}  ${dateWord(one.date)}  ${paint(word, colour)}`,
    ...one.problems.map((problem) => `     ${paint(problem, "red")}`),
    ...one.files.map(({ path, bytes, role }) => `     ${role.padEnd(13)}  ${formatBytes(bytes).padStart(10)}  ${path}`),
  ];
}

function stepLines(line: readonly PlannedExport[]): string[] {
  return [
    "",
    "The steps, as docs/restore.md of the package explains them:",
    ...Object.entries(stepsOf(line)).flatMap(([step, lines]) => [restoreSteps[step as RestoreStep], ...lines.map((text) => `   ${text}`)]),
  ];
}

function stepsOf(line: readonly PlannedExport[]): Readonly<Record<RestoreStep, readonly string[]>> {
  const directories = line.map(({ directory }) => directory);
  const last = line.at(-1);
  const configurations = (last?.files ?? []).filter(({ role }) => role === "configuration").map(({ path }) => path);
  return {
    find: [
      `It is found: ${line.length === 1 ? "the directory" : `the ${line.length} directories`} above. For the commands of step 3, with the paths as the Hyper-V host has them:`,
      `$line = @(${directories.map(powershellText).join(", ")})`,
    ],
    check: [`hyperv-export verify --content ${directories.map(shellText).join(" ")}`],
    join:
      line.length === 1
        ? ["Copy the directory. It stands alone: its disks are whole."]
        : [
            "Copy each directory into a folder of its own, numbered in this order; join each disk with its differences, the last one first.",
          ],
    make:
      configurations.length === 0
        ? ["The last directory holds no configuration: make a new machine around the disks."]
        : [`The configuration of the last directory counts: ${configurations.join(", ")}`],
    look: [`${consistencyWords[last?.consistency ?? "unknown"]} Start it without a network first.`],
  };
}

const consistencyWords = {
  application: "Its programs were quiesced when its point was made.",
  crash: "It starts as after a power cut: its programs were not quiesced.",
  unknown: "Nobody knows whether its programs were quiesced: be ready for a start as after a power cut.",
} as const;

/** A text in single quotes holds everything but these, which are doubled; PowerShell takes typographic ones for the same. */
function powershellText(text: string): string {
  return `'${text.replace(/['‘’‚‛]/g, "$&$&")}'`;
}

function shellText(text: string): string {
  return /^[\w./:\\-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
