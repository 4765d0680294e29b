// The reference tables of the documentation, from the tables that the provider itself runs on.
import { createRequire } from "node:module";

/** The tables' own types differ row by row; what is read of them here is the same in every row. @type {(path: string) => any} */
const load = createRequire(import.meta.url);

/** @returns {Record<string, string>} Markdown by the name that the pages' markers give */
export function referenceTables() {
  const { exportProperties } = load("../../dist/domain/reference-point-export/properties.js");
  const { pointProperties } = load("../../dist/domain/reference-point/properties.js");
  const { pointOutputs } = load("../../dist/domain/reference-point/outputs.js");
  const { localHost, simulatorHost, sshHost, winrmHost } = load("../../dist/domain/hosts/host-kinds.js");
  const { lookUps } = load("../../dist/domain/look-ups/look-up-tables.js");
  const { exportOutputs } = load("../../dist/domain/reference-point-export/outputs.js");
  const { errorTable, mayLastForGood } = load("../../dist/domain/errors/error-table.js");
  const { problemTable } = load("../../dist/domain/reference-point-export/problem.js");
  const { returnCodes } = load("../../dist/domain/hyperv/return-codes.js");
  const { chainProperties } = load("../../dist/domain/export-chain/properties.js");
  const { chainOutputs } = load("../../dist/domain/export-chain/outputs.js");
  const { checkpointExportProperties } = load("../../dist/domain/checkpoint-export/properties.js");
  const { checkpointExportOutputs } = load("../../dist/domain/checkpoint-export/outputs.js");
  const { chainProblemTable } = load("../../dist/domain/export-chain/chain-problem.js");
  const { generationConditions } = load("../../dist/domain/export-chain/generation/condition.js");
  const { exportConditions } = load("../../dist/domain/tree/export-condition.js");
  const { restoreProofs } = load("../../dist/domain/tree/restore-steps.js");
  const { fullReasons } = load("../../dist/domain/export-chain/generation/generation-plan.js");
  const { faultTable } = load("../../dist/host/simulator/faults/fault-table.js");
  return {
    arguments: argumentTable(exportProperties),
    "point arguments": argumentTable(pointProperties),
    "simulator host": hostTable(simulatorHost),
    "local host": hostTable(localHost),
    "ssh host": hostTable(sshHost),
    "winrm host": hostTable(winrmHost),
    outputs: outputTable("Output", exportOutputs),
    "point outputs": outputTable("Output", pointOutputs),
    "chain arguments": argumentTable(chainProperties),
    "chain outputs": outputTable("Output", chainOutputs),
    "checkpoint export arguments": argumentTable(checkpointExportProperties),
    "checkpoint export outputs": outputTable("Output", checkpointExportOutputs),
    "chain problems": table(
      ["Code", "Meaning", "The next up"],
      Object.entries(chainProblemTable).map(([name, row]) => [code(name), row.meaning, row.nextUp]),
    ),
    "generation conditions": table(
      ["Condition", "Meaning"],
      Object.entries(generationConditions).map(([name, meaning]) => [code(name), meaning]),
    ),
    "export conditions": table(
      ["Condition", "Meaning"],
      Object.entries(exportConditions).map(([name, meaning]) => [code(name), meaning]),
    ),
    "restore proofs": table(
      ["What", "How it is known"],
      restoreProofs.map(({ what, how, isProven }) => [what, isProven ? how : `**unproven**: ${how}`]),
    ),
    "full reasons": table(
      ["`reason`", "Because"],
      Object.entries(fullReasons).map(([name, meaning]) => [code(name), meaning]),
    ),
    ...Object.fromEntries(
      Object.entries(lookUps).flatMap(([name, { arguments: properties, results }]) => [
        [`${inWords(name)} arguments`, hostTable(properties)],
        [`${inWords(name)} result`, outputTable("Result", results)],
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

function argumentTable(properties) {
  return table(
    ["Argument", "Type", "Default", "A change", "Meaning"],
    Object.entries(properties)
      .filter(([, property]) => !property.internal)
      .map(([name, property]) => [
        code(name),
        code(property.type),
        defaultOf(property),
        property.onChangeText ?? property.onChange,
        property.meaning,
      ]),
  );
}

function hostTable(properties) {
  return table(
    ["Argument", "Type", "Default", "Meaning"],
    Object.entries(properties).map(([name, property]) => [code(name), code(property.type), defaultOf(property), property.meaning]),
  );
}

function outputTable(head, outputs) {
  return table(
    [head, "Type", "Meaning"],
    Object.entries(outputs).map(([name, output]) => [
      code(name),
      code(output.type) + (output.unit ? ` (${output.unit})` : ""),
      output.meaning,
    ]),
  );
}

/** "get virtual machines", as the pages' markers name it. */
function inWords(name) {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
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
