import { accepted, type Parsed, refused } from "./parsed";

const binaryUnits = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

const bytesPerUnit: ReadonlyMap<string, number> = new Map([
  ...binaryUnits.map((unit, power): [string, number] => [unit, 1024 ** power]),
  ...["KB", "MB", "GB", "TB"].map((unit, index): [string, number] => [unit, 1000 ** (index + 1)]),
]);

const EXPECTED = 'a size such as "512MiB", "20GiB" or "1.5TB" (units B, KiB, MiB, GiB, TiB, KB, MB, GB, TB)';

/**
 * Reads a size: a number, which may have a fraction, and a unit, with at most one space between them. Units are spelt exactly,
 * because "Gb" and "mb" mean other things to some people.
 *
 * @returns Whole bytes, rounded, 0 or more.
 */
export function parseByteSize(text: string): Parsed<number> {
  if (text === "") return refused(EXPECTED, "empty text");
  if (text.length > 40) return refused(EXPECTED, "a text that is too long");
  const match = /^([0-9]+(?:\.[0-9]+)?)(?: ?([A-Za-z]+))?$/.exec(text);
  if (match === null) return refused(EXPECTED, "a text of another form");
  const [, amount, unit] = match;
  if (unit === undefined) return refused(EXPECTED, "a number without a unit");
  const factor = bytesPerUnit.get(unit);
  if (factor === undefined) return refused(EXPECTED, "an unknown unit (upper and lower case differ)");
  const bytes = Math.round(Number(amount) * factor);
  // Above it a number no longer holds every byte count.
  if (!Number.isSafeInteger(bytes)) return refused(EXPECTED, "a size beyond 8191 TiB");
  return accepted(bytes);
}

/** Bytes for people, in binary units with at most one decimal: `1.2 GiB`, `512 B`. Never a fraction of a byte. */
export function formatBytes(bytes: number): string {
  if (!(bytes > 0)) return "0 B";
  let amount = Math.round(bytes);
  let unit = 0;
  // Compared after rounding, so that a hair below 1 GiB reads "1 GiB", not "1024 MiB".
  while (unit < binaryUnits.length - 1 && oneDecimal(amount) >= 1024) {
    amount /= 1024;
    unit += 1;
  }
  return `${oneDecimal(amount)} ${binaryUnits[unit]}`;
}

function oneDecimal(amount: number): number {
  return Math.round(amount * 10) / 10;
}
