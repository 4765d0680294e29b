import { argumentCounts } from "../parameter-lists.mjs";
import { plainText } from "../syntax-tree.mjs";
import { descendants, lineage, methodsByName, methodsOf, propertyOf } from "../type-table.mjs";
import { takes } from "./call-arguments.mjs";

/** What PowerShell gives every object. */
const intrinsicMethods = new Set(["where", "foreach", "gettype", "tostring", "equals", "gethashcode", "compareto"]);

/** What PowerShell's own type data adds to types of .NET (types.ps1xml, Windows PowerShell 5.1). */
const addedProperties = new Set(
  (
    "count length psobject psbase psadapted psextended pstypenames basename mode versioninfo target linktype pspath psparentpath pschildname psdrive " +
    "psprovider psiscontainer name handles vm ws pm npm path company cpu fileversion productversion description product datetime displayhint reason " +
    "psmessagedetails errorcategory_category ipaddresstostring"
  ).split(" "),
);

/** Their properties are whatever they hold, as with every dictionary. */
const openTypes = ["Microsoft.Management.Infrastructure.CimInstance", "System.Management.Automation.PSReference"];

/** Properties of files that only .NET 6 and later have: asked of an object of unknown type, 5.1 answers nothing. */
const newerProperties = new Set(["linktarget", "unixfilemode"]);

/** @type {import("../check.mjs").Rule} Members of objects: there on the type where it is known, else at least on some type of 5.1. */
export function instanceMembers({ ofKind, ownMembers, infer }, report) {
  for (const node of ofKind("MemberExpressionAst", "InvokeMemberExpressionAst")) {
    if (node.Static) continue;
    const isCall = node.kind === "InvokeMemberExpressionAst";
    const name = plainText(node.Member);
    if (name === undefined) {
      report(
        node,
        "unprovable",
        `a ${isCall ? "method" : "property"} is named by a plain word; for a computed name take an index: $object[$name]`,
      );
      continue;
    }
    const type = infer(node.Expression);
    if (type?.isCom || ownMembers.has(name.toLowerCase())) continue;
    if (isCall) checkCall(node, type, name, report);
    else checkProperty(node, type, name, report);
  }
}

function checkCall(node, type, name, report) {
  const passed = node.Arguments ?? [];
  if (intrinsicMethods.has(name.toLowerCase())) return;
  const family = type && familyOf(type);
  const overloads = family ? family.flatMap((full) => methodsOf(full, "instance", name)) : methodsByName(name);
  const owner = family ? type.full : "no type of 5.1";
  if (/^[gs]et_/i.test(name)) report(node.Member, "member", `${name} is an accessor: name the property`);
  else if (overloads.length === 0)
    report(node.Member, "member", family ? `${owner} has no method ${name} in 5.1` : `${owner} has a method ${name}`);
  else if (!takes(overloads, passed)) {
    report(node.Member, "arguments", `${name} of ${owner} takes ${argumentCounts(overloads)} arguments in 5.1, of other types or values`);
  }
}

function checkProperty(node, type, name, report) {
  const family = type && familyOf(type);
  if (family === undefined) {
    if (newerProperties.has(name.toLowerCase())) report(node.Member, "member", `${name} needs .NET 6`);
    return;
  }
  const isOpen = isDictionary(type.full) || lineage(type.full).some(({ full }) => openTypes.includes(full));
  if (isOpen || addedProperties.has(name.toLowerCase())) return;
  const has = family.some((full) => propertyOf(full, "instance", name) !== undefined || methodsOf(full, "instance", name).length > 0);
  if (!has) report(node.Member, "member", `${type.full} has no property ${name} in 5.1`);
}

/**
 * Everything the object may be; undefined where that is unknown. A collection hands a member that it lacks to its elements.
 * @returns {string[] | undefined}
 */
function familyOf(type) {
  const isCollection = type.full !== "System.String" && methodsOf(type.full, "instance", "GetEnumerator").length > 0;
  if (lineage(type.full).length === 0) return undefined;
  if (!isCollection || isDictionary(type.full)) return descendants(type.full);
  const isKnown = type.element !== undefined && lineage(type.element.full).length > 0;
  return isKnown ? [...descendants(type.full), ...descendants(type.element.full)] : undefined;
}

function isDictionary(full) {
  return propertyOf(full, "instance", "Keys") !== undefined;
}
