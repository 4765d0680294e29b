// A chain after some months of nights, drawn by the rules that the provider itself runs on.
import { createRequire } from "node:module";

/** @type {(path: string) => any} */
const load = createRequire(import.meta.url);

const DAY = 86_400_000;
/** A Monday: with a full generation every seven nights each column is one line. */
const FIRST_NIGHT = Date.UTC(2026, 7, 3, 2);
const NIGHTS = 124;
const FULL_EVERY = 7;
const KEEP = { last: 14, daily: 0, weekly: 8, monthly: 12, yearly: 0 };

const CELL = 22;
const STEP = 30;
const LEFT = 48;
const TOP = 34;

const inks = {
  light: { text: "#1f2328", faint: "#818b98", gone: "#d1d9e0", full: "#0550ae", differential: "#80ccff", chosen: "#bf3989" },
  dark: { text: "#f0f6fc", faint: "#9198a1", gone: "#3d444d", full: "#388bfd", differential: "#1f4b7a", chosen: "#ff80c8" },
};

/** @returns {Record<string, string>} SVG text by file name below docs/pictures/ */
export function chainPictures() {
  const nights = playNights();
  return Object.fromEntries(Object.entries(inks).map(([name, ink]) => [`export-chain-${name}.svg`, picture(nights, ink)]));
}

const MACHINE = "the machine";

/** Plays every night: a generation is made, then what no rule keeps goes. */
function playNights() {
  const { planGeneration } = load("../../dist/domain/export-chain/generation/generation-plan.js");
  const { removalOrder, staying } = load("../../dist/domain/export-chain/retention/retention.js");
  let generations = [];
  let stays = new Map();
  const nights = [];
  for (let night = 0; night < NIGHTS; night++) {
    const madeAt = new Date(FIRST_NIGHT + night * DAY).toISOString();
    const plan = planGeneration({
      generations,
      fullEvery: FULL_EVERY,
      virtualMachineId: MACHINE,
      pointsThere: generations.map((each) => each.label),
      diskIds: [],
    });
    const label = madeAt.slice(0, 10);
    const made = { label, madeAt, base: plan.base, virtualMachineId: MACHINE, referencePointId: label, diskIds: [], intact: true };
    nights.push(made);
    generations = [...generations, made];
    stays = staying(generations, KEEP, "UTC");
    const going = new Set(removalOrder(generations, stays));
    generations = generations.filter(({ label }) => !going.has(label));
  }
  return nights.map((made) => ({ ...made, reasons: stays.get(made.label) }));
}

function picture(nights, ink) {
  const columns = Math.ceil(nights.length / 7);
  const width = LEFT + columns * STEP + 8;
  const height = TOP + 7 * STEP + 82;
  const at = (night) => ({ x: LEFT + Math.floor(night / 7) * STEP, y: TOP + (night % 7) * STEP });
  const days = ["Mon", "", "Wed", "", "Fri", "", "Sun"].map((day, row) => text(LEFT - 8, TOP + row * STEP + 15, day, ink.faint, "end"));
  const monthOf = (column) => new Date(FIRST_NIGHT + (column * 7 + 6) * DAY).toLocaleString("en-US", { month: "short", timeZone: "UTC" });
  const months = Array.from({ length: columns }, (_, column) => column)
    .filter((column) => column === 0 || monthOf(column) !== monthOf(column - 1))
    .map((column) => text(LEFT + column * STEP, TOP - 12, monthOf(column), ink.faint));
  const ties = nights.flatMap(({ base, reasons }, night) => (base && reasons ? [tie(at(night), ink)] : []));
  const cells = nights.map(({ base, reasons }, night) => cell(at(night), { isFull: base === undefined, reasons }, ink));
  const kept = nights.filter(({ reasons }) => reasons);
  const title = `After ${nights.length} nights: ${kept.length} generations stay, ${nights.length - kept.length} are gone`;
  const about = `fullEvery: ${FULL_EVERY}, keep: { last: ${KEEP.last}, weekly: ${KEEP.weekly}, monthly: ${KEEP.monthly} }`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${title}</title>`,
    `<desc>A column a week, a square a night; ${about}.</desc>`,
    ...days,
    ...months,
    ...ties,
    ...cells,
    ...legend(TOP + 7 * STEP + 14, ink),
    text(LEFT, height - 26, title, ink.faint),
    text(LEFT, height - 8, about, ink.faint),
    "</svg>",
    "",
  ].join("\n");
}

function cell({ x, y }, { isFull, reasons }, ink) {
  if (reasons === undefined) return square(x, y, `fill="none" stroke="${ink.gone}" stroke-dasharray="3 2"`);
  const body = square(x, y, `fill="${isFull ? ink.full : ink.differential}"`);
  const isChosen = reasons.some((reason) => typeof reason === "string");
  return isChosen ? `${body}<circle cx="${x + CELL / 2}" cy="${y + CELL / 2}" r="4" fill="${ink.chosen}"/>` : body;
}

/** From a differential generation up to its base, which is the night before. */
function tie({ x, y }, ink) {
  const middle = x + CELL / 2;
  return `<path d="M${middle} ${y}V${y - (STEP - CELL)}" stroke="${ink.text}" stroke-width="2"/>`;
}

function legend(y, ink) {
  const entries = [
    ["full", square(0, 0, `fill="${ink.full}"`)],
    ["differential, needs the one above", square(0, 0, `fill="${ink.differential}"`)],
    ["chosen by a rule", `<circle cx="${CELL / 2}" cy="${CELL / 2}" r="4" fill="${ink.chosen}"/>`],
    ["gone", square(0, 0, `fill="none" stroke="${ink.gone}" stroke-dasharray="3 2"`)],
  ];
  let x = LEFT;
  return entries.map(([name, sign]) => {
    const entry = `<g transform="translate(${x} ${y})"><g transform="scale(0.7)">${sign}</g>${text(22, 12, name, ink.text)}</g>`;
    x += 40 + name.length * 6;
    return entry;
  });
}

function square(x, y, paint) {
  return `<rect x="${x}" y="${y}" width="${CELL}" height="${CELL}" rx="4" ${paint}/>`;
}

function text(x, y, words, colour, anchor = "start") {
  return `<text x="${x}" y="${y}" fill="${colour}" text-anchor="${anchor}">${words}</text>`;
}
