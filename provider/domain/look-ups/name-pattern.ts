import { foldWindowsCase } from "../paths/windows-path";

/** Whether the text means any number of names: "*" stands for any characters or none, "?" for one. */
export function isPattern(text: string): boolean {
  return /[*?]/.test(text);
}

/**
 * Whether the whole name fits, in any letter case. Each text is gone through once for each star at most, never once for each way to divide
 * the name among the stars.
 */
export function fitsPattern(pattern: string, name: string): boolean {
  const wanted = characters(pattern);
  const given = characters(name);
  let [at, from] = [0, 0];
  let star = -1;
  let starFrom = 0;
  while (from < given.length) {
    if (wanted[at] === "*") {
      star = at++;
      starFrom = from;
    } else if (at < wanted.length && (wanted[at] === "?" || wanted[at] === given[from])) {
      at++;
      from++;
    } else if (star >= 0) {
      // The last star takes one character more. An earlier one need not: what lay between them fits as it is.
      at = star + 1;
      from = ++starFrom;
    } else return false;
  }
  while (wanted[at] === "*") at++;
  return at === wanted.length;
}

/** Half a surrogate pair is no character that a "?" could stand for. */
function characters(text: string): string[] {
  return [...foldWindowsCase(text)];
}
