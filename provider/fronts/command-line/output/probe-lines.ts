import type { ProbeCleaning, ProbeReport } from "../../../domain/probe/probe-report";
import { PROBE_DISK, probeSteps } from "../../../domain/probe/probe-steps";
import { formatBytes } from "../../../domain/values/byte-size";
import { formatDuration } from "../../../domain/values/duration";
import type { Paint } from "./paint";

/** What it would do, for a person who has not said that it may. */
export function intentLines(host: string): string[] {
  return [
    `On ${host}, a probe would`,
    ...Object.values(probeSteps).map((step, index) => `  ${index + 1}. ${step}`),
    `The machine has no network and is never started; its disk is a file of ${formatBytes(PROBE_DISK.bytes)}. No other machine is touched.`,
    "Nothing was done.",
  ];
}

const words = { fine: ["ok", "green"], failed: ["failed", "red"], skipped: ["skipped", "dim"] } as const;

export function probeStepLines(
  { step, outcome, milliseconds, code, message, remedy }: ProbeReport["steps"][number],
  paint: Paint,
): string[] {
  const [word, colour] = words[outcome];
  const time = outcome === "skipped" ? "" : ` (${formatDuration(milliseconds)})`;
  const why = message === undefined ? [] : [message, `  What to do: ${remedy}`, `  Code: ${code}`].map((line) => " ".repeat(9) + line);
  return [`${paint(word.padEnd(7), colour)}  ${probeSteps[step]}${time}`, ...why];
}

export function probeVerdict({ result, facts, left, foreign }: ProbeReport, file: string, paint: Paint): string[] {
  const settled = facts.filter((fact) => fact.settled).length;
  const verdict = result === "complete" ? paint("Complete:", "green") : paint("Incomplete:", "red");
  return [
    "",
    ...leftLines({ left, foreign }),
    `${verdict} ${settled} of ${facts.length} open questions are answered. The report is in ${file}, without names of this site. Read it before you give it away: texts of errors are the host's own.`,
    ...(left.length > 0 ? ["Something is left on the host. hyperv-export probe --clean with the same --host removes it."] : []),
  ];
}

export function cleaningLines({ probes }: ProbeCleaning): string[] {
  if (probes.length === 0) return ["No probe has left anything."];
  return probes.flatMap(({ id, removed, ...rest }) => [`probe ${id}`, ...removed.map((what) => `  removed: ${what}`), ...leftLines(rest)]);
}

function leftLines({ left, foreign }: Pick<ProbeReport, "left" | "foreign">): string[] {
  return [...left.map((what) => `  left: ${what}`), ...foreign.map((what) => `  not the probe's, so it stays: ${what}`)];
}
