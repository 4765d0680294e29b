import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { check } from "../../tools/check-powershell/check.mjs";
import { parseFiles } from "../../tools/check-powershell/parse.mjs";
import { repository } from "../../tools/set-up/repository.mjs";
import { powerShellProgram } from "../support/powershell-program";

const bridge = join(repository, "provider", "host", "powershell", "bridge");

async function parsed() {
  const files = readdirSync(bridge, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ps1"));
  expect(files).not.toEqual([]);
  return parseFiles(
    powerShellProgram(),
    files.sort().map((name) => join(bridge, name)),
  );
}

describe.skipIf(!existsSync(bridge))("the bridge", () => {
  it("holds no text that goes over several lines: what is sent is indented anew", async () => {
    for (const { path, tokens } of await parsed()) {
      const long = tokens.filter(({ kind, text }) => kind !== "NewLine" && text.includes("\n"));
      expect(long, path).toEqual([]);
    }
  });

  it("runs on Windows PowerShell 5.1 as on PowerShell 7, and does nothing that an administrator could not read", async () => {
    expect(check(await parsed()).map(({ path, line, rule, message }) => `${path}:${line}: ${rule}: ${message}`)).toEqual([]);
  });
});
