import type { Backup } from "../../../domain/backups/machine-backups";
import { type JudgedMachine, momentOf } from "../../../domain/backups/verdict";
import { html, joined, type Markup } from "./markup";
import { type Mark, markOf, markWords } from "./words";

const WIDTH = 600;
const MARGIN = 10;
const MIDDLE = 14;
const FLOOR = 58;
const TALLEST = 26;

/** Figures differ by their form. Drawn around the middle, each as a part of one path: a page of a thousand machines stays small. */
const figures: Readonly<Record<Mark | "due", (x: string) => string>> = {
  full: (x) => `M${x} ${MIDDLE - 6}m-6 0h12v12h-12z`,
  differential: (x) => `M${x} ${MIDDLE}h0`,
  damaged: (x) => `M${x} ${MIDDLE}m-5-5l10 10m0-10l-10 10`,
  missing: (x) => `M${x} ${MIDDLE - 5}m-5 0h10v10h-10z`,
  unclear: (x) => `M${x} ${MIDDLE - 7}l6 7-6 7-6-7z`,
  due: (x) => `M${x} ${MIDDLE + 5}l-6-10h12z`,
};

/** Backups by their dates, with their sizes below. The table tells the same in words, so readers of screens are spared it. */
export function timeline({ backups, due }: JudgedMachine, now: Date): Markup {
  const dated = backups.flatMap((backup) => {
    const at = momentOf(backup);
    return at === undefined ? [] : [{ backup, at }];
  });
  if (dated.length === 0) return html``;
  const moments = [...dated.map(({ at }) => at), now.getTime(), ...(due ? [due.getTime()] : [])];
  const [first, last] = [Math.min(...moments), Math.max(...moments)];
  const placeOf = (at: number) => short(MARGIN + ((at - first) / Math.max(1, last - first)) * (WIDTH - 2 * MARGIN));
  const drawn = (mark: Mark) => dated.filter(({ backup }) => markOf(backup) === mark).map(({ at }) => figures[mark](placeOf(at)));
  const paths = [
    ...(Object.keys(markWords) as Mark[]).map((mark) => path(mark, drawn(mark))),
    path("due", due ? [figures.due(placeOf(due.getTime()))] : []),
    path("bars", barsOf(dated, placeOf)),
    path("now", [`M${placeOf(now.getTime())} 2V${FLOOR}`]),
  ];
  return html`<svg viewBox="0 0 ${WIDTH} ${FLOOR + 2}" aria-hidden="true">${joined(paths, "")}</svg>`;
}

/** The signs of the timeline, each with its word. */
export function legend(): Markup {
  const sign = (name: Mark | "due", word: string) =>
    html`<li><svg viewBox="0 0 28 28" aria-hidden="true">${path(name, [figures[name]("14")])}</svg> ${word}`;
  const marks = (Object.keys(markWords) as Mark[]).map((mark) => sign(mark, markWords[mark]));
  return html`<ul class="legend">${marks}${sign("due", "when the next one is due")}<li>The line is now; the bars below are sizes.</ul>`;
}

function barsOf(dated: readonly { readonly backup: Backup; readonly at: number }[], placeOf: (at: number) => string): string[] {
  const largest = Math.max(1, ...dated.map(({ backup: { bytes = 0 } }) => bytes));
  return dated.flatMap(({ backup: { bytes = 0 }, at }) =>
    bytes > 0 ? [`M${placeOf(at)} ${FLOOR}v-${short(Math.max(1, (bytes / largest) * TALLEST))}`] : [],
  );
}

function path(name: string, parts: readonly string[]): Markup {
  return parts.length === 0 ? html`` : html`<path class="${name}" d="${parts.join("")}"/>`;
}

function short(number: number): string {
  return String(Math.round(number * 10) / 10);
}
