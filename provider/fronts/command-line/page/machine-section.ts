import type { Backup } from "../../../domain/backups/machine-backups";
import { type JudgedMachine, verdicts } from "../../../domain/backups/verdict";
import { exportConditions } from "../../../domain/tree/export-condition";
import { formatBytes } from "../../../domain/values/byte-size";
import { dateWord, sizeWord } from "../output/export-words";
import { html, type Markup } from "./markup";
import { timeline } from "./timeline";
import { ageWord, changeWord, verdictWords } from "./words";

/** All of one machine: how it stands, when, how much, and which dates can be restored. */
export function machineSection(machine: JudgedMachine, id: string, now: Date, mostRows: number): Markup {
  const { name, verdict, backups, chains } = machine;
  const { sign, word } = verdictWords[verdict];
  return html`<section id="${id}">
<h2>${name} <span class="${verdict}">${sign} ${word}</span></h2>
<p>${verdicts[verdict]} ${whenOf(machine, now)}
<p>${sizesOf(machine)}
${chains.map(({ directory, problems, copyOf }) => chainLines(directory, problems, copyOf))}${timeline(machine, now)}
${backups.length === 0 ? html`<p>No backup of it lies in what was looked at.` : table(backups, mostRows)}
</section>`;
}

export function whenOf({ newest, age, due }: JudgedMachine, now: Date): string {
  const old = age === undefined ? "" : `, ${ageWord(age)} old`;
  const last = newest === undefined ? "" : `Newest that can be restored: ${dateWord(newest.date)}${old}.`;
  if (due === undefined) return last;
  const at = dateWord(due.toISOString());
  const late = now.getTime() - due.getTime();
  return `${last} ${late > 0 ? `Overdue since ${at}, by ${ageWord(late)}.` : `Next one due: ${at}.`}`.trim();
}

function sizesOf({ backups, bytes, growth: { full, difference } }: JudgedMachine): string {
  const number = `${backups.length} ${backups.length === 1 ? "backup" : "backups"}, ${formatBytes(bytes)} in all.`;
  const before = full?.before;
  const grown =
    full === undefined
      ? ""
      : before === undefined
        ? ` Full: ${formatBytes(full.last)}.`
        : ` Full: ${formatBytes(full.last)}, ${changeWord(before, full.last)} on the one before (${formatBytes(before)}).`;
  return `${number}${grown}${difference === undefined ? "" : ` Differential: ${formatBytes(difference)} on average.`}`;
}

function chainLines(directory: string, problems: readonly string[], copyOf: string | undefined): Markup {
  const copy = copyOf === undefined ? "" : `, made in ${copyOf}`;
  return html`<p class="soft">Chain in ${directory}${copy}${problems.map((problem) => html`<p class="lost">✖ ${problem}`)}
`;
}

/** The newest ones, and of the older ones those that are lost; what is left out is counted. */
function table(backups: readonly Backup[], mostRows: number): Markup {
  const newestFirst = [...backups].reverse();
  const older = newestFirst.slice(mostRows);
  const lost = older.filter(({ condition }) => condition !== "intact").slice(0, mostRows);
  const left = older.filter((backup) => !lost.includes(backup));
  return html`<div class="wide"><table><thead><tr><th>Date<th>Kind<th>Size<th>Can be restored now<th>Where</thead>
${[...newestFirst.slice(0, mostRows), ...lost].map(row)}</table></div>${leftOut(left)}`;
}

function row(backup: Backup): Markup {
  const { date, kind, bytes, label, directory } = backup;
  return html`<tr><td>${dateWord(date)}<td>${kind ?? "?"}<td>${sizeWord(bytes)}<td>${answer(backup)}<td>${label ?? directory}
`;
}

function answer({ condition, problems, isFromStack }: Backup): Markup {
  const by = isFromStack ? " (as the stack's last run has seen it)" : "";
  if (condition === "intact") return html`✔ yes${by}`;
  const why = problems[0] === undefined ? "" : ` ${problems[0]}`;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  if (condition === "unknown") return html`<span class="unknown">? ${exportConditions[condition]}</span>${why}${more}${by}`;
  return html`<span class="lost">✖ no: ${exportConditions[condition]}</span>${why}${more}${by}`;
}

function leftOut(left: readonly Backup[]): Markup {
  const [newest] = left;
  const oldest = left.at(-1);
  if (newest === undefined || oldest === undefined) return html``;
  const restorable = left.filter(({ condition }) => condition === "intact").length;
  return html`<p class="soft">And ${left.length} older, from ${dateWord(oldest.date)} to ${dateWord(newest.date)}: ${restorable} can be restored.`;
}
