import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cacheFolder } from "../../tools/pulumi-cli/cache-folder.mjs";
import { cliVersion, compareVersions, oldestCliVersion } from "../../tools/pulumi-cli/versions.mjs";
import { repository } from "../../tools/set-up/repository.mjs";

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "pulumi-cli-"));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

/** A program that prints a text, in a folder of its own. */
function fakeProgram(folder: string, name: string, prints: string) {
  mkdirSync(join(scratch, folder), { recursive: true });
  const path = join(scratch, folder, name);
  writeFileSync(path, `#!/bin/sh\necho '${prints}'\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Runs the command with an empty cache, only the given folders on PATH and no network for its own requests. */
function ensure(...folders: string[]) {
  const env = { PATH: folders.map((folder) => join(scratch, folder)).join(":"), XDG_CACHE_HOME: join(scratch, "cache"), HOME: scratch };
  const noNetwork = "data:text/javascript,globalThis.fetch = async () => { throw new Error('no network'); };";
  return spawnSync(process.execPath, ["--import", noNetwork, join(repository, "tools/pulumi-cli/ensure.mjs")], { env, encoding: "utf8" });
}

describe("versions", () => {
  it("are ordered by number", () => {
    expect(compareVersions("3.99.0", "v3.200.0")).toBeLessThan(0);
    expect(compareVersions("v3.259.0", "3.259.0")).toBe(0);
    expect(compareVersions("4.0.0-alpha.1", "3.999.9")).toBeGreaterThan(0);
  });

  it("of the download and of the module that is built are the same", () => {
    const module = readFileSync(join(repository, "tools/pulumi-cli/go/pulumi/go.mod"), "utf8");
    expect(module).toContain(`github.com/pulumi/pulumi/pkg/v3 v${cliVersion}`);
  });
});

describe("the cache folder", () => {
  it("is where each platform's users expect it", () => {
    expect(cacheFolder({ XDG_CACHE_HOME: "/x" }, "linux")).toBe(join("/x", "pulumi-hyperv-reference-point"));
    expect(cacheFolder({}, "linux")).toMatch(/\.cache.pulumi-hyperv-reference-point$/);
    expect(cacheFolder({}, "darwin")).toMatch(/Library.Caches.pulumi-hyperv-reference-point$/);
    expect(cacheFolder({ LOCALAPPDATA: "C:\\Users\\ops\\AppData\\Local" }, "win32")).toContain("AppData\\Local");
  });
});

// The stand-ins are shell scripts.
describe.skipIf(process.platform === "win32")("finding the CLI", () => {
  it("takes the one on PATH when it is recent enough and has its language host", () => {
    const pulumi = fakeProgram("bin", "pulumi", `v${oldestCliVersion}`);
    fakeProgram("bin", "pulumi-language-nodejs", "");
    expect(ensure("bin")).toMatchObject({ status: 0, stdout: `${pulumi}\n`, stderr: "" });
  });

  it("says everything it tried, and one remedy", () => {
    fakeProgram("old", "pulumi", "v3.9.0");
    fakeProgram("old", "pulumi-language-nodejs", "");
    const { status, stdout, stderr } = ensure("old");
    expect(stdout).toBe("");
    expect(status).toBe(1);
    expect(stderr).toContain(`${join(scratch, "old", "pulumi")} is 3.9.0, older than ${oldestCliVersion}`);
    expect(stderr).toContain("cache: ");
    expect(stderr).toContain("download: get.pulumi.com cannot be reached (no network)");
    expect(stderr).toContain("build with Go: no usable Go");
    expect(stderr).toContain(`Install the Pulumi CLI ${oldestCliVersion} or later`);
  });

  it("leaves no half-made installation when the build with Go fails", () => {
    fakeProgram("go", "go", "go version go1.26.0");
    const { status, stderr } = ensure("go");
    expect(status).toBe(1);
    expect(stderr).toContain("build with Go: ");
    expect(existsSync(join(scratch, "cache", "pulumi-hyperv-reference-point", `pulumi-v${cliVersion}-linux-x64`))).toBe(false);
  });
});
