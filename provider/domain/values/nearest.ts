const MOST_LISTED = 10;
/** A longer text is no slip of a name, and comparing it takes long. */
const LONGEST = 200;

/** The names, the one most like the text first; of equal ones, in the order given. */
export function nearest(text: string, names: readonly string[]): string[] {
  const asked = plain(text);
  const ranked = names.map((name, index) => ({ name, index, distance: distance(asked, plain(name)) }));
  return ranked.sort((a, b) => a.distance - b.distance || a.index - b.index).map(({ name }) => name);
}

/** "a", "b" and 7 more: the candidates for a name that is not there, the one most like it first. */
export function listNearest(text: string, names: readonly string[]): string {
  const listed = nearest(text, [...new Set(names)]);
  const rest = listed.length - MOST_LISTED;
  const shown = listed.slice(0, MOST_LISTED).map((name) => `"${name}"${times(names.filter((one) => one === name).length)}`);
  return shown.join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

function times(count: number): string {
  if (count < 2) return "";
  return count === 2 ? " (twice)" : ` (${count} times)`;
}

/** What tells a name from a text that looks the same; undefined where they look different. */
export function hiddenDifference(text: string, name: string): string | undefined {
  const [a, b] = [text.toLowerCase(), name.toLowerCase()];
  if (a === b) return undefined;
  if (a.normalize("NFC") === b.normalize("NFC")) return "only in its Unicode form (NFC or NFD: an accent in one character or two)";
  if (plain(text) === plain(name)) return "only in white space, or in characters that do not show or look the same";
  return undefined;
}

/** Without case, compatibility forms, white space and what does not show. */
function plain(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s\p{C}]+/gu, "")
    .slice(0, LONGEST);
}

/** Changes of one character (Levenshtein) that make one text the other. */
function distance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const changed = (above[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(changed, (above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    above = current;
  }
  return above[b.length] ?? 0;
}
