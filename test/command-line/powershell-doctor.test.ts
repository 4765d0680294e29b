import { execFileSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { hostSteps } from "../../provider/domain/look-ups/host-steps";
import { Simulator } from "../../provider/host/simulator/index";
import { describeWithSshd } from "../support/describe-with-sshd";
import { describeWithPowerShell } from "../support/powershell";
import { shellsLeft } from "../support/shells-left";
import { descendants, type Sshd, startSshd } from "../support/sshd";
import { calmMoods } from "../support/wmi/moods";
import { startWmi, type Wmi } from "../support/wmi/start-wmi";
import { codesOf, doctor, outcomes } from "./run-doctor";
import { runTool } from "./run-tool";

const scratch = realpathSync(mkdtempSync(join(tmpdir(), "doctor-")));
const lab = join(scratch, "lab");
beforeAll(() => Simulator.open(lab));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describeWithPowerShell("doctor through a real PowerShell, its CIM played", (powershell) => {
  let wmi: Wmi;
  let host: string;
  let env: Record<string, string>;
  beforeAll(async () => {
    wmi = await startWmi(lab);
    env = { HYPERV_BRIDGE_PATHS: "posix", ...wmi.environment };
    host = join(scratch, "host.json");
    writeFileSync(host, JSON.stringify({ kind: "local", executable: powershell }));
  });
  afterEach(() => Object.assign(wmi.moods, calmMoods()));
  afterAll(async () => {
    await wmi.close();
    expect(wmi.broken).toEqual([]);
  });

  it("knows all that checkHost knows, within ten seconds, and leaves no shell", async () => {
    const shell = performance.now();
    execFileSync(powershell, ["-NoProfile", "-NonInteractive", "-Command", "exit"]);
    const begun = performance.now();
    const looked = await doctor(["--host", host, "--directory", scratch], env);
    // A machine that is busy elsewhere starts a bare shell as slowly.
    expect(performance.now() - begun).toBeLessThan(Math.max(10_000, 12 * (begun - shell)));
    expect([looked.code, outcomes(looked)]).toEqual([0, ["connect fine", "inspect fine", "machines fine", "directory fine"]]);
    expect(looked.report).toMatchObject({
      host: "PowerShell on this machine",
      result: "healthy",
      powershellEdition: "Core",
      powershellVersion: expect.stringMatching(/^7\./),
      account: expect.stringMatching(/./),
      machineId: expect.stringMatching(/./),
      elevated: false,
      managementService: "running",
      virtualMachines: 6,
      directories: [{ directory: scratch, exists: true, canonicalPath: scratch, freeBytes: expect.any(Number) }],
    });
    expect(shellsLeft()).toEqual([]);
  });

  it("tells what is wrong by its code, with what to do, and ends with 1", async () => {
    wmi.moods.managementService = "stopped";
    const looked = await doctor(["--host", host, "--directory", scratch], env);
    expect([looked.code, codesOf(looked), looked.report.managementService]).toEqual([1, ["management-service-stopped"], "stopped"]);
    expect(outcomes(looked)).toEqual(["connect fine", "inspect problem", "machines skipped", "directory fine"]);
    const { output } = await runTool(["doctor", "--host", host], { env });
    expect(output).toMatch(/\nproblem {4}look at Hyper-V.*\n(?: {11}.*\n)* {13}What to do: .*\n {13}Code: management-service-stopped\n/);
  });

  it("names the step that hangs, once its time is over, looks at the directories all the same, and leaves no shell", async () => {
    wmi.moods.delay = 120_000;
    wmi.moods.ignoreOperationTimeout = true;
    const looked = await doctor(["--host", host, "--step-timeout", "25s", "--directory", scratch], env);
    expect([looked.code, looked.report.result, codesOf(looked)]).toEqual([2, "unknown", ["timed-out"]]);
    expect(outcomes(looked)).toEqual(["connect fine", "inspect hung", "machines skipped", "directory fine"]);
    const hung = looked.report.steps[1];
    expect(hung?.milliseconds).toBeLessThan(27_000);
    expect(hung?.problems[0]?.remedy).toBe(hostSteps.inspect.whenHung);
    expect(shellsLeft()).toEqual([]);
  });

  it("of a program that is not there ends with 1: a person must mend that", async () => {
    const looked = await doctor(["--host", JSON.stringify({ kind: "local", executable: "/nowhere/pwsh" })]);
    expect([looked.code, codesOf(looked)]).toEqual([1, ["program-missing"]]);
    expect(outcomes(looked)).toEqual(["connect problem", "inspect skipped", "machines skipped"]);
  });

  it("of an address where nobody answers ends with 2", async () => {
    const looked = await doctor(["--host", "ssh://svc@127.0.0.1:1"]);
    expect([looked.code, codesOf(looked), looked.report.host]).toEqual([2, ["host-unreachable"], "127.0.0.1 (SSH)"]);
  });

  describeWithSshd(() => {
    let sshd: Sshd;
    beforeAll(async () => {
      sshd = await startSshd(env);
    });
    afterAll(() => sshd.close());

    it("goes over SSH, by a key in the environment that is never shown", async () => {
      const { port, userName, hostKey, privateKey } = sshd;
      const way = {
        kind: "ssh",
        hostName: "127.0.0.1",
        port,
        userName,
        hostKey,
        executable: powershell,
        privateKey: { environment: "HV_KEY" },
      };
      const looked = await doctor(["--host", JSON.stringify(way)], { HV_KEY: privateKey });
      expect([looked.code, outcomes(looked)]).toEqual([0, ["connect fine", "inspect fine", "machines fine"]]);
      const missing = await doctor(["--host", JSON.stringify(way)], { HV_KEY: "" });
      expect([missing.code, codesOf(missing)]).toEqual([1, ["secret-missing"]]);
      expect(descendants(sshd.pid)).toEqual([]);
    });
  });
});
