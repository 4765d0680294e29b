import { WmiError } from "../wmi-error";

export type Token =
  | { readonly kind: "word"; readonly text: string }
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "symbol"; readonly text: string };

const SYMBOLS = ["<>", "!=", "<=", ">=", "=", "<", ">", "(", ")", ",", "*", "{", "}"];

/** Words of a WQL text. In a string only `\\`, `\'` and `\"` are escapes; any other backslash is an error, as in WMI. */
export function tokens(text: string): Token[] {
  const found: Token[] = [];
  for (let rest = text.trimStart(); rest !== ""; rest = rest.trimStart()) {
    // A dot leads into an object that a property holds.
    const word = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*/.exec(rest)?.[0];
    const number = /^-?\d+(?!\w)/.exec(rest)?.[0];
    const literal = /^(?:"((?:[^"\\]|\\["'\\])*)"|'((?:[^'\\]|\\["'\\])*)')/s.exec(rest);
    const symbol = SYMBOLS.find((one) => rest.startsWith(one));
    if (word !== undefined) {
      found.push({ kind: "word", text: word });
      rest = rest.slice(word.length);
    } else if (number !== undefined) {
      found.push({ kind: "number", value: Number(number) });
      rest = rest.slice(number.length);
    } else if (literal !== null) {
      found.push({ kind: "string", text: (literal[1] ?? literal[2] ?? "").replace(/\\(["'\\])/g, "$1") });
      rest = rest.slice(literal[0].length);
    } else if (symbol !== undefined) {
      found.push({ kind: "symbol", text: symbol });
      rest = rest.slice(symbol.length);
    } else {
      throw new WmiError("invalidQuery", `nothing of WQL begins with ${JSON.stringify(rest.slice(0, 20))}`);
    }
  }
  return found;
}
