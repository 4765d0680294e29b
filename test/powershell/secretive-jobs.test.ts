import { afterEach, beforeEach, expect, it } from "vitest";
import { jobOutcome } from "../../provider/domain/hyperv/job-state";
import { HostError } from "../../provider/host/port";
import { localTransport, PowerShellHost } from "../../provider/host/powershell/index";
import { SimulatorHost } from "../../provider/host/simulator/index";
import { Death, type Point } from "../support/death";
import { Engine } from "../support/engine";
import { HostSession } from "../support/host-session";
import { violations } from "../support/invariants";
import { describeWithPowerShell, setShellEnvironment } from "../support/powershell";
import { slowTimeouts } from "../support/remote-scene";
import { Scene } from "../support/scene";
import { startWmi, type Wmi } from "../support/wmi/start-wmi";

describeWithPowerShell("an export whose job is an Msvm_ConcreteJob, which does not tell its directory", (powershell) => {
  let scene: Scene;
  let wmi: Wmi;
  let engine: Engine;

  beforeEach(async () => {
    scene = await Scene.open({ bytesPerSecond: 20_000, finishedJobLifetime: "1h" }, slowTimeouts);
    wmi = await startWmi(scene.labDirectory, { exportJobClass: "Msvm_ConcreteJob" });
    setShellEnvironment(wmi.environment);
    engine = new Engine();
  });
  afterEach(async () => {
    await wmi.close();
    scene.close();
    expect(wmi.broken).toEqual([]);
  });

  const session = (death = new Death()) =>
    new HostSession(scene, new PowerShellHost(localTransport({ executable: powershell })), death.intervene);
  const killedUp = async (point: Point) => {
    const death = new Death(point);
    const killed = session(death);
    await Promise.race([engine.up(killed, scene.inputs()), death.moment]);
    await killed.close();
    expect(death.happened).toBe(true);
  };
  const up = async () => {
    const next = session();
    const failed: unknown = await engine.up(next, scene.inputs()).catch((error: unknown) => error);
    await next.close();
    return failed;
  };
  const endJobs = async () => {
    const { jobs } = await scene.lab.describe();
    const host = new SimulatorHost(scene.labDirectory);
    expect(await host.terminateJobs(jobs.map(({ path }) => path))).toMatchObject([{ ok: true }]);
    await host.close();
  };
  const runningJobs = async () => (await scene.lab.describe()).jobs.filter(({ jobState }) => jobOutcome(jobState) === "running").length;
  const whole = () => [{ directory: scene.inputs().exportDirectory, point: scene.points[0] }];

  it("is found by the path in its claim by the run after a kill", async () => {
    await scene.lab.configure({ jobStartDelay: "15s" });
    await killedUp({ key: "poll-jobs#3", when: "after" });
    expect(await runningJobs()).toBe(1);
    expect(await up()).toBeUndefined();
    expect(await scene.calls()).toBe(1);
    expect(await violations(scene, whole())).toEqual([]);
  });

  it("is cancelled by the destroy after a kill", async () => {
    await scene.lab.configure({ jobStartDelay: "1h" });
    const denied = { ok: false, error: new HostError("accessDenied", "the account may not look at jobs") } as const;
    let polls = 0;
    // The claim knows the job by then, and the state the export.
    const blinded = new HostSession(scene, new PowerShellHost(localTransport({ executable: powershell })), async (call, run) =>
      call.key.startsWith("poll-jobs") && ++polls > 3 ? { jobs: [denied], tasks: [] } : run(),
    );
    await engine.up(blinded, scene.inputs()).catch(() => {});
    await blinded.close();
    expect([engine.current?.status, await runningJobs()]).toEqual(["incomplete", 1]);
    const next = session();
    await engine.destroy(next);
    await next.close();
    expect(await runningJobs()).toBe(0);
    expect(await violations(scene, [])).toEqual([]);
  });

  it("is not made for a second time beside the job of a run that was killed before it knew the path", async () => {
    await scene.lab.configure({ jobStartDelay: "1h" });
    await killedUp({ key: "exportReferencePoints#1", when: "after" });
    expect(await up()).toMatchObject({ code: "host-failed", reason: expect.stringContaining("does not tell where to") });
    expect(await scene.calls()).toBe(1);
    await endJobs();
    await scene.lab.configure({ jobStartDelay: 0 });
    // Nothing tells whose the ended job was, nor whether its files are whole: they are made anew.
    expect(await up()).toBeUndefined();
    expect(await scene.calls()).toBe(2);
    expect(await violations(scene, whole())).toEqual([]);
  });
});
