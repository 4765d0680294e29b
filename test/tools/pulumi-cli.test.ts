import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cliVersion, oldestCliVersion } from "../../tools/pulumi-cli/versions.mjs";
import { cacheFolder } from "../../tools/set-up/cache-folder.mjs";
import { compareVersions } from "../../tools/set-up/compare-versions.mjs";
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

/** Runs the command with an empty cache, only the given folders on PATH, and a network that answers every request with `script`. */
function ensure({ path, script }: { path: string[]; script?: string }) {
  const answer = script === undefined ? "throw new Error('no network')" : `return new Response(${JSON.stringify(script)})`;
  const network = join(scratch, "network.mjs");
  writeFileSync(network, `globalThis.fetch = async () => { ${answer}; };`);
  mkdirSync(join(scratch, "tmp"), { recursive: true });
  const env = {
    PATH: path.map((folder) => join(scratch, folder)).join(":"),
    XDG_CACHE_HOME: join(scratch, "cache"),
    HOME: scratch,
    TMPDIR: join(scratch, "tmp"),
    NODE_OPTIONS: `--import ${pathToFileURL(network)}`,
  };
  return spawnSync(process.execPath, [join(repository, "tools/pulumi-cli/ensure.mjs")], { env, encoding: "utf8" });
}

/** What is in the cache and in the temporary folder. */
function leftovers() {
  const cache = join(scratch, "cache", "pulumi-hyperv-reference-point");
  return [...(existsSync(cache) ? readdirSync(cache) : []), ...readdirSync(join(scratch, "tmp"))];
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
    expect(ensure({ path: ["bin"] })).toMatchObject({ status: 0, stdout: `${pulumi}\n`, stderr: "" });
  });

  it("downloads with Pulumi's own installer, once", () => {
    const script = `
      root=$3
      /bin/mkdir -p $root/bin
      echo unpacking > $TMPDIR/archive
      for name in pulumi pulumi-language-nodejs; do
        printf '#!/bin/sh\\necho v${cliVersion}\\n' > $root/bin/$name
        /bin/chmod +x $root/bin/$name
      done`;
    const first = ensure({ path: [], script });
    expect(first.stderr).toContain(`Downloading the Pulumi CLI v${cliVersion}`);
    expect(first.status).toBe(0);
    expect(ensure({ path: [] })).toMatchObject({ status: 0, stdout: first.stdout, stderr: "" });
    expect(leftovers()).toEqual([expect.stringContaining(`pulumi-v${cliVersion}`)]);
  });

  it("leaves no half-made installation when the installer fails", () => {
    const script = "/bin/mkdir -p $3/bin; echo half > $3/bin/pulumi; echo unpacking > $TMPDIR/archive; echo 'disk full' >&2; exit 1";
    const { status, stderr } = ensure({ path: [], script });
    expect(status).toBe(1);
    expect(stderr).toContain("download: Pulumi's installer failed: ");
    expect(stderr).toContain("disk full");
    expect(leftovers()).toEqual([]);
  });

  it("leaves no half-made installation when the build with Go fails", () => {
    fakeProgram("go", "go", "go version go1.26.0");
    const { status, stderr } = ensure({ path: ["go"] });
    expect(status).toBe(1);
    expect(stderr).toContain("build with Go: ");
    expect(leftovers()).toEqual([]);
  });

  it("says everything it tried, and one remedy", () => {
    fakeProgram("old", "pulumi", "v3.9.0");
    fakeProgram("old", "pulumi-language-nodejs", "");
    const { status, stdout, stderr } = ensure({ path: ["old"] });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain(`PATH: ${join(scratch, "old", "pulumi")} is 3.9.0, older than ${oldestCliVersion}`);
    expect(stderr).toContain("cache: ");
    expect(stderr).toContain("download: get.pulumi.com cannot be reached (no network)");
    expect(stderr).toContain("build with Go: no usable Go");
    expect(stderr).toContain(`Install the Pulumi CLI ${oldestCliVersion} or later`);
  });
});
