import { createHash } from "node:crypto";
import { type JudgedMachine, problemsFirst, type Verdict, verdicts } from "../../../domain/backups/verdict";
import type { ReportedFailure } from "../../../domain/tree/tree-report";
import { formatBytes } from "../../../domain/values/byte-size";
import { dateWord } from "../output/export-words";
import { machineSection } from "./machine-section";
import { html, joined, Markup } from "./markup";
import { style } from "./style";
import { legend } from "./timeline";
import { ageWord, verdictWords } from "./words";

/** What a page shows; texts that are safe to print. */
export interface PageContent {
  readonly machines: readonly JudgedMachine[];
  /** What could not be looked at. */
  readonly failures: readonly ReportedFailure[];
  /** Where it was looked. */
  readonly places: readonly string[];
  readonly host?: string | undefined;
  /** "26h", as it was given. */
  readonly maxAge: string | undefined;
  readonly now: Date;
}

/** A page of a thousand machines is read by a phone: so many rows of backups in all, and at least so many a machine. */
const MOST_ROWS = 12_000;
const FEWEST_ROWS = 7;
const MOST_NAMES = 20;

/** One page that needs nothing else: no script, no network, which its policy forbids, and no folder beside it. */
export function reportPage(content: PageContent): string {
  const { failures, places, host, maxAge, now } = content;
  const machines = problemsFirst(content.machines);
  const rows = Math.max(FEWEST_ROWS, Math.floor(MOST_ROWS / Math.max(1, machines.length)));
  const policy = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'; base-uri 'none'; form-action 'none'`;
  const where = `${places.join(", ")}${host === undefined ? "" : ` on ${host}`}`;
  const limit = maxAge === undefined ? "No limit of age was given." : `No backup may be older than ${maxAge}.`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Backups: ${headline(machines)}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<header>
<h1>Backups of ${machines.length} ${machines.length === 1 ? "machine" : "machines"}</h1>
<p class="soft">As of ${dateWord(now.toISOString())}, in ${where}. By records, names and sizes; contents were not read. ${limit}
</header>
<main>
${summary(machines)}
${failureList(failures)}
${overview(machines)}
${machines.length === 0 ? html`` : legend()}
${joined(machines.map((machine, index) => machineSection(machine, idOf(index), now, rows)))}
</main>
</body>
</html>
`.text;
}

function idOf(index: number): string {
  return `m${index + 1}`;
}

/** The sentence that a person reads first. */
function headline(machines: readonly JudgedMachine[]): string {
  if (machines.length === 0) return "none was found";
  const bad = machines.filter(({ verdict }) => verdict !== "fine").length;
  return bad === 0 ? `all ${machines.length} fine` : `${bad} of ${machines.length} need attention`;
}

/** Which machines have no backup stands in the first line, by name. */
function summary(machines: readonly JudgedMachine[]): Markup {
  if (machines.length === 0) return html`<p class="headline none">✖ No backup was found.`;
  const lines = (Object.keys(verdicts) as Verdict[]).flatMap((verdict) => {
    const all = machines.flatMap((machine, index) => (machine.verdict === verdict ? [{ name: machine.name, id: idOf(index) }] : []));
    if (all.length === 0) return [];
    const names = all.slice(0, MOST_NAMES).map(({ name, id }) => html`<a href="#${id}">${name}</a>`);
    const more = all.length > MOST_NAMES ? ` and ${all.length - MOST_NAMES} more` : "";
    const { sign, word } = verdictWords[verdict];
    // Of those that are well, the number is enough.
    const list = verdict === "fine" ? html`` : html`: ${joined(names, ", ")}${more}`;
    return [html`<p class="headline ${verdict}">${sign} ${all.length} of ${machines.length}: ${word}${list}`];
  });
  return joined(lines);
}

function failureList(failures: readonly ReportedFailure[]): Markup {
  if (failures.length === 0) return html``;
  const lines = failures.map(({ message, remedy, code }) => html`<li>${message}. ${remedy} (${code})\n`);
  return html`<h2 class="old">? Could not be looked at</h2><ul>${lines}</ul>`;
}

function overview(machines: readonly JudgedMachine[]): Markup {
  if (machines.length === 0) return html``;
  return html`<div class="wide"><table><thead><tr><th>Machine<th>State<th>Newest that can be restored<th>Age<th>Size</thead>
${machines.map(({ name, verdict, newest, age, bytes }, index) => {
  const { sign, word } = verdictWords[verdict];
  const date = newest === undefined ? "none" : dateWord(newest.date);
  return html`<tr><td><a href="#${idOf(index)}">${name}</a><td class="${verdict}">${sign} ${word}<td>${date}<td>${age === undefined ? "–" : ageWord(age)}<td>${formatBytes(bytes)}
`;
})}</table></div>`;
}
