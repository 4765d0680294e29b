import { plainText } from "../syntax-tree.mjs";

/** They compare by the rules of the host's language, and .NET Framework's rules are not those of later ones. */
const byLanguage = new Set(["indexof", "lastindexof", "startswith", "endswith"]);

/** @type {import("../check.mjs").Rule} Calls that are there everywhere and mean something else by version or by the host's language. */
export function changedMeaning({ ofKind, infer }, report) {
  for (const node of ofKind("InvokeMemberExpressionAst")) {
    const name = plainText(node.Member)?.toLowerCase();
    const [first, ...more] = node.Arguments ?? [];
    const isText = (one) => one !== undefined && infer(one)?.full === "System.String";
    if (name === "split" && isText(first) && plainText(first)?.length !== 1) {
      report(node.Member, "meaning", "5.1 splits at each character of this text, 7 at the text: cast it to [char[]], or use -split");
    }
    if (byLanguage.has(name) && isText(first) && more.length === 0) {
      report(node.Member, "meaning", `${node.Member.Value} compares by the host's language: add [StringComparison]::Ordinal`);
    }
    if ((name === "toupper" || name === "tolower") && first === undefined && !node.Static) {
      report(node.Member, "meaning", `${node.Member.Value} goes by the host's language: use ${node.Member.Value}Invariant`);
    }
  }
}
