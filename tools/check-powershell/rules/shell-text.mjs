import { findCommand } from "../command-table.mjs";
import { plainText } from "../syntax-tree.mjs";

/**
 * @type {import("../check.mjs").Rule} What a second shell of the process is told to run: a quoted text would not be parsed here, and a
 * command is looked up by its name only there.
 */
export function shellText({ ofKind, functions }, report) {
  for (const node of ofKind("InvokeMemberExpressionAst")) {
    const name = plainText(node.Member)?.toLowerCase();
    const [first] = node.Arguments ?? [];
    if (name === "addscript" && /^(StringConstant|ExpandableString)ExpressionAst$/.test(first?.kind ?? "")) {
      report(first, "unprovable", "AddScript takes the text of a block, { ... }.ToString(): a quoted script is not checked");
    }
    if (name === "addcommand" && !isCommand(plainText(first), functions)) {
      report(first ?? node, "command", "AddCommand takes the plain name of a function of these files, or of a command of both 5.1 and 7");
    }
  }
}

function isCommand(name, functions) {
  return name !== undefined && (functions.has(name.toLowerCase()) || findCommand(name) !== undefined);
}
