import { plainText } from "../syntax-tree.mjs";

const newerVariables = new Set(
  ["IsWindows", "IsLinux", "IsMacOS", "IsCoreCLR", "PSStyle", "EnabledExperimentalFeatures", "PSNativeCommandUseErrorActionPreference"].map(
    (name) => name.toLowerCase(),
  ),
);

/** @type {import("../check.mjs").Rule} Syntax that 5.1 does not know, as far as the tree shows it. */
export function newerSyntax({ ofKind, variables }, report) {
  const refuse = (node, what, since) => report(node, "newer-syntax", `${what} needs PowerShell ${since}`);

  for (const node of ofKind("TernaryExpressionAst")) refuse(node, "the ternary operator", "7.0");
  for (const node of ofKind("PipelineChainAst")) refuse(node, node.Operator === "AndAnd" ? "&&" : "||", "7.0");
  for (const node of ofKind("PipelineAst", "PipelineChainAst")) if (node.Background) refuse(node, "a trailing &", "6.0");
  for (const node of ofKind("AssignmentStatementAst")) if (node.Operator === "QuestionQuestionEquals") refuse(node, "??=", "7.0");
  for (const node of ofKind("BinaryExpressionAst")) {
    if (node.Operator === "QuestionQuestion") refuse(node, "??", "7.0");
    if (node.Operator === "DotDot" && [node.Left, node.Right].some(isCharacter)) refuse(node, "a range of characters", "6.0");
  }
  for (const node of ofKind("IndexExpressionAst")) if (node.NullConditional) refuse(node, "?[]", "7.1");
  for (const node of ofKind("MemberExpressionAst", "InvokeMemberExpressionAst")) if (node.NullConditional) refuse(node, "?.", "7.1");
  for (const node of ofKind("InvokeMemberExpressionAst")) {
    if (node.GenericTypeArguments?.length > 0) refuse(node, "a call with type arguments", "7.3");
  }
  for (const node of ofKind("TypeDefinitionAst"))
    if (node.IsEnum && node.BaseTypes.length > 0) refuse(node, "an enum with an underlying type", "6.2");
  for (const node of ofKind("ScriptBlockAst")) {
    if (node.CleanBlock !== undefined) refuse(node.CleanBlock, "a clean block", "7.3");
    const required = node.ScriptRequirements;
    if (required !== undefined && Number.parseFloat(required) > 5.1) refuse(node, "#requires", required);
  }
  for (const node of ofKind("VariableExpressionAst")) {
    const isNewer = newerVariables.has(node.VariablePath.toLowerCase()) && variables.givenTo(node).length === 0;
    if (isNewer) refuse(node, `$${node.VariablePath}`, "6.0");
  }
}

function isCharacter(node) {
  const word = plainText(node);
  return word !== undefined && !/^\s*[-+]?\d/.test(word);
}
