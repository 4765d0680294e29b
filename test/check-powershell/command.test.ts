import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { repository } from "../../tools/set-up/repository.mjs";

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "check-command-"));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

function script(name: string, text: string) {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
}
const checkPowerShell = (...files: string[]) =>
  spawnSync(process.execPath, [join(repository, "tools", "check-powershell.mjs"), ...files], { encoding: "utf8" });

describe("node tools/check-powershell.mjs", () => {
  it("names each finding by file, line and column, and ends with 1", () => {
    const good = script("good.ps1", "Get-Date\n");
    const bad = script("bad.ps1", "Get-Date\n$a = $b ?? 1\n");
    expect(checkPowerShell(good, bad)).toMatchObject({
      status: 1,
      stdout: `${bad}:2:6: newer-syntax: ?? needs PowerShell 7.0\n`,
      stderr: "",
    });
  });

  it("says nothing and ends with 0 where there is nothing to say, whatever the folder is called", () => {
    scratch = mkdtempSync(join(scratch, "it's [one] $(1) "));
    expect(checkPowerShell(script("good.ps1", "Get-Date\n"))).toMatchObject({ status: 0, stdout: "", stderr: "" });
  });

  it("ends with 2 where it could not look", () => {
    expect(checkPowerShell()).toMatchObject({ status: 2, stdout: "", stderr: expect.stringContaining("Name the files") });
    expect(checkPowerShell(join(scratch, "absent.ps1"))).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringContaining("absent.ps1"),
    });
  });
});
