import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostInput, hostName, sameMachineByName } from "../../provider/domain/hosts/host-input";
import { localHost, simulatorHost, sshHost, winrmHost } from "../../provider/domain/hosts/host-kinds";
import { publicKeyOf } from "../../provider/domain/hosts/ssh-words";

const tables = { simulator: simulatorHost, local: localHost, ssh: sshHost, winrm: winrmHost };
const hv01Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGk";
const accepts = (host: unknown) => hostInput.safeParse(host).success;
const ssh = (more: object = {}) => hostInput.parse({ kind: "ssh", hostName: "hv01", ...more });

describe("the tables of the kinds of host", () => {
  it.each(Object.entries(tables))("%s: defaults are what the schema accepts, and every row says what it means", (_kind, table) => {
    for (const { meaning, required, schema, ...row } of Object.values(table)) {
      expect(meaning).toMatch(/\.$/);
      expect(required || "default" in row || "defaultText" in row).toBe(true);
      if ("default" in row) expect(schema.safeParse(row.default).success).toBe(true);
    }
  });

  it("each row is an argument of the host, and no other is accepted", () => {
    const good = { directory: "/srv/lab", executable: "pwsh", hostName: "hv01" };
    const values = {
      ...good,
      userName: "CORP\\svc",
      port: 2222,
      keyFile: "/k",
      hostKey: hv01Key,
      jumpHost: "a@b:1,c",
      computerName: "hv01",
      useSsl: true,
      authentication: "ntlm",
      credential: { userName: "CORP\\svc", password: { environment: "HV_PASSWORD" } },
      fingerprint: "ab".repeat(32),
    };
    for (const [kind, table] of Object.entries(tables)) {
      const all = Object.fromEntries(Object.keys(table).map((name) => [name, (values as Record<string, unknown>)[name] ?? "20s"]));
      // Of two that exclude each other, one.
      const one = { ...("privateKey" in table && { keyFile: undefined, privateKey: "text" }) };
      const other = { ...("caFile" in table && { caFile: undefined, certificate: undefined }) };
      expect(accepts({ kind, ...all, ...one, ...other })).toBe(true);
      expect(accepts({ kind, ...all, more: 1 })).toBe(false);
    }
  });
});

describe("a host that is reached by SSH", () => {
  it("is never named by what ssh, or a shell, would read as something else", () => {
    const evil = fc.constantFrom("-", " ", "\n", "\t", "\0", "\u2028", "\u202e", "'", '"', "`", "$", ";", "&", "|", "%", "@", "/", "\\");
    const name = fc.stringMatching(/^[a-z0-9.]{0,8}$/);
    fc.assert(
      fc.property(name, evil, name, (before, bad, after) => {
        const text = bad === "-" ? `-${before}${after}` : before + bad + after;
        expect(accepts({ kind: "ssh", hostName: text })).toBe(false);
        if (!"@/\\".includes(bad)) expect(accepts({ kind: "ssh", hostName: "hv01", executable: text })).toBe(false);
      }),
    );
    for (const hostName of ["hv01", "hv01.corp.example", "10.0.0.7", "fe80::1", "[2001:db8::1]", "høst"])
      expect(accepts({ kind: "ssh", hostName })).toBe(true);
  });

  it("takes its key as ssh-keyscan and known_hosts write it, too", () => {
    for (const line of [hv01Key, `${hv01Key} root@hv01`, `hv01,10.0.0.7 ${hv01Key}`, `[hv01]:2222 ${hv01Key}\n`]) {
      expect(accepts({ kind: "ssh", hostName: "hv01", hostKey: line })).toBe(true);
      expect(publicKeyOf(line)).toBe(hv01Key);
    }
    for (const line of ["", "hv01", `# ${hv01Key}`, `@revoked * ${hv01Key}`, `a b ${hv01Key}`, "ssh-ed25519 key"]) {
      expect(accepts({ kind: "ssh", hostName: "hv01", hostKey: line })).toBe(false);
    }
  });

  it("no failure repeats a value: any may be secret", () => {
    const bad = { kind: "ssh", hostName: "-hush", userName: "hush hush", privateKey: { hush: "hush" }, hostKey: "hush", port: -4711 };
    const issues = hostInput.safeParse(bad).error?.issues ?? [];
    expect(issues.length).toBeGreaterThan(4);
    for (const { message } of issues) expect(message).not.toMatch(/hush|4711/);
  });
});

