import { plainText } from "../syntax-tree.mjs";
import { resolveTypeName } from "../type-table.mjs";

/** The one COM object that a script may make, in one place: nothing else tells the free space of a share. */
const allowedCom = "Scripting.FileSystemObject";

const hostOutput = "its text goes to standard output, among the replies";
/** @type {Record<string, [rule: string, why: string]>} */
const bannedCommands = {
  "add-type": ["add-type", "compiles or loads code that an administrator cannot read here"],
  "invoke-expression": ["invoke-expression", "runs text as code"],
  "new-object": ["new-object", "write [Type]::new(...): its arguments can be checked"],
  "write-host": ["host-output", hostOutput],
  "write-warning": ["host-output", hostOutput],
  "write-verbose": ["host-output", hostOutput],
  "write-debug": ["host-output", hostOutput],
  "write-information": ["host-output", hostOutput],
  "out-host": ["host-output", hostOutput],
  "out-default": ["host-output", hostOutput],
  "set-alias": ["alias", "makes a second name for a command"],
  "new-alias": ["alias", "makes a second name for a command"],
};

/** Members that reach code or types by a text. */
const reflection = new Set(
  (
    "getmethod getmethods getfield getfields getproperty getproperties getmember getmembers getconstructor getconstructors getnestedtype getnestedtypes " +
    "getinterface invokemember makegenerictype makegenericmethod gettypefromprogid gettypefromclsid createinstance assembly loadwithpartialname " +
    "getassemblies defaultbinder"
  ).split(" "),
);
const reflectionTypes = /^(system\.)?(reflection\.|activator$|appdomain$)/i;

/** Members that run a text as code. */
const evaluation = new Set(["invokescript", "newscriptblock", "expandstring"]);

/** @type {import("../check.mjs").Rule} What 5.1 could do and the bridge does not: an administrator reads it before allowing it. */
export function bans({ ofKind }, report) {
  for (const node of ofKind("CommandAst")) checkCommand(node, report);
  checkCom(ofKind("CommandAst"), report);
  for (const node of ofKind("MemberExpressionAst", "InvokeMemberExpressionAst")) checkMember(node, report);
  for (const node of ofKind("TypeExpressionAst", "TypeConstraintAst")) checkType(node, report);
  for (const node of ofKind("UsingStatementAst")) {
    const isAssembly = /^(assembly|module)$/i.test(node.UsingStatementKind);
    report(node, isAssembly ? "add-type" : "using", isAssembly ? "loads code" : "the files become one text: write the namespace out");
  }
  for (const node of ofKind("ConvertExpressionAst")) {
    if (resolveTypeName(node.Type.TypeName)?.full === "System.Type") report(node, "reflection", "finds a type by a text");
  }
  for (const node of ofKind("FileRedirectionAst")) {
    const toNull = node.Location.kind === "VariableExpressionAst" && /^null$/i.test(node.Location.VariablePath);
    if (!toNull) report(node, "redirection", "5.1 and 7 write other encodings: use [System.IO.File]");
  }
}

function checkCommand(node, report) {
  const name = plainText(node.CommandElements[0]);
  const [rule, why] = bannedCommands[name?.replace(/^[\w.]+\\/, "").toLowerCase() ?? ""] ?? [];
  if (rule === undefined || why === undefined) {
    const isDotted = node.InvocationOperator === "Dot" && node.CommandElements[0].kind !== "ScriptBlockExpressionAst";
    if (isDotted) report(node, "using", "runs another file in this one");
    return;
  }
  const isCom = rule === "new-object" && comProgId(node) !== undefined;
  if (!isCom) report(node, rule, `${name}: ${why}`);
}

function checkCom(commands, report) {
  const made = commands.map((node) => ({ node, progId: comProgId(node) })).filter(({ progId }) => progId !== undefined);
  const first = made.find(({ progId }) => progId === allowedCom);
  for (const one of made) if (one !== first) report(one.node, "com", `COM is for ${allowedCom} alone, in one place`);
}

/** What New-Object -ComObject makes: a ProgID, or an empty text where that is none; undefined for everything else. */
function comProgId({ CommandElements: [callee, ...elements] }) {
  if (!/^new-object$/i.test(plainText(callee) ?? "")) return undefined;
  const at = elements.findIndex((one) => one.kind === "CommandParameterAst" && /^co/i.test(one.ParameterName));
  return at < 0 ? undefined : (plainText(elements[at].Argument ?? elements[at + 1]) ?? "");
}

function checkMember(node, report) {
  const name = plainText(node.Member)?.toLowerCase();
  if (name === undefined) return;
  if (name.includes("base64")) report(node, "base64", "endpoint protection looks for it, and logs become unreadable");
  if (reflection.has(name)) report(node, "reflection", `${node.Member.Value} reaches code by a text`);
  if (name === "gettype" && (node.Static || node.Arguments?.length > 0)) report(node, "reflection", "GetType finds a type by a text");
  if (evaluation.has(name)) report(node, "invoke-expression", `${node.Member.Value} runs text as code`);
  const isBlock = node.Expression.kind === "TypeExpressionAst" && /scriptblock$/i.test(node.Expression.TypeName.name);
  if (name === "create" && node.Static && isBlock) report(node, "invoke-expression", "[scriptblock]::Create runs text as code");
}

function checkType(node, report) {
  const name = node.TypeName.generic ?? node.TypeName.name;
  if (reflectionTypes.test(name)) report(node, "reflection", `[${name}] reaches code by a text`);
  if (/base64/i.test(name)) report(node, "base64", "endpoint protection looks for it, and logs become unreadable");
}
