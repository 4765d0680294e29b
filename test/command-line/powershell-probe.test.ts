import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { probeStepNames } from "../../provider/domain/probe/probe-steps";
import { Simulator } from "../../provider/host/simulator/index";
import { describeWithPowerShell } from "../support/powershell";
import { calmMoods } from "../support/wmi/moods";
import { startWmi, type Wmi } from "../support/wmi/start-wmi";
import { clean, methods, neverSettled, probe, steps } from "./run-probe";
import { toolPath } from "./run-tool";

const scratch = realpathSync(mkdtempSync(join(tmpdir(), "probe-")));
const directory = join(scratch, "given");
const out = join(scratch, "report.json");
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describeWithPowerShell("probe through a real PowerShell, its CIM played", (powershell) => {
  let lab: Simulator;
  let wmi: Wmi;
  let host: readonly string[];
  let env: Record<string, string>;
  beforeAll(async () => {
    mkdirSync(directory);
    lab = await Simulator.open(join(scratch, "lab"));
    await lab.configure({ bytesPerSecond: "unlimited", jobStartDelay: 100, pointJobDuration: 10 });
    wmi = await startWmi(lab.directory);
    env = { HYPERV_BRIDGE_PATHS: "posix", ...wmi.environment };
    const file = join(scratch, "host.json");
    writeFileSync(file, JSON.stringify({ kind: "local", executable: powershell }));
    host = ["--host", file];
  });
  afterEach(() => Object.assign(wmi.moods, calmMoods()));
  afterAll(async () => {
    await wmi.close();
    expect(wmi.broken).toEqual([]);
  });

  const nothingLeft = async () => {
    expect((await lab.describe()).virtualMachines).toHaveLength(6);
    expect(readdirSync(directory)).toEqual([]);
    expect(readdirSync(join(lab.directory, "records")).filter((name) => name !== "bases")).toEqual([]);
  };

  it("calls what it says, learns what can be learnt, and leaves nothing", async () => {
    const probed = await probe([...host, "--directory", directory], out, env);
    expect([probed.code, probed.report.result, steps(probed)]).toEqual([0, "complete", probeStepNames.map((step) => `${step} fine`)]);
    expect(methods(probed)).toEqual([
      "machine DefineSystem",
      "machine CreateVirtualHardDisk",
      "machine AddResourceSettings",
      "machine AddResourceSettings",
      "machine AddResourceSettings",
      "firstPoint CreateReferencePoint",
      "fullExport ExportReferencePoint",
      "secondPoint CreateReferencePoint",
      "differentialExport ExportReferencePoint",
      "cancelledExport ExportReferencePoint",
      "cancelledExport RequestStateChange",
      "remove DestroyReferencePoint",
      "remove DestroyReferencePoint",
      "remove DestroySystem",
    ]);
    expect(probed.report.calls[1]).toMatchObject({ returnCode: 4096, jobClass: "Msvm_StorageJob" });
    expect(probed.report.facts.filter(({ settled }) => !settled).map(({ fact }) => fact)).toEqual(neverSettled);
    expect(probed.report.host).toMatchObject({
      kind: "local",
      Version: "10.0.26100",
      BuildNumber: "26100",
      powershell: expect.stringMatching(/^7/),
    });
    expect(probed.report.removed.some((what) => what.endsWith(".vhdx"))).toBe(true);
    for (const name of [scratch, hostname(), userInfo().username, wmi.moods.computerName]) {
      expect(probed.text, name).not.toMatch(new RegExp(`(?<![\\p{L}\\p{N}])${name}(?![\\p{L}\\p{N}])`, "iu"));
    }
    await nothingLeft();
  });

  it("that was killed with its shell is cleaned", async () => {
    await lab.configure({ bytesPerSecond: 1024 * 1024 });
    const words = [toolPath, "probe", ...host, "--directory", directory, "--create-and-remove-a-test-machine", "--out", out];
    const tool = spawn(process.execPath, words, { env: { ...process.env, ...env } });
    const ended = new Promise((resolve) => tool.on("close", resolve));
    while ((await lab.describe()).jobs.every(({ jobState }) => jobState >= 7)) await new Promise((wake) => setTimeout(wake, 50));
    tool.kill("SIGKILL");
    await ended;
    const { code, cleaning } = await clean(host, env);
    expect([code, cleaning.probes.map(({ left, foreign }) => [left, foreign])]).toEqual([0, [[[], []]]]);
    await nothingLeft();
  });

  it("tells of jobs that name nothing, and of methods that start none", async () => {
    wmi.moods.exportJobClass = "Msvm_ConcreteJob";
    await lab.configure({ bytesPerSecond: "unlimited", jobNames: "nothing", synchronousPoints: true });
    const probed = await probe([...host, "--directory", directory], out, env);
    expect([probed.code, steps(probed)]).toEqual([0, probeStepNames.map((step) => `${step} fine`)]);
    const told = (fact: string) => probed.report.facts.find((one) => one.fact === fact)?.answer;
    expect([told("job-class"), told("point-id")]).toEqual(["Msvm_ConcreteJob", "Its job does not tell it."]);
    expect(probed.report.calls.find(({ method }) => method === "CreateReferencePoint")?.returnCode).toBe(0);
    await nothingLeft();
  });

  it("of an account without rights makes nothing, and says what is wrong", async () => {
    wmi.moods.rights = "noRows";
    wmi.requests.length = 0;
    const probed = await probe([...host, "--directory", directory], out, env);
    expect([probed.code, probed.report.steps[0]]).toEqual([1, expect.objectContaining({ outcome: "failed", code: "no-hyper-v-rights" })]);
    expect(steps(probed).slice(1)).toEqual(probeStepNames.slice(1).map((step) => `${step} skipped`));
    expect(wmi.requests.filter(({ operation }) => operation === "invoke")).toEqual([]);
    await nothingLeft();
  });
});
