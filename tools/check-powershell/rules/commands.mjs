import { aliases, findCommand } from "../command-table.mjs";
import { plainText } from "../syntax-tree.mjs";
import { checkParameters } from "./command-parameters.mjs";
import { checkOwnParameters } from "./function-parameters.mjs";

/** @type {import("../check.mjs").Rule} Every command is one of 5.1 or a function of the script, called by its own name with its own parameters. */
export function commands(script, report) {
  for (const node of script.ofKind("CommandAst")) {
    const [callee] = node.CommandElements;
    const name = plainText(callee);
    if (name === undefined) {
      const isBlock = script.infer(callee)?.full === "System.Management.Automation.ScriptBlock";
      if (!isBlock) report(node, "unprovable", "what is called is no text: name the command, or cast what holds a block to [scriptblock]");
      continue;
    }
    const own = script.functions.get(name.toLowerCase());
    const command = findCommand(name);
    if (own !== undefined) checkOwnParameters(node, own, report);
    else if (command !== undefined) checkParameters(script, node, command, report);
    else if (aliases.has(name.toLowerCase())) report(node, "alias", `${name} is an alias: write the command's name`);
    else report(node, "command", `${name} is no function of these files and no command of both 5.1 and 7`);
  }
}
