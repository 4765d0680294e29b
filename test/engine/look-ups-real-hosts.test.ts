import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  checkHost,
  getReferencePoints,
  getVirtualMachines,
  getVirtualMachinesOutput,
  Host,
  ReferencePointExport,
} from "pulumi-hyperv-reference-point";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { localStack } from "../../tools/pulumi-cli/local-stack.mjs";
import { repository } from "../../tools/set-up/repository.mjs";
import { describeWithSshd } from "../support/describe-with-sshd";
import { describeWithPowerShell, setShellEnvironment } from "../support/powershell";
import { shellsLeft } from "../support/shells-left";
import { descendants, type Sshd, startSshd } from "../support/sshd";
import { calmMoods } from "../support/wmi/moods";
import { startWmi, type Wmi } from "../support/wmi/start-wmi";
import { processesWith } from "../system/processes";
import { opOf } from "./test-stack";
import { machines, points, Workplace } from "./workplace";

describeWithPowerShell("look-ups through a real PowerShell, its CIM played", (powershell) => {
  let place: Workplace;
  let wmi: Wmi;
  const host = Host.local({ executable: powershell });
  beforeAll(async () => {
    place = await Workplace.open();
    wmi = await startWmi(place.lab.directory);
    setShellEnvironment(wmi.environment);
  });
  afterEach(() => Object.assign(wmi.moods, calmMoods()));
  afterAll(async () => {
    await wmi.close();
    place.close();
    expect(wmi.broken).toEqual([]);
  });

  it("in preview and up of an inline program: machines, points and exports of them, and no shell is left", async () => {
    const stack = await place.stack();
    const exportDirectory = place.directory();
    const program = async () => {
      const { virtualMachines } = await getVirtualMachines({ host, name: "sql*" });
      const { referencePoints } = await getReferencePoints({ host, virtualMachine: virtualMachines[0]?.id ?? "" });
      const referencePoint = referencePoints[0]?.id ?? "";
      new ReferencePointExport("export", { host, virtualMachine: "SQL01", referencePoint, exportDirectory });
      return { machines: virtualMachines.map(({ id }) => id), points: referencePoints.map(({ id }) => id) };
    };
    const preview = await stack.preview(program);
    expect(preview.text).not.toMatch(/error:|warning:/);
    expect([opOf(preview), shellsLeft()]).toEqual(["create", []]);
    expect(preview.text).toMatch(/full, 2 disks/);
    const up = await stack.up(program);
    expect(up.text).not.toMatch(/error:|warning:/);
    expect(shellsLeft()).toEqual([]);
    expect(await stack.outputs()).toEqual({ machines: [machines.sql01], points: [...points.sql01] });
    expect((await stack.destroy()).ok).toBe(true);
  });

  it("a check tells of shell, account, rights and service, and what is wrong by its code", async () => {
    const stack = await place.stack();
    const check = async () => {
      const directories = [place.scratch];
      const { ok, problems, ...facts } = await checkHost({ host, directories });
      return { ok, codes: problems.map(({ code }) => code), ...facts };
    };
    expect((await stack.up(check)).ok).toBe(true);
    expect(await stack.outputs()).toMatchObject({
      ok: true,
      codes: [],
      host: "PowerShell on this machine",
      powershellEdition: "Core",
      powershellVersion: expect.stringMatching(/^7\./),
      account: expect.stringMatching(/./),
      machineId: expect.stringMatching(/./),
      elevated: false,
      managementService: "running",
      virtualMachines: 6,
      directories: [{ exists: true, canonicalPath: place.scratch, freeBytes: expect.any(Number) }],
    });
    wmi.moods.managementService = "stopped";
    expect((await stack.up(check)).ok).toBe(true);
    const wrong = await stack.outputs();
    expect(wrong).toMatchObject({ ok: false, codes: ["management-service-stopped"], managementService: "stopped" });
    expect(wrong.virtualMachines).toBeUndefined();
    const absent = async () => {
      const { ok, problems } = await checkHost({ host: Host.local({ executable: "/nowhere/pwsh" }) });
      return { ok, codes: problems.map(({ code }) => code) };
    };
    expect((await stack.up(absent)).ok).toBe(true);
    expect(await stack.outputs()).toEqual({ ok: false, codes: ["program-missing"] });
    expect(shellsLeft()).toEqual([]);
  });

  it("an account that sees nothing is an error and no empty list, and leaves no shell", async () => {
    const stack = await place.stack();
    wmi.moods.rights = "noRows";
    const run = await stack.preview(async () => void (await getVirtualMachines({ host })));
    expect([run.ok, run.text.includes("Code: no-hyper-v-rights"), shellsLeft()]).toEqual([false, true, []]);
  });

  it("a shell that never answers ends the look-up at its time limit, and the shell with it", async () => {
    const stack = await place.stack();
    wmi.moods.delay = 30_000;
    const run = await stack.preview(async () => void (await getVirtualMachines({ host, timeout: "4s" })));
    expect([run.ok, run.text.includes("Code: timed-out"), run.text.includes("Raise timeout")]).toEqual([false, true, true]);
    wmi.moods.delay = 0;
    expect(shellsLeft()).toEqual([]);
  });

  describeWithSshd(() => {
    let sshd: Sshd;
    beforeAll(async () => {
      sshd = await startSshd({ HYPERV_BRIDGE_PATHS: "posix", ...wmi.environment });
    });
    afterAll(() => sshd.close());

    it("over SSH by a private key: it lies nowhere in plain text, what is found by it is secret, and no shell is left", async () => {
      const { port, userName, hostKey, privateKey } = sshd;
      const way = Host.ssh({ hostName: "127.0.0.1", port, userName, hostKey, privateKey, executable: powershell });
      const secretLine = privateKey.split("\n")[1] as string;
      const stack = await place.stack();
      const run = await stack.up(async () => {
        const { ok } = await checkHost({ host: way });
        const { virtualMachines } = getVirtualMachinesOutput({ host: way, name: "SQL01" });
        return { ok, found: virtualMachines.apply(([machine]) => machine?.id) };
      });
      expect(run.text).not.toMatch(/error:/);
      expect(await stack.outputs()).toEqual({ ok: true, found: machines.sql01 });
      const kept = stack.stateText();
      expect([run.text.includes(secretLine), kept.includes(secretLine), kept.includes(machines.sql01)]).toEqual([false, false, false]);
      expect(descendants(sshd.pid)).toEqual([]);
    });

    it("a way that leads nowhere, and one that is refused, are what a check answers", async () => {
      const { port, userName, hostKey, strangersKeyFile: keyFile } = sshd;
      const stack = await place.stack();
      await stack.up(async () => {
        const ways = [
          Host.ssh({ hostName: "127.0.0.1", port: 1, connectTimeout: "1s" }),
          Host.ssh({ hostName: "127.0.0.1", port, userName, hostKey, keyFile, executable: powershell }),
        ];
        const found = await Promise.all(ways.map((host) => checkHost({ host, directories: ["/srv"] })));
        return { found: found.map(({ ok, problems }) => [ok, ...problems.map(({ code }) => code)]) };
      });
      expect(await stack.outputs()).toEqual({
        found: [
          [false, "host-unreachable"],
          [false, "login-refused"],
        ],
      });
      expect(descendants(sshd.pid)).toEqual([]);
    });
  });

  describe("a program in a process of its own", () => {
    let project: string;
    let scratch: string;
    let stack: ReturnType<typeof localStack>;
    beforeAll(async () => {
      scratch = join(place.scratch, "process");
      mkdirSync(scratch);
      mkdirSync(join(repository, ".scratch"), { recursive: true });
      project = mkdtempSync(join(repository, ".scratch", "look-ups-"));
      writeFileSync(join(project, "Pulumi.yaml"), "name: look-ups\nruntime: nodejs\nmain: index.js\n");
      const pulumiPath = process.env.HYPERV_TEST_PULUMI as string;
      stack = localStack({ pulumi: pulumiPath, binFolder: dirname(pulumiPath) }, { project, scratch, stack: "look-ups" });
      await stack.pulumi(["stack", "init"]);
    });
    afterAll(() => rmSync(project, { recursive: true, force: true }));

    it.each<[string, string, number, RegExp]>([
      ["that ends well", `exports.names = machines.map(({ name }) => name).join();`, 0, /DC01,FILE01,SQL01/],
      ["that makes nothing but the look-up", "", 0, /./],
      ["that throws", `throw new pulumi.RunError("its own");`, 1, /its own/],
      ["whose look-up is refused", `await getReferencePoints({ host, virtualMachine: "SQL1" });`, 1, /Code: virtual-machine-not-found/],
      [
        "that leaves a look-up to itself and throws",
        `getReferencePoints({ host, virtualMachine: "SQL01" }); throw new pulumi.RunError("its own");`,
        1,
        /its own/,
      ],
      [
        "one of whose resources is refused",
        `new ReferencePointExport("export", { host, virtualMachine: "SQL01", exportDirectory: "relative" });`,
        1,
        /Code: invalid-arguments/,
      ],
      ["that ends itself", `process.exit(3);`, 1, /./],
    ])("%s leaves no shell, in preview and up", async (_, rest, failed, said) => {
      // Of another error, Node.js 20 takes minutes to show the stack, whoever throws it.
      const begin = `const pulumi = require("@pulumi/pulumi"); const { getReferencePoints, getVirtualMachines, Host, ReferencePointExport } = require("pulumi-hyperv-reference-point");`;
      const look = `const host = Host.local(${JSON.stringify({ executable: powershell })}); const { virtualMachines: machines } = await getVirtualMachines({ host });`;
      writeFileSync(
        join(project, "index.js"),
        `${begin}\nmodule.exports = async () => { const exports = {}; ${look} ${rest}\n return exports; };\n`,
      );
      for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
        const asked = wmi.requests.length;
        const { status, output } = await stack.pulumi(command);
        expect(output).toMatch(said);
        expect([status === 0, wmi.requests.length > asked]).toEqual([failed === 0, true]);
        // One that has lost its program ends by the end of its input, within two seconds.
        while (processesWith(scratch).some(({ commandLine }) => commandLine.includes("-NonInteractive")))
          await new Promise((resolve) => setTimeout(resolve, 50));
      }
    });
  });
});
