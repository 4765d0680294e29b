import { accepted, type Parsed, refused } from "../values/parsed";

/** How much of an export one refresh reads: one part of `of`. */
export interface Portion {
  readonly of: number;
}

const MAX_PORTIONS = 1000;
const EXPECTED = `a portion "1/n" with n from 1 to ${MAX_PORTIONS}, such as "1/7"`;
const PART_EXPECTED = `a part "i/n" with n from 1 to ${MAX_PORTIONS} and i from 1 to n, such as "3/7"`;

/** Reads "1/n": each refresh reads one part of n, so n refreshes read everything once. */
export function parsePortion(text: string): Parsed<Portion> {
  if (text === "") return refused(EXPECTED, "empty text");
  const match = /^([0-9]{1,9})\/([0-9]{1,9})$/.exec(text);
  if (match === null) return refused(EXPECTED, "a text of another form");
  if (Number(match[1]) !== 1) return refused(EXPECTED, "a portion that does not begin with 1");
  const of = Number(match[2]);
  if (of < 1 || of > MAX_PORTIONS) return refused(EXPECTED, "an n outside these bounds");
  return accepted({ of });
}

/** Which of the portions is meant. */
export interface Part extends Portion {
  /** From 0 to `of` - 1. */
  readonly index: number;
}

/** Reads "i/n", the part i of n: n looks at the parts 1/n to n/n read everything once, whoever keeps count of them. */
export function parsePart(text: string): Parsed<Part> {
  const match = /^([0-9]{1,4})\/([0-9]{1,4})$/.exec(text);
  const [number, of] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null) return refused(PART_EXPECTED, "a text of another form");
  if (of < 1 || of > MAX_PORTIONS) return refused(PART_EXPECTED, "an n outside these bounds");
  if (number < 1 || number > of) return refused(PART_EXPECTED, "an i outside these bounds");
  return accepted({ index: number - 1, of });
}

/**
 * The files of portion `index` of `of`, largest first. Portions 0 to of - 1 hold every file exactly once, whatever order the files
 * come in, and differ by no more bytes than the largest file has.
 *
 * @throws RangeError when `of` is no whole number above 0 or `index` none from 0 to of - 1: a fault of the caller.
 */
export function portionOf<File extends { readonly path: string; readonly bytes: number }>(
  files: readonly File[],
  of: number,
  index: number,
): File[] {
  if (!Number.isInteger(of) || of < 1) throw new RangeError("There must be at least one portion.");
  if (!Number.isInteger(index) || index < 0 || index >= of) throw new RangeError("A portion's index must be from 0 to of - 1.");

  const portions = Array.from({ length: of }, () => ({ bytes: 0, files: [] as File[] }));
  for (const file of [...files].sort(largestFirst)) {
    // Equal bytes: the one with fewer files, so that empty files spread too.
    const lightest = portions.reduce((best, portion) =>
      portion.bytes < best.bytes || (portion.bytes === best.bytes && portion.files.length < best.files.length) ? portion : best,
    );
    lightest.bytes += file.bytes;
    lightest.files.push(file);
  }
  return portions[index]?.files ?? [];
}

/** Ties by code units, not by locale: the assignment must not differ between machines. */
function largestFirst(a: { path: string; bytes: number }, b: { path: string; bytes: number }): number {
  if (a.bytes !== b.bytes) return b.bytes - a.bytes;
  if (a.path === b.path) return 0;
  return a.path < b.path ? -1 : 1;
}
