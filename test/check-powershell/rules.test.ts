import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { check } from "../../tools/check-powershell/check.mjs";
import { parseFiles } from "../../tools/check-powershell/parse.mjs";
import { powerShellProgram } from "../support/powershell-program";
import { refusals } from "./refusals";

const dense = fileURLToPath(new URL("samples/dense.ps1", import.meta.url));
const scripts = Object.values(refusals)
  .flat()
  .flatMap(([, refused, allowed]) => [refused, allowed]);
const joined = { declares: "function Get-It([string]$Name) { $Name }\n", uses: "Get-It -Name a\n" };

let scratch: string;
const parsed = new Map<string, Awaited<ReturnType<typeof parseFiles>>[number]>();

// One PowerShell parses all of them: to start it is what takes time.
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "check-powershell-"));
  const texts = [...new Set([...scripts, ...Object.values(joined)])];
  const files = texts.map((text, index) => {
    const path = join(scratch, `${index}.ps1`);
    writeFileSync(path, text);
    return path;
  });
  const sources = await parseFiles(powerShellProgram(), [...files, dense]);
  for (const [index, source] of sources.entries()) parsed.set(texts[index] ?? dense, source);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function findings(...names: string[]) {
  return check(names.map((name) => parsed.get(name) ?? expect.fail(`not parsed: ${name}`)));
}
const rulesBroken = (...names: string[]) => [...new Set(findings(...names).map(({ rule }) => rule))];

describe.each(Object.entries(refusals))("%s", (_, table) => {
  it.each(table)("%s: refuses %j", (rule, refused) => expect(rulesBroken(refused)).toContain(rule));
  it.each(table)("%s: knows no fault of the twin of %j", (_rule, _refused, allowed) => expect(findings(allowed)).toEqual([]));
});

describe("the check", () => {
  it("has no complaint about a dense script of everything that a bridge does", () => expect(findings(dense)).toEqual([]));

  it("takes the files together: what one declares, another uses", () => {
    expect(rulesBroken(joined.uses)).toEqual(["command"]);
    expect(findings(joined.uses, joined.declares)).toEqual([]);
  });

  it("says where", () => {
    const refused = "Get-Date\n  | Out-Null";
    expect(findings(refused)).toEqual([
      expect.objectContaining({ line: 2, column: 3, rule: "newer-syntax", message: expect.stringContaining("7.0") }),
    ]);
  });
});
