import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { hostOf, hostPath } from "../../provider/fronts/command-line/host-option";
import { OpenHosts } from "../../provider/fronts/open-hosts";

const scratch = mkdtempSync(join(tmpdir(), "host-option-"));
afterAll(() => rmSync(scratch, { recursive: true }));

describe("a host on the command line", () => {
  it.each([
    ["local", { kind: "local" }],
    ["simulator:lab", { kind: "simulator", directory: resolve("lab") }],
    ["ssh://hv01", { kind: "ssh", hostName: "hv01" }],
    ["ssh://svc@hv01:2222", { kind: "ssh", hostName: "hv01", userName: "svc", port: 2222 }],
    ["ssh://CORP\\svc@hv01", { kind: "ssh", hostName: "hv01", userName: "CORP\\svc" }],
    ["ssh://CORP%5Csvc@hv01/", { kind: "ssh", hostName: "hv01", userName: "CORP\\svc" }],
    ["ssh://svc@corp.example@hv01", { kind: "ssh", hostName: "hv01", userName: "svc@corp.example" }],
    ["ssh://[fe80::1]:22", { kind: "ssh", hostName: "fe80::1", port: 22 }],
    ['{"kind":"ssh","hostName":"hv01","keyFile":"/k"}', { kind: "ssh", hostName: "hv01", keyFile: "/k" }],
    [' {"kind":"simulator","directory":"lab"}', { kind: "simulator", directory: resolve("lab") }],
  ])("%s", (text, host) => {
    expect(hostOf(text)).toEqual(host);
  });

  it("is the value of hyperv:host in a file", () => {
    const file = join(scratch, "host.json");
    const host = { kind: "ssh", hostName: "hv01", privateKey: { environment: "HV_KEY" } };
    for (const text of [
      JSON.stringify(host),
      Buffer.from(`\uFEFF${JSON.stringify(host)}`),
      Buffer.from(`\uFEFF${JSON.stringify(host)}`, "utf16le"),
    ]) {
      writeFileSync(file, text);
      expect(hostOf(file)).toEqual(host);
    }
  });

  it.each([
    ["hv01", /no kind of host, and no file/],
    ["", /no kind of host, and no file/],
    [scratch, /cannot be read/],
    ["ssh://", /it is no ssh:/],
    ["ssh:hv01", /it is no ssh:/],
    ["ssh://hv01/folder", /it is no ssh:/],
    ["ssh://hv01:70000", /port/],
    ["ssh://svc:SECRET@hv01", /a password stands in it/],
    ["ssh://%zzSECRET@hv01", /percent sign/],
    ["ssh://-oProxyCommand=SECRET", /hostName: begins with a hyphen/],
    ['{"kind":"ssh","hostName":"hv01","privateKey":"SECRET"}', /privateKey is the key itself/],
    ['{"kind":"ssh","hostName":"hv01","password":"SECRET"}', /there is no "password" in it/],
    [
      '{"kind":"winrm","computerName":"hv01","authentication":"ntlm","credential":{"userName":"svc","password":"SECRET"}}',
      /password is the password itself/,
    ],
    ['{"SECRET', /holds no JSON/],
    ["{}", /kind: expected simulator, local, ssh or winrm/],
    ['{"kind":"winrm","authentication":"ntlm"}', /computerName: it is missing; expected string/],
    ["simulator:", /directory: it is empty/],
  ])("%s is refused, and nothing of it is repeated that may be a secret", (text, reason) => {
    const refusal = (() => {
      try {
        return JSON.stringify(hostOf(text));
      } catch (error) {
        return (error as Error).message;
      }
    })();
    expect(refusal).toMatch(reason);
    expect(refusal).toMatch(/Code: invalid-arguments$/);
    expect(refusal).not.toContain("SECRET");
  });
});

describe("a path on a host", () => {
  const hosts = new OpenHosts();
  const before = process.env.HYPERV_BRIDGE_PATHS;
  afterAll(() => {
    process.env.HYPERV_BRIDGE_PATHS = before;
  });

  it("of Windows is absolute, and its own", () => {
    process.env.HYPERV_BRIDGE_PATHS = "";
    expect(hostPath(hosts, { kind: "local" }, "D:\\Exports")).toBe("D:\\Exports");
    for (const path of ["Exports", ".", "/srv", "D:Exports", "D:\\a\0b"]) {
      expect(() => hostPath(hosts, { kind: "local" }, path)).toThrow(/absolute path/);
    }
  });

  it("of a simulator is of this machine", () => {
    expect(hostPath(hosts, { kind: "simulator", directory: "/lab" }, "exports")).toBe(resolve("exports"));
  });
});
