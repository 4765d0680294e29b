import { inferenceOf } from "./inference.mjs";
import { variablesOf } from "./variables.mjs";

/** @typedef {import("./syntax-tree.mjs").Node} Node */
/** @typedef {ReturnType<typeof readScript>} Script */

/**
 * Files that will be one script: what one of them declares, the others may use.
 * @param {import("./syntax-tree.mjs").Source[]} sources
 */
export function readScript(sources) {
  const nodes = sources.flatMap((source) => source.nodes);
  /** @type {Map<string, Node[]>} */
  const byKind = new Map();
  for (const node of nodes) byKind.set(node.kind, [...(byKind.get(node.kind) ?? []), node]);
  /** @param {string[]} kinds */
  const ofKind = (...kinds) => kinds.flatMap((kind) => byKind.get(kind) ?? []);

  const functions = new Map(ofKind("FunctionDefinitionAst").map((node) => [unscoped(node.Name), node]));
  const ownTypes = new Map(ofKind("TypeDefinitionAst").map((node) => [node.Name.toLowerCase(), node]));
  const ownMembers = new Set(ofKind("FunctionMemberAst", "PropertyMemberAst").map((node) => node.Name.toLowerCase()));
  const variables = variablesOf(ofKind);
  return { sources, ofKind, functions, ownTypes, ownMembers, variables, infer: inferenceOf(variables) };
}

/** @param {string} name  of a function: "script:Get-It" is called by "Get-It" */
function unscoped(name) {
  return name.replace(/^(script|global|local|private):/i, "").toLowerCase();
}
