/**
 * A node of PowerShell's syntax tree: the properties of its class, with nodes in place of nodes, and type names as the parser read them.
 * @typedef {{ kind: string, parent?: Node, source: Source, at: number[], [property: string]: any }} Node  at: line, column, last line
 *
 * @typedef {object} Source
 * @property {string} path
 * @property {string} text
 * @property {{ at: number[], message: string }[]} errors
 * @property {Node[]} nodes  the first is the whole file
 * @property {{ kind: string, text: string, at: number[] }[]} tokens
 */

/**
 * Puts the tree together that parse.ps1 wrote as a list.
 * @param {string} path
 * @param {string} text
 * @param {{ errors: any[], nodes: any[], tokens: any[] }} parsed
 * @returns {Source}
 */
export function plantTree(path, text, { errors, nodes, tokens }) {
  const resolve = (value) => {
    if (Array.isArray(value)) return value.map(resolve);
    return typeof value === "object" && value !== null && "node" in value ? nodes[value.node] : value;
  };
  const source = { path, text, errors, nodes, tokens };
  for (const node of nodes) {
    for (const [property, value] of Object.entries(node)) if (property !== "at") node[property] = resolve(value);
    if ("parent" in node) node.parent = nodes[node.parent];
    node.source = source;
  }
  return source;
}

/**
 * The nodes around a node, the nearest first.
 * @param {Node} node
 */
export function* ancestors(node) {
  for (let outer = node.parent; outer !== undefined; outer = outer.parent) yield outer;
}

/**
 * The text of an expression that is a plain word or a quoted text without variables.
 * @param {Node | undefined} node
 * @returns {string | undefined}
 */
export function plainText(node) {
  return node?.kind === "StringConstantExpressionAst" ? node.Value : undefined;
}
