import type { HostReport, HostStep } from "../../../domain/look-ups/host-report";
import { type HostStepName, hostSteps } from "../../../domain/look-ups/host-steps";
import { formatDuration } from "../../../domain/values/duration";
import type { Colour, Paint } from "./paint";

const words: Readonly<Record<HostStep["outcome"], { readonly word: string; readonly colour: Colour }>> = {
  fine: { word: "ok", colour: "green" },
  problem: { word: "problem", colour: "red" },
  unreachable: { word: "no answer", colour: "yellow" },
  hung: { word: "hangs", colour: "red" },
  skipped: { word: "skipped", colour: "dim" },
};

const WIDTH = Math.max(...Object.values(words).map(({ word }) => word.length));

/** "look at a directory: D:\Exports" */
export function stepTitle(step: HostStepName, directory: string | undefined): string {
  return directory === undefined ? hostSteps[step].title : `${hostSteps[step].title}: ${directory}`;
}

/** One step of the check list, with what is wrong and what to do. */
export function stepLines({ step, directory, outcome, milliseconds, found, problems }: HostStep, paint: Paint): string[] {
  const { word, colour } = words[outcome];
  const below = " ".repeat(WIDTH + 2);
  const time = outcome === "skipped" ? "" : ` (${timeWord(milliseconds)})`;
  return [
    `${paint(word.padEnd(WIDTH), colour)}  ${stepTitle(step, directory)}${time}`,
    ...(found === undefined ? [] : [below + found]),
    ...problems.flatMap(({ message, remedy, code }) => [below + message, `${below}  What to do: ${remedy}`, `${below}  Code: ${code}`]),
  ];
}

export function verdictLines(report: HostReport, paint: Paint): string[] {
  return ["", verdict(report, paint)];
}

function verdict({ host, result, steps }: HostReport, paint: Paint): string {
  if (result === "healthy") return `${paint("Healthy:", "green")} ${host} has what exports need, as far as was looked.`;
  const [stuck] = steps.filter(({ outcome }) => outcome === "hung");
  const hang = stuck && ` What hangs: ${stepTitle(stuck.step, stuck.directory)}.`;
  if (result === "unknown") return `${paint("Nobody can tell", "yellow")} of ${host}.${hang ?? " It does not answer."}`;
  const number = steps.filter(({ outcome }) => outcome === "problem").reduce((sum, { problems }) => sum + problems.length, 0);
  return `${paint(`${number} ${number === 1 ? "problem" : "problems"}`, "red")} with ${host}.${hang ?? ""}`;
}

/** To a tenth of a second, as formatDuration has none. */
function timeWord(milliseconds: number): string {
  return milliseconds < 1000 ? formatDuration(milliseconds) : `${(milliseconds / 1000).toFixed(1)}s`;
}
