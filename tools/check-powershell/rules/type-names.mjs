import { plainText } from "../syntax-tree.mjs";
import { propertyOf, resolveTypeName, typeEntry } from "../type-table.mjs";

/** @type {import("../check.mjs").Rule} Every type is one of 5.1, and every text that becomes an enum's value is one of its names. */
export function typeNames({ ofKind, ownTypes }, report) {
  const isOwn = (typeName) => (typeName.element ? isOwn(typeName.element) : ownTypes.has(typeName.name.toLowerCase()));
  const refuse = (node, name) => report(node, "type", `[${name}] is not in the table of types of 5.1 that need no Add-Type`);

  for (const node of ofKind("TypeExpressionAst", "TypeConstraintAst")) {
    const typeName = node.TypeName;
    const isSyntax = /^(ordered|ref)$/i.test(typeName.name);
    if (!isSyntax && !isOwn(typeName) && resolveTypeName(typeName) === undefined) refuse(node, typeName.name);
  }
  for (const node of ofKind("AttributeAst")) {
    const type = resolveTypeName(node.TypeName, { isAttribute: true });
    if (type === undefined) refuse(node, node.TypeName.name);
    else {
      for (const argument of node.NamedArguments) {
        const isKnown = propertyOf(type.full, "instance", argument.ArgumentName) !== undefined;
        if (!isKnown) report(argument, "member", `[${node.TypeName.name}] has no ${argument.ArgumentName} in 5.1`);
      }
    }
  }
  for (const node of ofKind("ConvertExpressionAst")) {
    const type = resolveTypeName(node.Type.TypeName);
    const value = plainText(node.Child);
    if (type !== undefined && value !== undefined && !isEnumText(type.full, value)) {
      report(node, "enum-value", `[${type.full}] has no value ${value} in 5.1`);
    }
  }
}

/**
 * Whether a text can become a value of a type: everything but an enum is left to the run.
 * @param {string} full
 * @param {string} text
 */
export function isEnumText(full, text) {
  const values = typeEntry(full)?.values;
  return values === undefined || text.split(",").every((one) => /^-?\d+$/.test(one.trim()) || values.has(one.trim().toLowerCase()));
}
