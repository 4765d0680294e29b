import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { check } from "../../tools/check-powershell/check.mjs";
import { parseFiles } from "../../tools/check-powershell/parse.mjs";
import { repository } from "../../tools/set-up/repository.mjs";
import { powerShellProgram } from "../support/powershell-program";

const bridge = join(repository, "provider", "host", "powershell", "bridge");

describe.skipIf(!existsSync(bridge))("the bridge", () => {
  it("runs on Windows PowerShell 5.1 as on PowerShell 7, and does nothing that an administrator could not read", async () => {
    const files = readdirSync(bridge, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ps1"));
    expect(files).not.toEqual([]);
    const sources = await parseFiles(
      powerShellProgram(),
      files.sort().map((name) => join(bridge, name)),
    );
    expect(check(sources).map(({ path, line, rule, message }) => `${path}:${line}: ${rule}: ${message}`)).toEqual([]);
  });
});
