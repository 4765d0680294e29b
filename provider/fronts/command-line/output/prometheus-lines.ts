import { ageOf } from "../../../domain/backups/age";
import type { ListReport, ReportedExport, VerifyReport } from "../../../domain/tree/tree-report";

interface Sample {
  readonly labels: Readonly<Record<string, string | undefined>>;
  readonly value: number | undefined;
}

/**
 * The text format that node-exporter's textfile collector reads: all samples of a metric together, below what it means. What nobody can tell
 * has no sample, but for an export of which nobody can tell whether it is intact: monitoring must hear of that one.
 */
export function prometheusLines(report: ListReport | VerifyReport, now: Date): string[] {
  const { chains, exports, failures, host } = report;
  const all: readonly Sample["labels"][] = [
    ...chains.flatMap((chain) => chain.generations.map((one) => labelsOf(one, host, chain.directory))),
    ...exports.map((one) => labelsOf(one, host)),
  ];
  const reported = [...chains.flatMap(({ generations }) => generations), ...exports];
  const each = (told: (one: ReportedExport) => number | undefined): Sample[] =>
    reported.map((one, index) => ({ labels: all[index] ?? {}, value: told(one) }));
  return [
    ...metric(
      "hyperv_export_intact",
      "Whether the export and all that it continues are as they were made, as far as was looked: 1, or 0 where not, or where nobody can tell.",
      each(({ condition }) => (condition === "intact" ? 1 : 0)),
    ),
    ...metric(
      "hyperv_export_age_seconds",
      "Time since the point of the export was made, or since a single export was complete, when this was written.",
      each(({ date }) => secondsSince(date, now)),
    ),
    ...metric(
      "hyperv_export_bytes",
      "Sum of the sizes of the export's files, as recorded.",
      each(({ bytes }) => bytes),
    ),
    ...metric(
      "hyperv_export_chain_record_intact",
      "Whether the record of the chain can be read and holds no contradiction: 1, or 0 where not.",
      chains.map((chain) => ({
        labels: { host, directory: chain.directory, machine: chain.virtualMachineName, machine_id: chain.virtualMachineId },
        value: chain.problems.length === 0 ? 1 : 0,
      })),
    ),
    ...metric("hyperv_export_look_failures", "How many directories could not be looked at.", [
      { labels: { host }, value: failures.length },
    ]),
    ...metric("hyperv_export_look_timestamp_seconds", "When this was written, since 1970.", [
      { labels: { host }, value: Math.floor(now.getTime() / 1000) },
    ]),
  ];
}

function labelsOf(
  { directory, label, virtualMachineName, virtualMachineId, kind }: ReportedExport,
  host: string | undefined,
  chain?: string,
): Sample["labels"] {
  return { host, machine: virtualMachineName, machine_id: virtualMachineId, directory, kind, chain, label };
}

function secondsSince(date: string | undefined, now: Date): number | undefined {
  const age = ageOf(date, now);
  return age === undefined ? undefined : Math.round(age / 1000);
}

function metric(name: string, help: string, samples: readonly Sample[]): string[] {
  const lines = samples.flatMap(({ labels, value }) => (value === undefined ? [] : [`${name}${labelText(labels)} ${value}`]));
  return lines.length === 0 ? [] : [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...lines];
}

function labelText(labels: Sample["labels"]): string {
  const pairs = Object.entries(labels).flatMap(([name, value]) => (value === undefined ? [] : [`${name}="${escaped(value)}"`]));
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
