import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { powerShellVersion } from "../../tools/powershell/versions.mjs";
import { repository } from "../../tools/set-up/repository.mjs";

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "powershell-"));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

function program(folder: string, name: string, script: string) {
  mkdirSync(join(scratch, folder), { recursive: true });
  const path = join(scratch, folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** A .NET SDK whose tool installation leaves a PowerShell of that version behind, or runs another script. */
const sdk = (version: string, script = `printf '#!/bin/sh\\necho ${powerShellVersion}\\n' > $5/pwsh; /bin/chmod +x $5/pwsh`) =>
  program("dotnet", "dotnet", `if [ "$1" = --list-sdks ]; then echo '${version} [/usr/share/dotnet/sdk]'; exit; fi\n${script}`);

/** Runs the command with an empty cache and only the given folders on PATH. */
function ensure(path: string[], variable?: string) {
  const env = {
    PATH: path.map((folder) => join(scratch, folder)).join(":"),
    XDG_CACHE_HOME: join(scratch, "cache"),
    HOME: scratch,
    ...(variable === undefined ? {} : { HYPERV_TEST_POWERSHELL: variable }),
  };
  return spawnSync(process.execPath, [join(repository, "tools/powershell/ensure.mjs")], { env, encoding: "utf8" });
}

const cached = () => {
  const cache = join(scratch, "cache", "pulumi-hyperv-reference-point");
  return existsSync(cache) ? readdirSync(cache) : [];
};

// The stand-ins are shell scripts.
describe.skipIf(process.platform === "win32")("finding PowerShell", () => {
  it("takes the one that the environment variable names, before any other", () => {
    const chosen = program("chosen", "my-powershell", "echo 7.5.0");
    program("bin", "pwsh", "echo 7.6.9");
    expect(ensure(["bin"], chosen)).toMatchObject({ status: 0, stdout: `${chosen}\n`, stderr: "" });
  });

  it("takes no other where the variable names one that is of no use", () => {
    const chosen = program("chosen", "my-powershell", "echo 'no ICU' >&2; exit 1");
    program("bin", "pwsh", "echo 7.6.9");
    const { status, stdout, stderr } = ensure(["bin"], chosen);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain(`HYPERV_TEST_POWERSHELL is of no use: ${chosen} does not run: no ICU`);
    expect(stderr).toContain("Correct it, or unset it");
  });

  it("takes pwsh from PATH, and powershell where pwsh is too old", () => {
    const windows = program("bin", "powershell", "echo 5.1.20348.2849");
    expect(ensure(["bin"]).stdout).toBe(`${windows}\n`);
    program("old", "pwsh", "echo 7.0.3");
    expect(ensure(["old", "bin"]).stdout).toBe(`${windows}\n`);
    const pwsh = program("bin", "pwsh", "echo 7.4.2");
    expect(ensure(["bin"]).stdout).toBe(`${pwsh}\n`);
  });

  it("installs one with a .NET SDK, once", () => {
    sdk("10.0.100");
    const first = ensure(["dotnet"]);
    expect(first).toMatchObject({ status: 0, stderr: expect.stringContaining(`Installing PowerShell ${powerShellVersion}`) });
    expect(first.stdout).toMatch(/pwsh\n$/);
    expect(ensure([])).toMatchObject({ status: 0, stdout: first.stdout, stderr: "" });
    expect(cached()).toEqual([expect.stringContaining(`powershell-v${powerShellVersion}`)]);
  });

  it("makes one anew where the cached one no longer runs", () => {
    sdk("10.0.100");
    const { stdout } = ensure(["dotnet"]);
    writeFileSync(stdout.trim(), "#!/bin/sh\nexit 1\n");
    expect(ensure(["dotnet"])).toMatchObject({ status: 0, stdout, stderr: expect.stringContaining("Installing") });
  });

  it("leaves no half-made one when the installation fails", () => {
    sdk("10.0.100", "echo half > $5/pwsh; echo 'NU1101: unable to find package' >&2; exit 1");
    const { status, stderr } = ensure(["dotnet"]);
    expect(status).toBe(1);
    expect(stderr).toContain(".NET tool: dotnet tool install failed: NU1101");
    expect(cached()).toEqual([]);
  });

  it("says everything it tried, and one remedy", () => {
    program("old", "pwsh", "echo 7.0.3");
    sdk("8.0.400");
    const { status, stdout, stderr } = ensure(["old", "dotnet"]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain(`PATH: ${join(scratch, "old", "pwsh")} is 7.0.3, neither 5.1 nor 7.4.0 or later; no powershell on PATH`);
    expect(stderr).toContain(".NET tool: no .NET SDK 10.0.0 or later (dotnet has: 8.0.400)");
    expect(stderr).toContain("Install PowerShell 7.4.0 or later");
  });
});
