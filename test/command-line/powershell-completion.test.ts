import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWithPowerShell } from "../support/powershell";
import { cases, completesAll, script } from "./completed-words";

const scratch = mkdtempSync(join(tmpdir(), "completion-"));
beforeAll(() => mkdirSync(join(scratch, "nights")));
afterAll(() => rmSync(scratch, { recursive: true }));

describeWithPowerShell("completion in PowerShell", (powershell) => {
  const lines = [...cases.map(([line]) => line), ""];
  let offered: Map<string, string[]>;
  beforeAll(async () => {
    const text = await script("powershell");
    const commands = ["list", "verify", "restore-plan", "doctor", "report", "probe", "completion"];
    const asked = [...lines, ...commands.map((command) => `${command} --`)];
    const program = `
      ${text}
      Set-Location ${JSON.stringify(scratch)}
      $answers = foreach ($line in (ConvertFrom-Json '${JSON.stringify(asked)}')) {
        $typed = "hyperv-export $line"
        $found = [System.Management.Automation.CommandCompletion]::CompleteInput($typed, $typed.Length, $null)
        [pscustomobject]@{ line = $line; words = @($found.CompletionMatches | ForEach-Object { $_.CompletionText }) }
      }
      ConvertTo-Json @($answers) -Depth 4 -Compress
    `;
    const file = join(scratch, "ask.ps1");
    writeFileSync(file, program);
    const output = execFileSync(powershell, ["-NoProfile", "-NonInteractive", "-File", file], { encoding: "utf8" });
    offered = new Map((JSON.parse(output) as { line: string; words: string[] }[]).map(({ line, words }) => [line, words]));
  });
  const complete = (line: string) => [...(offered.get(line) ?? [])];

  it.each(cases)("of %j offers %j", (line, words) => {
    expect(
      complete(line)
        .map((word) => word.replace(/^.*[\\/](?=nights)/, ""))
        .sort(),
    ).toEqual(words);
  });

  completesAll(complete);
});
