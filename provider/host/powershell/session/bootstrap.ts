import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What the shell runs on the host, as the build put it together from bridge/. */
let loaded: { readonly text: string; readonly digest: string } | undefined;

export function bridge(): { readonly text: string; readonly digest: string } {
  if (loaded === undefined) {
    const text = readFileSync(join(__dirname, "..", "bridge.ps1"), "latin1").replaceAll("\r\n", "\n");
    loaded = { text, digest: createHash("sha256").update(text).digest("hex") };
  }
  return loaded;
}

/** Begins every line that is for us; whatever else a shell prints, it cannot guess it. */
export function newMark(): string {
  return `@${randomBytes(6).toString("hex")} `;
}

/**
 * The first line. It calls no method, so that it can say why nothing else will work: where an application control policy or an endpoint
 * restricts the language, and on a Windows PowerShell before 5.1. Each statement for the shell's own reader is one line.
 */
export function firstLine(mark: string): string {
  const tell = (fault: string) => `'${mark}{"fault":"${fault}"}'; exit 1`;
  return [
    `if ("$($ExecutionContext.SessionState.LanguageMode)" -ne 'FullLanguage') { ${tell("languageMode")} }`,
    `if ([int]$PSVersionTable.PSVersion.Major * 10 + [int]$PSVersionTable.PSVersion.Minor -lt 51) { ${tell("powershellTooOld")} }`,
    `'${mark}{"reads":true}'\n`,
  ].join("; ");
}

const END = "#end of bridge";

/**
 * The second line and, as it stands in the file, the bridge's text, which that line reads and starts. The shell ends with it, whatever
 * ends it: its own reader must never take requests for statements.
 */
export function secondLine(mark: string, silenceSeconds: number): string {
  const line = [
    "$t = [Text.StringBuilder]::new()",
    `while ($null -ne ($l = [Console]::In.ReadLine()) -and $l -cne '${END}') { [void]$t.Append($l).Append([char]10) }`,
    "$t = $t.ToString()",
    `try { . ([scriptblock]::Create($t.Substring(0, $t.IndexOf("\`n#lanes\`n", [StringComparison]::Ordinal)))); Start-Bridge '${mark}' $t ${silenceSeconds} }`,
  ].join("; ");
  const failed = [
    "$e = $_.Exception; while ($e.InnerException) { $e = $e.InnerException }",
    "$i = if ($e.ErrorRecord) { $e.ErrorRecord.FullyQualifiedErrorId } else { $_.FullyQualifiedErrorId }",
    `[Console]::Out.WriteLine('${mark}{"fault":"bridgeFailed","id":"' + ($i -replace '[^\\w.,-]', '?') + '"}')`,
    "[Console]::Error.WriteLine($_)",
  ].join("; ");
  const { text } = bridge();
  return `${line} catch { ${failed} } finally { [Environment]::Exit(0) }\n${text}${text.endsWith("\n") ? "" : "\n"}${END}\n`;
}
