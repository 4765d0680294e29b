import { accepting } from "./parameter-lists.mjs";
import { ancestors, plainText } from "./syntax-tree.mjs";
import { methodsOf, propertyOf, resolveTypeName, typeEntry, typeOfShortName } from "./type-table.mjs";

/** @typedef {import("./syntax-tree.mjs").Node} Node */
/** @typedef {import("./type-table.mjs").Type & { isCom?: boolean }} Type */

const string = { full: "System.String" };
const scriptBlock = { full: "System.Management.Automation.ScriptBlock" };
const errorRecord = { full: "System.Management.Automation.ErrorRecord" };
const comObject = { full: "System.__ComObject", isCom: true };
const saysNothing = ["System.Object", "System.Management.Automation.PSObject", "System.ValueType"];

/**
 * The types of expressions, in the simple cases in which the text alone tells them.
 * @param {ReturnType<typeof import("./variables.mjs").variablesOf>} variables
 */
export function inferenceOf(variables) {
  /** @type {Map<Node, Type | undefined>} */
  const known = new Map();

  /** @param {Node | undefined} node  @returns {Type | undefined} undefined: it could be anything */
  function infer(node) {
    if (node === undefined) return undefined;
    if (!known.has(node)) {
      known.set(node, undefined); // so that $a = $a.Next() ends
      known.set(node, kinds[node.kind]?.(node));
    }
    return known.get(node);
  }

  /** @type {Record<string, (node: Node) => Type | undefined>} */
  const kinds = {
    StringConstantExpressionAst: () => string,
    ExpandableStringExpressionAst: () => string,
    ConstantExpressionAst: (node) => ({ full: node.StaticType }),
    TypeExpressionAst: () => ({ full: "System.Type" }),
    HashtableAst: () => ({ full: "System.Collections.Hashtable" }),
    ScriptBlockExpressionAst: () => scriptBlock,
    ConvertExpressionAst: (node) => declared(node.Type.TypeName),
    CommandExpressionAst: (node) => infer(node.Expression),
    ParenExpressionAst: (node) => infer(node.Pipeline),
    PipelineAst: ({ PipelineElements: elements }) => (elements.length === 1 ? infer(elements[0]) : undefined),
    AssignmentStatementAst: (node) => infer(node.Right),
    BinaryExpressionAst: (node) => (["Format", "Join"].includes(node.Operator) ? string : undefined),
    UnaryExpressionAst: (node) => (node.TokenKind === "Join" ? string : undefined),
    IndexExpressionAst: (node) => element(infer(node.Target)),
    VariableExpressionAst: variable,
    MemberExpressionAst: (node) => member(node),
    InvokeMemberExpressionAst: (node) => member(node, node.Arguments ?? []),
    CommandAst: command,
  };

  function declared(typeName) {
    const type = resolveTypeName(typeName);
    return type === undefined || saysNothing.includes(type.full) ? undefined : type;
  }

  function element(type) {
    return type?.full === "System.Array" && !saysNothing.includes(type.element?.full ?? "") ? type.element : undefined;
  }

  function variable(node) {
    const path = node.VariablePath;
    if (/^env:/i.test(path)) return string;
    if (/^function:/i.test(path)) return scriptBlock;
    if (path === "_") return caughtBy(node);
    const given = variables.givenTo(node).filter(({ value }) => value === undefined || !isNull(value));
    const types = given.map((one) => (one.declared ? declared(one.declared) : one.each ? element(infer(one.each)) : infer(one.value)));
    const agree = types.length > 0 && types.every((type) => type !== undefined && type.full === types[0]?.full);
    return agree ? types[0] : undefined;
  }

  function member(node, passed) {
    const name = plainText(node.Member);
    if (name === undefined) return undefined;
    if (!node.Static) {
      const receiver = infer(node.Expression);
      return receiver?.isCom ? receiver : receiver && memberOf(receiver.full, "instance", name, passed);
    }
    if (node.Expression.kind !== "TypeExpressionAst") return undefined;
    const type = resolveTypeName(node.Expression.TypeName);
    if (type === undefined) return undefined;
    if (passed !== undefined && name.toLowerCase() === "new") return type;
    if (typeEntry(type.full)?.values?.has(name.toLowerCase())) return type;
    return memberOf(type.full, "static", name, passed);
  }

  function memberOf(full, side, name, passed) {
    if (passed === undefined) return typeOfShortName(propertyOf(full, side, name) ?? "");
    const results = new Set(accepting(methodsOf(full, side, name), passed.length).map(({ returns }) => returns));
    return results.size === 1 ? typeOfShortName([...results][0]) : undefined;
  }

  function command(node) {
    const [name, first, second] = node.CommandElements;
    if (plainText(name)?.toLowerCase() !== "new-object") return undefined;
    if (first?.kind === "CommandParameterAst" && /^c/i.test(first.ParameterName)) return comObject;
    const typeName = plainText(first?.kind === "CommandParameterAst" && /^typename$/i.test(first.ParameterName) ? second : first);
    return typeName === undefined ? undefined : declared({ name: typeName });
  }

  return infer;
}

/** In the block of a catch, $_ is the error record, unless a block inside of it gives it another meaning. */
function caughtBy(node) {
  for (const { kind } of ancestors(node)) {
    if (kind === "CatchClauseAst") return errorRecord;
    if (kind === "ScriptBlockAst" || kind === "SwitchStatementAst") return undefined;
  }
  return undefined;
}

function isNull(node) {
  const inner = node.kind === "CommandExpressionAst" ? node.Expression : node;
  return inner.kind === "VariableExpressionAst" && inner.VariablePath.toLowerCase() === "null";
}
