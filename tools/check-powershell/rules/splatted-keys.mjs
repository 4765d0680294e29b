import { plainText } from "../syntax-tree.mjs";
import { placeOf } from "../variables.mjs";

/**
 * The keys of a table that is splatted, where the text of its function tells all of them: those of the table's text and those that are
 * set afterwards.
 * @param {import("../script.mjs").Script} script
 * @param {import("../syntax-tree.mjs").Node} splatted
 * @returns {{ name: string, node: import("../syntax-tree.mjs").Node }[] | undefined}
 */
export function splattedKeys({ variables, ofKind }, splatted) {
  const tables = variables.givenTo(splatted).map(({ value }) => tableOf(value));
  if (tables.length === 0 || tables.includes(undefined)) return undefined;
  const keys = [...tables.flatMap((table) => table.KeyValuePairs.map(([key]) => key)), ...setAfterwards(ofKind, splatted)];
  const named = keys.map((node) => ({ name: plainText(node), node }));
  return named.every(({ name }) => name !== undefined) ? named : undefined;
}

function tableOf(value) {
  const inner = value?.kind === "CommandExpressionAst" ? value.Expression : value;
  return inner?.kind === "HashtableAst" ? inner : undefined;
}

function setAfterwards(ofKind, splatted) {
  const place = placeOf(splatted);
  const isIt = (node) => {
    const other = placeOf(node);
    return node.kind === "VariableExpressionAst" && other.name === place.name && other.scope === place.scope;
  };
  return ofKind("AssignmentStatementAst").flatMap(({ Left: left }) => {
    if (left.kind === "MemberExpressionAst" && isIt(left.Expression)) return [left.Member];
    return left.kind === "IndexExpressionAst" && isIt(left.Target) ? [left.Index] : [];
  });
}
