import { accepted, type Parsed, refused } from "./parsed";

/** Largest first: the order in which a text must name them. */
const units = [
  { name: "d", milliseconds: 86_400_000 },
  { name: "h", milliseconds: 3_600_000 },
  { name: "m", milliseconds: 60_000 },
  { name: "s", milliseconds: 1_000 },
  { name: "ms", milliseconds: 1 },
] as const;

/** Longer than any export; keeps deadlines far from what timers and dates can hold. */
export const MAX_DURATION = 30 * 86_400_000;

const EXPECTED = 'a duration such as "500ms", "20s", "30m", "6h", "2d" or "1h30m", more than 0 and at most 30 days';

/**
 * Reads a duration: whole numbers, each with a unit (`d`, `h`, `m`, `s`, `ms`), every unit at most once, the largest first.
 *
 * @returns Milliseconds, more than 0 and at most {@link MAX_DURATION}.
 */
export function parseDuration(text: string): Parsed<number> {
  if (text === "") return refused(EXPECTED, "empty text");
  // 64 leaves room for every unit with padding zeros; anything longer is not a duration.
  if (text.length > 64) return refused(EXPECTED, "a text that is too long");
  if (/^[0-9]+$/.test(text)) return refused(EXPECTED, "a number without a unit");
  if (!/^([0-9]+[a-z]+)+$/.test(text)) return refused(EXPECTED, "a text of another form");

  let total = 0;
  let next = 0;
  for (const [, amount, name] of text.matchAll(/([0-9]+)([a-z]+)/g)) {
    const position = units.findIndex((unit) => unit.name === name);
    const unit = units[position];
    if (unit === undefined) return refused(EXPECTED, "an unknown unit");
    if (position < next) return refused(EXPECTED, "a unit that is repeated or follows a smaller one");
    next = position + 1;
    total += Number(amount) * unit.milliseconds;
  }
  if (total === 0) return refused(EXPECTED, "a duration of 0");
  if (total > MAX_DURATION) return refused(EXPECTED, "a longer one");
  return accepted(total);
}

/**
 * The shortest text that {@link parseDuration} reads back as the same number of milliseconds: `5400000` is `1h30m`.
 * Fractions are rounded; nothing and less than nothing are `0ms`.
 */
export function formatDuration(milliseconds: number): string {
  if (!(milliseconds >= 0.5)) return "0ms";
  if (!Number.isFinite(milliseconds)) return "for ever";
  let left = Math.round(milliseconds);
  let text = "";
  for (const unit of units) {
    const amount = Math.floor(left / unit.milliseconds);
    if (amount > 0) text += `${amount}${unit.name}`;
    left -= amount * unit.milliseconds;
  }
  return text;
}
