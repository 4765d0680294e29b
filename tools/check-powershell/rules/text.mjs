/** @type {import("../check.mjs").Rule} The text itself: it parses, and every reader takes its bytes for the same characters. */
export function text({ sources }, report) {
  for (const source of sources) {
    for (const { at, message } of source.errors) report({ source, at }, "parse", message);
    source.text.split("\n").forEach((line, index) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them
      const column = line.search(/[^\x00-\x7f]/);
      if (column >= 0)
        report({ source, at: [index + 1, column + 1] }, "ascii", "only ASCII: 5.1 reads other characters in the code page of its machine");
    });
  }
}
