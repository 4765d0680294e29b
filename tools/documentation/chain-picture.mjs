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
  const stay = (night) => nights[night].reasons !== undefined;
  const places = (isMeant) => nights.flatMap((made, night) => (isMeant(made, night) ? [at(night)] : []));
  const cells = [
    ties(
      places(({ base }, night) => base && stay(night)),
      ink,
    ),
    gone(
      places((_, night) => !stay(night)),
      ink,
    ),
    squares(
      places(({ base }, night) => stay(night) && base === undefined),
      ink.full,
    ),
    squares(
      places(({ base }, night) => stay(night) && base !== undefined),
      ink.differential,
    ),
    marks(
      places(({ reasons }) => reasons?.some((reason) => typeof reason === "string")),
      ink,
    ),
  ];
  const kept = nights.filter(({ reasons }) => reasons);
  const title = `After ${nights.length} nights: ${kept.length} generations stay, ${nights.length - kept.length} are gone`;
  const about = `fullEvery: ${FULL_EVERY}, keep: { last: ${KEEP.last}, weekly: ${KEEP.weekly}, monthly: ${KEEP.monthly} }`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${title}</title>`,
    `<desc>A column a week, a square a night; ${about}.</desc>`,
    ...days,
    ...months,
    ...cells,
    ...legend(TOP + 7 * STEP + 14, ink),
    text(LEFT, height - 26, title, ink.faint),
    text(LEFT, height - 8, about, ink.faint),
    "</svg>",
    "",
  ].join("\n");
}

/** From a differential generation up to its base, which is the night before. */
function ties(places, ink) {
  const lines = places.map(({ x, y }) => `M${x + CELL / 2} ${y}v-${STEP - CELL}`);
  return `<path d="${lines.join("")}" stroke="${ink.text}" stroke-width="2"/>`;
}

/** The joints of the stroke make the corners round. */
function squares(places, colour) {
  const joint = 6;
  const side = CELL - joint;
  const outlines = places.map(({ x, y }) => `M${x + joint / 2} ${y + joint / 2}h${side}v${side}h-${side}z`);
  return `<path d="${outlines.join("")}" fill="${colour}" stroke="${colour}" stroke-width="${joint}" stroke-linejoin="round"/>`;
}

function gone(places, ink) {
  const outlines = places.map(({ x, y }) => `M${x} ${y}h${CELL}v${CELL}h-${CELL}z`);
  return `<path d="${outlines.join("")}" fill="none" stroke="${ink.gone}" stroke-dasharray="3 2"/>`;
}

function marks(places, ink) {
  const centres = places.map(({ x, y }) => `M${x + CELL / 2} ${y + CELL / 2}h0`);
  return `<path d="${centres.join("")}" stroke="${ink.chosen}" stroke-width="8" stroke-linecap="round"/>`;
}

const ORIGIN = [{ x: 0, y: 0 }];

function legend(y, ink) {
  const entries = [
    ["full", squares(ORIGIN, ink.full)],
    ["differential, needs the one above", squares(ORIGIN, ink.differential)],
    ["chosen by a rule", marks(ORIGIN, ink)],
    ["gone", gone(ORIGIN, ink)],
  ];
  let x = LEFT;
  return entries.map(([name, sign]) => {
    const entry = `<g transform="translate(${x} ${y})"><g transform="scale(0.7)">${sign}</g>${text(22, 12, name, ink.text)}</g>`;
    x += 40 + name.length * 6;
    return entry;
  });
}

function text(x, y, words, colour, anchor = "start") {
  return `<text x="${x}" y="${y}" fill="${colour}" text-anchor="${anchor}">${words}</text>`;
}
