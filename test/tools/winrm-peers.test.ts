import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { repository } from "../../tools/set-up/repository.mjs";

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "winrm-peers-"));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

function program(name: string, script: string): string {
  const path = join(scratch, "bin", name);
  mkdirSync(join(scratch, "bin"), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Calls the set-up with an empty cache and programs of ours alone. */
function ensure(call: string, variables: Readonly<Record<string, string>> = {}) {
  const script = `import(${JSON.stringify(join(repository, "tools/winrm-peers", call.startsWith("ensureK") ? "kerberos.mjs" : "ensure.mjs"))})
    .then((peers) => peers.${call}).then((answer) => console.log(JSON.stringify(answer)), (error) => { console.error(error.message); process.exitCode = 1; })`;
  const env = { PATH: join(scratch, "bin"), XDG_CACHE_HOME: join(scratch, "cache"), HOME: scratch, ...variables };
  return spawnSync(process.execPath, ["-e", script], { env, encoding: "utf8" });
}

const cached = () => {
  const cache = join(scratch, "cache", "pulumi-hyperv-reference-point");
  return existsSync(cache) ? readdirSync(cache) : [];
};

// The stand-ins are shell scripts.
describe.skipIf(process.platform === "win32")("finding other people's WinRM", () => {
  it("takes the Python that the environment variable names, and no other where it is of no use", () => {
    const chosen = program("my-python", "exit 0");
    expect(JSON.parse(ensure("ensureWinrmPeers()", { HYPERV_TEST_WINRM_PYTHON: chosen }).stdout)).toEqual({ found: { python: chosen } });
    const useless = program("useless", "echo 'No module named spnego' >&2; exit 1");
    const { status, stderr } = ensure("ensureWinrmPeers()", { HYPERV_TEST_WINRM_PYTHON: useless });
    expect(status).toBe(1);
    expect(stderr).toContain(`HYPERV_TEST_WINRM_PYTHON is of no use: ${useless} does not have the peers: No module named spnego`);
  });

  it("says why the package kerberos could not be had, and leaves nothing half made", () => {
    program("npm", "echo 'gssapi/gssapi.h: No such file' >&2; exit 1");
    const { missing } = JSON.parse(ensure("ensureKerberos({ say: () => {} })").stdout);
    expect(missing).toContain("could not be installed: gssapi/gssapi.h: No such file");
    expect(missing).toContain("libkrb5-dev");
    expect(cached()).toEqual([]);
  });

  it("does not take a package that was installed and does not load", () => {
    program("npm", "exit 0");
    expect(JSON.parse(ensure("ensureKerberos({ say: () => {} })").stdout).missing).toContain("it was installed and does not load");
    expect(cached()).toEqual([]);
  });

  it("installs the package once, and has it then", () => {
    program("npm", `/bin/mkdir -p node_modules/kerberos; echo "" > node_modules/kerberos/index.js; echo x >> ${scratch}/calls`);
    const first = JSON.parse(ensure("ensureKerberos({ say: () => {} })").stdout);
    expect(first.found.modules).toContain("kerberos-7.0.0");
    expect(JSON.parse(ensure("ensureKerberos({ say: () => {} })").stdout)).toEqual(first);
    expect(spawnSync("cat", [join(scratch, "calls")], { encoding: "utf8" }).stdout).toBe("x\n");
  });
});
