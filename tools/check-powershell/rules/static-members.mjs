import { argumentCounts } from "../parameter-lists.mjs";
import { plainText } from "../syntax-tree.mjs";
import { methodsOf, propertyOf, resolveTypeName, typeEntry } from "../type-table.mjs";
import { takes } from "./call-arguments.mjs";

/** @type {import("../check.mjs").Rule} [Type]::Member and [Type]::Method(...): there, and with as many arguments. */
export function staticMembers({ ofKind, ownTypes }, report) {
  for (const node of ofKind("MemberExpressionAst", "InvokeMemberExpressionAst")) {
    if (!node.Static) continue;
    const name = plainText(node.Member);
    if (name === undefined || node.Expression.kind !== "TypeExpressionAst") {
      report(node, "unprovable", "a static member is named in full, [Type]::Member: no variable stands for type or name");
      continue;
    }
    const typeName = node.Expression.TypeName;
    const type = resolveTypeName(typeName);
    if (ownTypes.has(typeName.name.toLowerCase()) || type === undefined) continue; // type-names has said so
    if (node.kind === "InvokeMemberExpressionAst") checkCall(node, type, name, report);
    else if (!hasStatic(type.full, name)) report(node, "member", `[${type.full}] has no static ${name} in 5.1`);
  }
}

function checkCall(node, type, name, report) {
  const passed = node.Arguments ?? [];
  if (name.toLowerCase() === "new") {
    if (type.full === "System.Array") return; // [byte[]]::new(1024) is PowerShell's own
    const overloads = typeEntry(type.full)?.constructors;
    if (overloads === undefined) report(node, "member", `[${type.full}] has no public constructor`);
    else if (!takes(overloads, passed))
      report(node, "arguments", `[${type.full}]::new takes ${argumentCounts(overloads)} arguments in 5.1`);
    return;
  }
  const overloads = methodsOf(type.full, "static", name);
  if (overloads.length === 0) report(node, "member", `[${type.full}] has no static method ${name} in 5.1`);
  else if (!takes(overloads, passed))
    report(node, "arguments", `[${type.full}]::${name} takes ${argumentCounts(overloads)} arguments in 5.1, of other types or values`);
}

function hasStatic(full, name) {
  if (propertyOf(full, "static", name) !== undefined || typeEntry(full)?.values?.has(name.toLowerCase())) return true;
  return name.toLowerCase() === "new" || methodsOf(full, "static", name).length > 0;
}
