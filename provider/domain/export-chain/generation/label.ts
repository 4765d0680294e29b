import { windowsNameProblems } from "../../paths/windows-name";
import { accepted, type Parsed, refused } from "../../values/parsed";

/** Leaves room for what {@link freeLabel} adds, and keeps the state's line of a generation within 120 bytes. */
const LONGEST_DECLARED = 36;
const LONGEST = 40;

const EXPECTED = `a label of 1 to ${LONGEST_DECLARED} letters, digits, dots, dashes and underscores that begins with a letter or digit, such as "2026-11-28"`;

/** A generation's name as the program gives it: a word that is safe as the name of a directory on any host. */
export function parseLabel(text: string): Parsed<string> {
  if (text === "") return refused(EXPECTED, "empty text");
  if (text.length > LONGEST_DECLARED) return refused(EXPECTED, "a longer text");
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(text)) return refused(EXPECTED, "a text of another form");
  // The chain's own record and what a killed write of it leaves lie beside the generations.
  if (/^export-chain/i.test(text)) return refused(EXPECTED, 'one that begins with "export-chain", as the chain\'s own record does');
  const [problem] = windowsNameProblems(text);
  return problem === undefined ? accepted(text) : refused(EXPECTED, `one that ${problem}`);
}

/** A label as a record holds it. */
export function isRecordedLabel(text: string): boolean {
  return text.length <= LONGEST && parseLabel(text.slice(0, LONGEST_DECLARED)).ok && /^[A-Za-z0-9._-]+$/.test(text) && !text.endsWith(".");
}

/** The label, or with "-2", "-3" behind it where a generation has it already: one that is damaged is made anew under another name. */
export function freeLabel(label: string, taken: readonly string[]): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? label : `${label}-${number}`;
    if (!taken.some((other) => isSameLabel(other, name))) return name;
  }
}

/** Letter case tells no labels apart, on any host: a chain may be copied to one that takes both for the same. */
export function isSameLabel(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
