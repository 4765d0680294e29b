// The reference tables of the documentation, from the tables that the provider itself runs on.
import { createRequire } from "node:module";

/** The tables' own types differ row by row; what is read of them here is the same in every row. @type {(path: string) => any} */
const load = createRequire(import.meta.url);

/** @returns {Record<string, string>} Markdown by the name that the pages' markers give */
export function referenceTables() {
  const { exportProperties } = load("../../dist/domain/reference-point-export/properties.js");
  const { localHost, simulatorHost, sshHost } = load("../../dist/domain/hosts/host-kinds.js");
  const { exportOutputs } = load("../../dist/domain/reference-point-export/outputs.js");
  const { errorTable, mayLastForGood } = load("../../dist/domain/errors/error-table.js");
  const { problemTable } = load("../../dist/domain/reference-point-export/problem.js");
  const { returnCodes } = load("../../dist/domain/hyperv/return-codes.js");
  const { faultTable } = load("../../dist/host/simulator/faults/fault-table.js");
  return {
    arguments: table(
      ["Argument", "Type", "Default", "A change", "Meaning"],
      Object.entries(exportProperties)
        .filter(([, property]) => !property.internal)
        .map(([name, property]) => [
          code(name),
          code(property.type),
          defaultOf(property),
          property.onChangeText ?? property.onChange,
          property.meaning,
        ]),
    ),
    "simulator host": hostTable(simulatorHost),
    "local host": hostTable(localHost),
    "ssh host": hostTable(sshHost),
    outputs: table(
      ["Output", "Type", "Meaning"],
      Object.entries(exportOutputs).map(([name, output]) => [
        code(name),
        code(output.type) + (output.unit ? ` (${output.unit})` : ""),
        output.meaning,
      ]),
    ),
    errors: table(
      ["Code", "Meaning", "What to do"],
      Object.entries(errorTable).map(([name, row]) => [
        code(name),
        row.meaning,
        row.remedy + (mayLastForGood(name) ? " Only if it is gone for good: [give it up](#giving-an-export-up)." : ""),
      ]),
    ),
    problems: table(
      ["Code", "Meaning", "The next up"],
      Object.entries(problemTable).map(([name, row]) => [code(name), row.meaning, row.nextUp]),
    ),
    "return codes": table(
      ["Code", "Label", "Tried again"],
      returnCodes.map((row) => [String(row.code), row.label, row.transient ? "yes, until the timeout" : "no"]),
    ),
    faults: table(
      ["Fault", "Parameters", "What happens"],
      faultTable.map((row) => [code(row.name), Object.keys(row.parameters).map(code).join(", ") || "none", row.sentence]),
    ),
  };
}

/**
 * The page's text with every generated part replaced; what stands outside the markers is left alone.
 * @param {{ name: string, text: string }} page
 * @param {Record<string, string>} tables
 */
export function withTables({ name: file, text }, tables) {
  return text.replace(/<!-- table: ([a-z ]+) -->\n[\s\S]*?<!-- end -->/g, (_whole, name) => {
    const markdown = tables[name];
    if (markdown === undefined)
      throw new Error(`${file} asks for the table "${name}", and there is none of that name. Correct the marker.`);
    return `<!-- table: ${name} -->\n${markdown}\n<!-- end -->`;
  });
}

function hostTable(properties) {
  return table(
    ["Argument", "Type", "Default", "Meaning"],
    Object.entries(properties).map(([name, property]) => [code(name), code(property.type), defaultOf(property), property.meaning]),
  );
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function code(text) {
  return `\`${text}\``;
}

function defaultOf({ required, defaultText, default: value }) {
  if (defaultText !== undefined) return defaultText;
  if (value !== undefined) return code(typeof value === "string" ? `"${value}"` : JSON.stringify(value));
  return required ? "required" : "none";
}
