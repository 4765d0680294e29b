import { commonParameters, encodings, switches } from "../command-table.mjs";
import { plainText } from "../syntax-tree.mjs";
import { splattedKeys } from "./splatted-keys.mjs";

/** Commands whose one block is commonly given by its place. */
const takeBlock = new Set(["ForEach-Object", "Where-Object"]);

/**
 * Holds what a command is given against its parameters in 5.1.
 * @param {import("../script.mjs").Script} script
 * @param {import("../syntax-tree.mjs").Node} node
 * @param {{ name: string, parameters: string[] }} command
 * @param {import("../check.mjs").Report} report
 */
export function checkParameters(script, node, command, report) {
  const [, ...elements] = node.CommandElements;
  for (let index = 0; index < elements.length; index++) {
    const element = elements[index];
    if (element.kind === "CommandParameterAst") {
      const name = element.ParameterName;
      checkName(command, name, element, report);
      const next = elements[index + 1];
      const takesNext =
        element.Argument === undefined && !switches.has(name.toLowerCase()) && next !== undefined && next.kind !== "CommandParameterAst";
      const value = element.Argument ?? (takesNext ? next : undefined);
      if (value !== undefined) checkValue(command, name, value, report);
      if (takesNext) index++;
    } else if (element.kind === "VariableExpressionAst" && element.Splatted) {
      const keys = splattedKeys(script, element);
      if (keys === undefined) report(element, "unprovable", "what is splatted is a table with plain keys, written in the same function");
      for (const key of keys ?? []) checkName(command, key.name, key.node, report);
    } else if (!takeBlock.has(command.name) || element.kind !== "ScriptBlockExpressionAst") {
      report(element, "positional", `name the parameter of ${command.name} that this is`);
    }
  }
}

function checkName(command, name, place, report) {
  const all = [...command.parameters, ...commonParameters];
  const lower = name.toLowerCase();
  if (all.some((parameter) => parameter.toLowerCase() === lower)) return;
  const longer = all.filter((parameter) => parameter.toLowerCase().startsWith(lower));
  if (longer.length === 0) report(place, "parameter", `${command.name} has no -${name} in 5.1`);
  else report(place, "parameter", `write -${name} of ${command.name} in full: ${longer.map((parameter) => `-${parameter}`).join(" or ")}`);
}

function checkValue(command, name, value, report) {
  const text = plainText(value);
  if (/^encoding$/i.test(name) && text !== undefined && !encodings.has(text.toLowerCase())) {
    report(value, "parameter", `-Encoding ${text} is not known to 5.1`);
  }
  const isPattern = /^path$/i.test(name) && command.parameters.includes("LiteralPath") && (text === undefined || /[[\]*?]/.test(text));
  if (isPattern) report(value, "wildcard", `-Path of ${command.name} takes [, ] and * in a name for a pattern: use -LiteralPath`);
}
