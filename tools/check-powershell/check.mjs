import { bans } from "./rules/bans.mjs";
import { changedMeaning } from "./rules/changed-meaning.mjs";
import { commands } from "./rules/commands.mjs";
import { instanceMembers } from "./rules/instance-members.mjs";
import { newerSyntax } from "./rules/newer-syntax.mjs";
import { newerTokens } from "./rules/newer-tokens.mjs";
import { shellText } from "./rules/shell-text.mjs";
import { staticMembers } from "./rules/static-members.mjs";
import { text } from "./rules/text.mjs";
import { typeNames } from "./rules/type-names.mjs";
import { readScript } from "./script.mjs";

const rules = [text, newerSyntax, newerTokens, typeNames, staticMembers, instanceMembers, commands, shellText, changedMeaning, bans];

/**
 * @typedef {{ path: string, line: number, column: number, rule: string, message: string }} Finding
 * @typedef {(script: import("./script.mjs").Script, report: Report) => void} Rule
 * @typedef {(place: { source: import("./syntax-tree.mjs").Source, at: number[] }, rule: string, message: string) => void} Report
 */

/**
 * What stands in the way of these files, joined to one script, running on Windows PowerShell 5.1 as they do on PowerShell 7.
 * @param {import("./syntax-tree.mjs").Source[]} sources
 * @returns {Finding[]}
 */
export function check(sources) {
  /** @type {Map<string, Finding>} */
  const findings = new Map();
  /** @type {Report} */
  const report = ({ source: { path }, at: [line, column] }, rule, message) => {
    findings.set(`${path}:${line}:${column} ${rule}`, { path, line, column, rule, message });
  };
  const script = readScript(sources);
  for (const rule of rules) rule(script, report);
  return [...findings.values()].sort((a, b) => a.path.localeCompare(b.path) || a.line - b.line || a.column - b.column);
}
