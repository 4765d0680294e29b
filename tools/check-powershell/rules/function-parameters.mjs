import { commonParameters } from "../command-table.mjs";
import { ancestors } from "../syntax-tree.mjs";

/**
 * Holds what a function of the script is given against its parameters: a simple function takes a misspelt one without a word.
 * @param {import("../syntax-tree.mjs").Node} node
 * @param {import("../syntax-tree.mjs").Node} own
 * @param {import("../check.mjs").Report} report
 */
export function checkOwnParameters(node, own, report) {
  const parameters = own.Parameters ?? own.Body.ParamBlock?.Parameters ?? [];
  const names = parameters.map((parameter) => parameter.Name.VariablePath.toLowerCase());
  const isAdvanced = (own.Body.ParamBlock?.Attributes ?? []).some((attribute) => /^CmdletBinding$/i.test(attribute.TypeName.name));
  const known = new Set([...names, ...(isAdvanced ? commonParameters.map((name) => name.toLowerCase()) : [])]);

  const [, ...elements] = node.CommandElements;
  for (const element of elements) {
    if (element.kind === "CommandParameterAst" && !known.has(element.ParameterName.toLowerCase())) {
      report(element, "parameter", `${own.Name} has no -${element.ParameterName}`);
    }
  }
  const isSplatted = elements.some((element) => element.Splatted);
  const plain = elements.filter((element, index) => {
    const before = elements[index - 1];
    return element.kind !== "CommandParameterAst" && !(before?.kind === "CommandParameterAst" && before.Argument === undefined);
  });
  if (!isSplatted && plain.length > names.length && !usesArgs(own)) {
    report(node, "arguments", `${own.Name} takes ${names.length} arguments, not ${plain.length}`);
  }
}

function usesArgs(own) {
  return own.source.nodes.some(
    (node) => node.kind === "VariableExpressionAst" && node.VariablePath.toLowerCase() === "args" && [...ancestors(node)].includes(own),
  );
}
