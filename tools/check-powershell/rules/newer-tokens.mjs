/** @type {import("../check.mjs").Rule} Syntax that 5.1 does not know and the tree no longer shows: escapes, numbers, lines that begin with |. */
export function newerTokens({ sources }, report) {
  for (const source of sources) {
    let previous;
    for (const token of source.tokens) {
      const refuse = (what, since) => report({ source, at: token.at }, "newer-syntax", `${what} needs PowerShell ${since}`);
      if (mayHoldEscapes.has(token.kind)) {
        const [, newer] = newerEscape.exec(token.text) ?? [];
        if (newer !== undefined) refuse(`the escape \`${newer}`, "6.0");
      }
      if (token.kind === "Number" && !number51.test(token.text)) refuse(`the number ${token.text}`, "6.2");
      const startsLine = previous !== undefined && previous.kind !== "LineContinuation" && previous.at[2] < token.at[0];
      if (["Pipe", "AndAnd", "OrOr"].includes(token.kind) && startsLine) refuse(`a line that begins with ${token.text}`, "7.0");
      if (!["NewLine", "Comment"].includes(token.kind)) previous = token;
    }
  }
}

const mayHoldEscapes = new Set(["StringExpandable", "HereStringExpandable", "Generic"]);
/** An odd number of backticks, then e or u{. */
const newerEscape = /(?<!`)(?:``)*`(u\{|e)/;
const number51 = /^[-+]?(0x[0-9a-f]+l?|(\d+\.?\d*|\.\d+)(e[-+]?\d+)?[dl]?)([kmgtp]b)?$/i;
