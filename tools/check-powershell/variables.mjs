import { ancestors } from "./syntax-tree.mjs";

/** @typedef {import("./syntax-tree.mjs").Node} Node */

/**
 * What a variable is given in one place: an expression, each element of one, a declared type; nothing of these where that is unknown.
 * @typedef {{ value?: Node, each?: Node, declared?: any }} Given
 */

/**
 * Where the variables of a script get their values. All blocks of one function share its variables here: ForEach-Object runs its block
 * in the caller's scope, and a name that means two things in one function is better taken for unknown.
 * @param {(...kinds: string[]) => Node[]} ofKind
 */
export function variablesOf(ofKind) {
  /** @type {Map<Node | undefined, Map<string, Given[]>>} */
  const scopes = new Map();

  const give = (/** @type {Node} */ variable, /** @type {Given} */ given) => {
    const { scope, name } = placeOf(variable);
    if (!scopes.has(scope)) scopes.set(scope, new Map());
    const names = scopes.get(scope);
    names?.set(name, [...(names.get(name) ?? []), given]);
  };

  for (const { Left: left, Operator: operator, Right: value } of ofKind("AssignmentStatementAst")) {
    const { variable, declared } = target(left);
    if (variable !== undefined) give(variable, declared ? { declared } : operator === "Equals" ? { value } : {});
    if (left.kind === "ArrayLiteralAst") for (const one of left.Elements) give(target(one).variable ?? one, {});
  }
  for (const { Variable: variable, Condition: each } of ofKind("ForEachStatementAst")) give(variable, { each });
  for (const parameter of ofKind("ParameterAst")) {
    const constraint = parameter.Attributes.find((attribute) => attribute.kind === "TypeConstraintAst");
    give(parameter.Name, constraint ? { declared: constraint.TypeName } : {});
  }
  for (const { Child: child, TokenKind: operator } of ofKind("UnaryExpressionAst")) {
    if (/PlusPlus|MinusMinus/.test(operator) && child.kind === "VariableExpressionAst") give(child, {});
  }
  for (const { Type: type, Child: child } of ofKind("ConvertExpressionAst")) {
    if (type.TypeName.name === "ref" && child.kind === "VariableExpressionAst") give(child, {});
  }

  return {
    /**
     * Everything that the variable is given in the nearest function that gives it anything.
     * @param {Node} variable
     * @returns {Given[]}
     */
    givenTo(variable) {
      let { scope, name } = placeOf(variable);
      for (;;) {
        const given = scopes.get(scope)?.get(name);
        if (given !== undefined || scope === undefined) return given ?? [];
        scope = functionAround(scope);
      }
    },
  };
}

/**
 * Which function a variable is of (undefined: the script itself), and its bare name.
 * @param {Node} node
 */
export function placeOf(node) {
  if (node.kind !== "VariableExpressionAst") return { scope: undefined, name: "" };
  const [, prefix, name] = /^(?:(script|global|local|private):)?(.*)$/is.exec(node.VariablePath) ?? [];
  const isGlobal = /^(script|global)$/i.test(prefix ?? "");
  return { scope: isGlobal ? undefined : functionAround(node), name: name.toLowerCase() };
}

function functionAround(node) {
  for (const outer of ancestors(node)) if (/^Function(Definition|Member)Ast$/.test(outer.kind)) return outer;
  return undefined;
}

/** The variable on the left of an assignment, and the type it is declared with there. */
function target(left) {
  if (left.kind === "VariableExpressionAst") return { variable: left };
  const isDeclared = left.kind === "ConvertExpressionAst" && left.Child.kind === "VariableExpressionAst";
  return isDeclared ? { variable: left.Child, declared: left.Type.TypeName } : {};
}
