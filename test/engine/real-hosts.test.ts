import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Host, type ReferencePointExportArgs } from "pulumi-hyperv-reference-point";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWithSshd } from "../support/describe-with-sshd";
import { describeWithWinrm } from "../support/describe-with-winrm";
import { describeWithPowerShell, setShellEnvironment } from "../support/powershell";
import { descendants, type Sshd, startSshd } from "../support/sshd";
import type { Certificates } from "../support/winrm/certificates";
import { defaultUser } from "../support/winrm/options";
import { startWinrm, type Winrm } from "../support/winrm/server";
import { startWmi, type Wmi } from "../support/wmi/start-wmi";
import { opOf } from "./test-stack";
import { DATA_DISK, filesIn, points, Workplace } from "./workplace";

describeWithPowerShell("the real CLI on a host behind a real PowerShell, its CIM played", (powershell) => {
  let place: Workplace;
  let wmi: Wmi;
  beforeAll(async () => {
    place = await Workplace.open();
    wmi = await startWmi(place.lab.directory);
    setShellEnvironment(wmi.environment);
  });
  afterAll(async () => {
    await wmi.close();
    place.close();
    expect(wmi.broken).toEqual([]);
  });

  const calls = async (directory: string) =>
    (await place.lab.calls()).filter((call) => call.method === "ExportReferencePoint" && call.exportDirectory === directory).length;
  // Who started which process, /proc alone tells.
  const shells = () =>
    process.platform !== "linux" ? [] : descendants(process.pid).filter((pid) => commandLine(pid).includes("-NonInteractive"));

  it("creates, finds intact, finds damaged, repairs and destroys over local", async () => {
    const stack = await place.stack();
    const exportDirectory = place.directory();
    const program = place.program({ host: Host.local({ executable: powershell }), exportDirectory });

    const first = await stack.up(program);
    expect(first.text).not.toMatch(/error:|warning:/);
    expect(opOf(first)).toBe("create");
    await place.expectRestorable([exportDirectory], points.sql01[1]);
    expect(stack.resource().outputs).toMatchObject({ status: "intact", hostMachineId: expect.stringMatching(/./) });
    expect(opOf(await stack.up(program))).toBe("same");
    expect(opOf(await stack.refresh({ expectNoChanges: true }))).toBe("refresh");

    appendFileSync(join(exportDirectory, DATA_DISK), "x");
    await stack.refresh();
    expect(stack.resource().outputs.status).toBe("damaged");
    expect((await stack.up(program)).ok).toBe(true);
    await place.expectRestorable([exportDirectory], points.sql01[1]);
    expect(await calls(exportDirectory)).toBe(1);

    expect((await stack.destroy()).ok).toBe(true);
    expect(existsSync(exportDirectory)).toBe(false);
    expect(shells()).toEqual([]);
  });

  it("says in preview and up, with one remedy, what is wrong with a way to a host", async () => {
    const stack = await place.stack();
    const exportDirectory = place.directory();
    const refusal = async (host: ReferencePointExportArgs["host"]) =>
      (await stack.up(place.program({ host: host as never, exportDirectory }))).text;
    expect(await refusal(Host.local({ executable: "/nowhere/pwsh" }))).toContain("Code: program-missing");
    expect(await refusal(Host.ssh({ hostName: "-oProxyCommand=x" }))).toContain(`host.hostName ("-oProxyCommand=x"): begins with a hyphen`);
    const unset = Host.ssh({ hostName: "127.0.0.1", privateKey: { environment: "HYPERV_TEST_NO_SUCH_KEY" } });
    expect(await refusal(unset)).toContain("Code: secret-missing");
    expect(stack.resources()).toEqual([]);
  });

  it("a preview asks it, shows and refuses, and leaves no shell", async () => {
    const stack = await place.stack();
    const host = Host.local({ executable: powershell });
    const exportDirectory = place.directory();
    const shown = await stack.preview(place.program({ host, exportDirectory }));
    expect(shown.text).not.toMatch(/error:|warning:/);
    expect(shown.text).toMatch(/full, 2 disks, at most 7 MiB, \S+ \S+ free/);
    const wrong = await stack.preview(place.program({ host, exportDirectory, virtualMachine: "WEB1" }));
    expect([wrong.ok, wrong.text.includes("Code: virtual-machine-not-found")]).toEqual([false, true]);
    expect([existsSync(exportDirectory), await calls(exportDirectory), shells()]).toEqual([false, 0, []]);
  });

  describeWithSshd(() => {
    let sshd: Sshd;
    beforeAll(async () => {
      sshd = await startSshd({ HYPERV_BRIDGE_PATHS: "posix", ...wmi.environment });
    });
    afterAll(() => sshd.close());
    const ssh = (more: Partial<Parameters<typeof Host.ssh>[0]> = {}) => {
      const { port, userName, hostKey, keyFile } = sshd;
      return Host.ssh({ hostName: "127.0.0.1", port, userName, hostKey, keyFile, executable: powershell, ...more });
    };

    it("another way to the same machine is an update that exports nothing, and the way of the state deletes", async () => {
      const stack = await place.stack();
      const exportDirectory = place.directory();
      await stack.up(place.program({ host: Host.local({ executable: powershell }), exportDirectory }));
      const files = filesIn(exportDirectory);
      const moved = place.program({ host: ssh(), exportDirectory });
      expect(opOf(await stack.preview(moved))).toBe("update");
      const run = await stack.up(moved);
      expect([run.ok, opOf(run)]).toEqual([true, "update"]);
      expect(opOf(await stack.up(moved))).toBe("same");
      expect(filesIn(exportDirectory)).toEqual(files);
      expect(await calls(exportDirectory)).toBe(1);
      expect((await stack.destroy()).ok).toBe(true);
      expect(existsSync(exportDirectory)).toBe(false);
      expect(descendants(sshd.pid)).toEqual([]);
    });

    it("a preview asks it, shows and refuses, and leaves no shell; one that cannot be reached is a warning", async () => {
      const stack = await place.stack();
      const exportDirectory = place.directory();
      const shown = await stack.preview(place.program({ host: ssh(), exportDirectory }));
      expect(shown.text).not.toMatch(/error:|warning:/);
      expect(shown.text).toMatch(/full, 2 disks, at most 7 MiB, \S+ \S+ free/);
      const wrong = await stack.preview(place.program({ host: ssh(), exportDirectory, virtualMachine: "TEST01" }));
      expect([wrong.ok, wrong.text.includes("Code: virtual-machine-ambiguous")]).toEqual([false, true]);
      const strange = { keyFile: sshd.strangersKeyFile };
      for (const away of [ssh({ port: 1, connectTimeout: "1s" }), ssh(strange)]) {
        const silent = await stack.preview(place.program({ host: away, exportDirectory }));
        expect(silent.ok).toBe(true);
        expect(silent.text).toMatch(/a new export on 127\.0\.0\.1 \(SSH\): .*Code: (host-unreachable|login-refused)/s);
      }
      const noKey = ssh({ keyFile: join(place.scratch, "no-such-key") });
      const refused = await stack.preview(place.program({ host: noKey, exportDirectory }));
      expect(refused.ok).toBe(false);
      expect(refused.text).toMatch(/there is no file \S+no-such-key on this machine, .*Code: secret-missing/s);
      expect(descendants(sshd.pid)).toEqual([]);
    });

    it("a host that does not answer makes a preview warn; the up fails and changes nothing", async () => {
      const stack = await place.stack();
      const exportDirectory = place.directory();
      await stack.up(place.program({ host: Host.local({ executable: powershell }), exportDirectory }));
      const away = place.program({ host: ssh({ port: 1, connectTimeout: "1s" }), exportDirectory });
      const preview = await stack.preview(away);
      expect([preview.ok, opOf(preview)]).toEqual([true, "update"]);
      expect(preview.text).toContain("taken for the same machine");
      const up = await stack.up(away);
      expect(up.ok).toBe(false);
      expect(up.text).toContain("Code: host-unreachable");
      expect((await stack.destroy()).ok).toBe(true);
    });

    it("another machine replaces, and on it an absent export is not called gone", async () => {
      const stack = await place.stack();
      const exportDirectory = place.directory();
      const program = place.program({ host: ssh(), exportDirectory });
      await stack.up(program);
      await stack.edit((text) => text.replace(/"hostMachineId": "[^"]+"/, '"hostMachineId": "another machine"'));
      expect(
        opOf(await stack.preview(place.program({ host: ssh({ hostName: "localhost" }), exportDirectory: place.directory() }))),
      ).toMatch(/replace/);
      expect((await stack.refresh()).ok).toBe(true); // it is there, so this is its machine now
      await stack.edit((text) => text.replace(/"hostMachineId": "[^"]+"/, '"hostMachineId": "another machine"'));
      rmSync(exportDirectory, { recursive: true });
      for (const run of [await stack.refresh(), await stack.destroy()]) expect(run.text).toContain("Code: machine-changed");
      mkdirSync(exportDirectory); // a directory of that name proves nothing either
      expect((await stack.refresh()).text).toContain("Code: machine-changed");
      expect(stack.resource().outputs.hostMachineId).toBe("another machine");
      expect(stack.resources()).toHaveLength(1);
    });

    it.each(["the program", "an output of the program", "the configuration"])(
      "a private key that %s gives lies nowhere in plain text",
      async (giver) => {
        const secretLine = sshd.privateKey.split("\n")[1] as string;
        const stack = await place.stack();
        const host = ssh({ keyFile: undefined, privateKey: sshd.privateKey });
        if (giver === "the configuration") await stack.setConfig("hyperv:host", JSON.stringify(host), true);
        const given = { "the program": host, "an output of the program": pulumi.output(host) }[giver];
        const run = await stack.up(place.program({ host: given as never, exportDirectory: place.directory() }), { diff: true });
        expect(run.text).not.toMatch(/error:/);
        expect([run.ok, run.text.includes(secretLine), stack.stateText().includes(secretLine)]).toEqual([true, false, false]);
        expect((await stack.refresh({ expectNoChanges: true })).ok).toBe(true);
        expect(stack.stateText()).not.toContain(secretLine);
        expect((await stack.destroy()).ok).toBe(true);
      },
    );

    it("the key of an environment variable can be rotated without a change", async () => {
      const stack = await place.stack();
      const exportDirectory = place.directory();
      const program = place.program({
        host: ssh({ keyFile: undefined, privateKey: { environment: "HYPERV_TEST_KEY" } }),
        exportDirectory,
      });
      process.env.HYPERV_TEST_KEY = sshd.privateKey;
      try {
        expect(opOf(await stack.up(program))).toBe("create");
        process.env.HYPERV_TEST_KEY = readFileSync(sshd.strangersKeyFile, "utf8");
        expect(opOf(await stack.preview(program))).toBe("same");
        expect((await stack.refresh()).text).toContain("Code: login-refused");
        process.env.HYPERV_TEST_KEY = sshd.privateKey;
        expect((await stack.destroy()).ok).toBe(true);
      } finally {
        delete process.env.HYPERV_TEST_KEY;
      }
    });
  });

  describeWithWinrm("(needs openssl on this machine)", () => {
    let server: Winrm;
    beforeAll(async () => {
      server = await startWinrm({ powershell, environment: { HYPERV_BRIDGE_PATHS: "posix", ...wmi.environment } });
    });
    afterAll(() => server.close());
    const winrm = (more: Partial<Parameters<typeof Host.winrm>[0]> = {}) => {
      const { port, certificates } = server;
      const way = { computerName: "127.0.0.1", port, authentication: "basic", credential: defaultUser } as const;
      return Host.winrm({ ...way, fingerprint: (certificates as Certificates).fingerprint, ...more });
    };

    it("WinRM in place of another way to the same machine is an update that exports nothing; no password lies anywhere in plain text", async () => {
      const stack = await place.stack();
      const exportDirectory = place.directory();
      await stack.up(place.program({ host: Host.local({ executable: powershell }), exportDirectory }));
      const files = filesIn(exportDirectory);
      const moved = place.program({ host: winrm(), exportDirectory });
      const preview = await stack.preview(moved);
      expect([preview.text.match(/error:|warning:/), opOf(preview)]).toEqual([null, "update"]);
      const run = await stack.up(moved, { diff: true });
      expect([run.ok, opOf(run)]).toEqual([true, "update"]);
      expect(opOf(await stack.up(moved))).toBe("same");
      expect((await stack.refresh({ expectNoChanges: true })).ok).toBe(true);
      expect([filesIn(exportDirectory), await calls(exportDirectory)]).toEqual([files, 1]);
      for (const text of [preview.text, run.text, stack.stateText()]) {
        expect(text).not.toContain(defaultUser.password);
        expect(text).not.toContain(Buffer.from(`${defaultUser.userName}:${defaultUser.password}`).toString("base64"));
      }
      expect((await stack.destroy()).ok).toBe(true);
      expect(existsSync(exportDirectory)).toBe(false);
      expect([server.shells, server.processes]).toEqual([[], []]);
    });

    it("a wrong way is told with its code in preview and up, and what cannot be secret is refused in check", async () => {
      const stack = await place.stack();
      const exportDirectory = place.directory();
      const told = async (host: ReturnType<typeof winrm>) => (await stack.preview(place.program({ host, exportDirectory }))).text;
      expect(await told(winrm({ fingerprint: undefined }))).toMatch(/Code: certificate-untrusted/);
      expect(await told(winrm({ credential: { userName: "operator", password: "hush-4711" } }))).toMatch(
        /^(?!.*hush).*Code: login-refused/s,
      );
      const unset = winrm({ credential: { userName: "operator", password: { environment: "HYPERV_TEST_NO_SUCH_PASSWORD" } } });
      expect(await told(unset)).toContain("Code: secret-missing");
      const plain = (await stack.up(place.program({ host: winrm({ useSsl: false, fingerprint: undefined }), exportDirectory }))).text;
      expect(plain).toMatch(/host\.useSsl .*encrypts no messages.*Code: invalid-arguments/s);
      expect([stack.resources(), server.shells]).toEqual([[], []]);
    });
  });
});

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return ""; // it has just ended
  }
}