describe("a host that is reached by WinRM", () => {
  const winrm = (more: object = {}) => ({
    kind: "winrm",
    computerName: "hv01",
    authentication: "ntlm",
    credential: { userName: "svc", password: "p" },
    ...more,
  });
  const problems = (more: object) =>
    hostInput.safeParse(winrm(more)).error?.issues.map(({ path, message }) => `${path.join(".")} ${message}`);

  it("is named as machines are, and not as an address of a page", () => {
    for (const computerName of ["hv01", "hv01.corp.example", "10.0.0.7", "fe80::1", "høst", "HV_01"])
      expect(accepts(winrm({ computerName }))).toBe(true);
    for (const computerName of [
      "",
      "-hv01",
      "hv01.corp.example.:1",
      "http://hv01",
      "hv01/wsman",
      "svc@hv01",
      "hv 01",
      "hv01\n",
      "[fe80::1]",
      "10.0.0.1:5986",
      "cafe:5986",
      "fe80::1%2",
      ":",
      "..",
      "a?b",
    ])
      expect(accepts(winrm({ computerName }))).toBe(false);
  });

  it.each(["basic", "certificate"])("says nothing over HTTP without encryption: %s", (authentication) => {
    const with_ = authentication === "certificate" ? { credential: undefined, certificate: { file: "/c", keyFile: "/k" } } : {};
    expect(problems({ authentication, ...with_, useSsl: false })).toEqual([
      `useSsl is false, and authentication "${authentication}" encrypts no messages; leave it out`,
    ]);
    expect(problems({ authentication, ...with_ })).toBeUndefined();
  });

  it("takes tickets in place of a password, and a fingerprint as anybody writes it", () => {
    expect(accepts(winrm({ authentication: "kerberos", credential: undefined }))).toBe(true);
    expect(accepts(winrm({ authentication: "negotiate", credential: undefined, useSsl: false }))).toBe(true);
    for (const fingerprint of ["AB".repeat(32), Array(32).fill("ab").join(":"), Array(32).fill("AB").join(" ")])
      expect(accepts(winrm({ fingerprint }))).toBe(true);
    expect(problems({ fingerprint: "AB".repeat(20) })?.[0]).toContain("give the SHA-256");
  });

  it("no failure repeats a value: any may be secret", () => {
    const bad = winrm({
      computerName: "hush/hush",
      credential: { userName: "hush:", password: { hush: "hush" } },
      fingerprint: "hush",
      port: -4711,
    });
    const issues = hostInput.safeParse(bad).error?.issues ?? [];
    expect(issues.length).toBeGreaterThan(3);
    for (const { message } of issues) expect(message).not.toMatch(/hush|4711/);
  });

  it("is the same machine whoever logs in how; another name or way may lead to it", () => {
    const one = hostInput.parse(winrm());
    const same = winrm({ authentication: "kerberos", credential: undefined, computerName: "HV01", operationTimeout: "5s", caFile: "/ca" });
    expect(sameMachineByName(one, hostInput.parse(same))).toBe("same");
    for (const other of [winrm({ computerName: "hv01.corp.example" }), winrm({ port: 5986 }), winrm({ useSsl: false }), { kind: "local" }])
      expect(sameMachineByName(one, hostInput.parse(other))).toBe("unknown");
    expect(sameMachineByName(one, ssh())).toBe("unknown");
    expect(sameMachineByName({ kind: "simulator", directory: "/srv/lab" }, one)).toBe("other");
  });
});

describe("whether two hosts are one machine", () => {
  it("account, key and program make no difference, nor does letter case", () => {
    const one = ssh({ userName: "a", keyFile: "/a" });
    expect(
      sameMachineByName(one, ssh({ userName: "b", privateKey: "k", executable: "pwsh", connectTimeout: "1s", hostName: "HV01" })),
    ).toBe("same");
    expect(sameMachineByName({ kind: "local" }, { kind: "local", executable: "pwsh" })).toBe("same");
  });

  it("another name, port or way may lead to the same one: only the machine can tell", () => {
    for (const other of [
      ssh({ hostName: "hv01.corp.example" }),
      ssh({ port: 22 }),
      ssh({ jumpHost: "j" }),
      ssh({ hostKey: hv01Key }),
      { kind: "local" } as const,
    ]) {
      expect(sameMachineByName(ssh(), other)).toBe("unknown");
    }
  });

  it("a simulator is its lab, and no real host", () => {
    const lab = { kind: "simulator", directory: "/srv/lab" } as const;
    expect(sameMachineByName(lab, { ...lab, directory: "/srv//lab/" })).toBe("same");
    expect(sameMachineByName(lab, { ...lab, directory: "/srv/other" })).toBe("other");
    expect(sameMachineByName(lab, ssh())).toBe("other");
    expect(sameMachineByName(ssh(), lab)).toBe("other");
  });

  it("each is named in messages", () => {
    expect([hostName({ kind: "local" }), hostName(ssh())]).toEqual(["PowerShell on this machine", "hv01 (SSH)"]);
  });
});
