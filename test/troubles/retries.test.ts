import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, test } from "vitest";
import { isExportError } from "../../provider/domain/errors/export-error";
import { returnCodes } from "../../provider/domain/hyperv/return-codes";
import { parseDuration } from "../../provider/domain/values/duration";
import type { PollRequest } from "../../provider/host/port";
import { HostError, SimulatorHost } from "../../provider/host/simulator/index";
import { type Intervention, whereJobsTell } from "../support/decorated-host";
import { Engine } from "../support/engine";
import { diskFile } from "../support/exported-files";
import { simulatorGround } from "../support/ground";
import { hastyClock } from "../support/hasty-clock";
import { violations } from "../support/invariants";
import { Scene } from "../support/scene";
import { Session } from "../support/session";
import { disturbedUp } from "../support/steps";
import { undisturbed } from "../support/undisturbed";
import { VirtualClock } from "../support/virtual-clock";
import { proveFaults } from "./faults";

const LIMITS = { create: "30m", stall: "20m", delete: "30m" };

/** An up that must fail: its error. */
async function failing(scene: Scene, engine: Engine, intervene?: Intervention, clock = new VirtualClock()) {
  const session = new Session(scene, intervene, clock);
  const from = clock.now();
  const error: unknown = await engine.up(session, scene.inputs()).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  await session.close();
  if (!isExportError(error)) throw new Error(`not an ExportError: ${error}`);
  return { error, session, clock, took: clock.now() - from };
}

/** The next up, without trouble: makes the export true. */
async function expectRecovery(scene: Scene, engine: Engine): Promise<void> {
  await undisturbed(scene, (session) => engine.up(session, scene.inputs()));
  expect(engine.current?.status).toBe("intact");
  expect(await violations(scene, [{ directory: scene.inputs().exportDirectory, point: scene.points[0] }])).toEqual([]);
}

async function runningJobs(scene: Scene): Promise<number> {
  return (await scene.lab.describe()).jobs.filter(({ jobState }) => jobState < 7).length;
}

/** What the progress says of each wait, in milliseconds. */
function announcedWaits({ progress }: Session): number[] {
  return progress.flatMap((line) => {
    const found = /trying again in (\S+)$/.exec(line)?.[1];
    const parsed = found === undefined ? undefined : parseDuration(found);
    return parsed?.ok ? [parsed.value] : [];
  });
}

const refuseMethod =
  (kind: HostError["kind"], times: number): Intervention =>
  async (call, run) =>
    call.method === "exportReferencePoints" && times-- > 0 ? [{ ok: false, error: new HostError(kind, "not now", {}) }] : run();

for (const [code, limits] of [
  ["timed-out", { create: "800ms", stall: "10s", delete: "20s" }],
  ["job-stalled", { create: "20s", stall: "400ms", delete: "20s" }],
] as const) {
  test(`a job that has succeeded when it is to be cancelled (${code}) has written the export all the same`, async () => {
    const scene = await Scene.open({ synchronousExports: false }, limits);
    const engine = new Engine();
    let asked = false;
    const standing = whereJobsTell((job) => (asked || job.jobState !== 7 ? job : { ...job, jobState: 4, percentComplete: 50 }));
    const ended = await disturbedUp(scene, engine, (call, run) => {
      asked ||= call.method === "terminateJobs";
      return standing(call, run);
    });
    expect(ended.code).toBe(code);
    scene.timeouts = LIMITS;
    await expectRecovery(scene, engine);
    expect(await scene.calls()).toBe(1);
  });
}

describe("a method that the host refuses", () => {
  for (const { kind, transient } of returnCodes) {
    test(`with ${kind} is ${transient ? "tried again with growing, jittered waits" : "not tried again"}`, async () => {
      const scene = await Scene.open({}, LIMITS);
      const engine = new Engine();
      if (!transient) {
        let calls = 0;
        const { error, session } = await failing(scene, engine, (call, run) => {
          if (call.method === "exportReferencePoints") calls++;
          return refuseMethod(kind, 99)(call, run);
        });
        expect(calls).toBe(1);
        expect(announcedWaits(session)).toEqual([]);
        expect(error.reason).toContain("not now");
        return expectRecovery(scene, engine);
      }
      const clock = new VirtualClock();
      const session = new Session(scene, refuseMethod(kind, 7), clock);
      await engine.up(session, scene.inputs());
      const waits = announcedWaits(session);
      expect(waits).toHaveLength(7);
      // Jitter takes at most half of a wait that doubles: two later is always longer.
      for (let index = 2; index < waits.length; index++) expect(waits[index]).toBeGreaterThan(waits[index - 2] as number);
      expect(new Set(waits.map((wait, index) => wait / 2 ** index)).size).toBeGreaterThan(2);
      return expectRecovery(scene, engine);
    });
  }

  test("without end fails at the time limit", async () => {
    const scene = await Scene.open({}, { ...LIMITS, create: "10m" });
    const engine = new Engine();
    const { error, took, session } = await failing(scene, engine, refuseMethod("invalidState", Number.POSITIVE_INFINITY));
    expect(error).toMatchObject({ code: "timed-out", reason: expect.stringContaining("not now") });
    expect(took).toBeGreaterThanOrEqual(10 * 60_000);
    expect(took).toBeLessThan(11 * 60_000);
    expect(Math.max(...announcedWaits(session))).toBeLessThanOrEqual(30_000);
    await expectRecovery(scene, engine);
  });

  test("of a repair, for the base's sake, tells to save what is left before another base replaces it", async () => {
    const scene = await Scene.open({}, LIMITS);
    const engine = new Engine();
    const changes = { referencePoint: scene.points[1], baseReferencePoint: scene.points[0] };
    const refused: Intervention = async (call, run) =>
      call.method === "exportReferencePoints"
        ? [{ ok: false, error: new HostError("invalidParameter", "no such difference", { returnCode: 32773 }) }]
        : run();
    const remedyOf = async (session: Session) => {
      const error: unknown = await engine.up(session, scene.inputs(changes)).catch((reason: unknown) => reason);
      await session.close();
      if (!isExportError(error)) throw new Error(`not an ExportError: ${error}`);
      expect(error.code).toBe("method-refused");
      return error.remedy;
    };
    // A new export has nothing to lose.
    expect(await remedyOf(new Session(scene, refused))).toMatch(/^Name a base that is older than the point/);
    await undisturbed(scene, (session) => engine.up(session, scene.inputs(changes)));
    const [{ path: file = "" } = {}] = engine.current?.files ?? [];
    fs.rmSync(path.join(scene.inputs().exportDirectory, file));
    await undisturbed(scene, (session) => engine.refresh(session));
    expect(engine.current?.status).toBe("damaged");
    expect(await remedyOf(new Session(scene, refused))).toContain("first copy what you need of the damaged export to another place");
    scene.close();
  });

  test("because the connection stays broken is given up soon", async () => {
    const scene = await Scene.open({}, LIMITS);
    const engine = new Engine();
    const { error, took } = await failing(scene, engine, async () => {
      throw new HostError("connectionLost", "gone");
    });
    expect(error.code).toBe("connection-lost");
    expect(took).toBeLessThan(60_000);
    await expectRecovery(scene, engine);
  });

  test("a connection that is away while the job runs is borne, and the job is adopted", async () => {
    const scene = await Scene.open({}, LIMITS);
    const engine = new Engine();
    let broken = 40;
    const session = new Session(
      scene,
      async (call, run) => {
        if (call.key.startsWith("poll-jobs") && broken-- > 0) throw new HostError("unreachable", "gone");
        return run();
      },
      new VirtualClock(),
    );
    await engine.up(session, scene.inputs());
    expect(await scene.calls()).toBe(1);
    expect(session.progress.join("\n")).toContain("its job goes on");
  });
});

describe("a job", () => {
  test("that stands still is cancelled after timeouts.stall", async () => {
    const scene = await Scene.open({}, LIMITS);
    const engine = new Engine();
    await scene.lab.setFaults([{ fault: "jobStalls", atPercent: 40, count: 1 }]);
    const { error, took } = await failing(scene, engine);
    expect(error.code).toBe("job-stalled");
    expect(error.reason).toContain("it was cancelled");
    expect(took).toBeGreaterThanOrEqual(20 * 60_000);
    expect(took).toBeLessThan(22 * 60_000);
    expect(await runningJobs(scene)).toBe(0);
    await expectRecovery(scene, engine);
    expect(await scene.calls()).toBe(2);
  });

  test("that outlasts timeouts.create is cancelled", async () => {
    const scene = await Scene.open({ bytesPerSecond: 1000 }, { ...LIMITS, create: "10m" });
    const engine = new Engine();
    const { error, took } = await failing(scene, engine);
    expect(error.code).toBe("timed-out");
    expect(took).toBeLessThan(11 * 60_000);
    expect(await runningJobs(scene)).toBe(0);
    await scene.lab.configure({ bytesPerSecond: "unlimited" });
    await expectRecovery(scene, engine);
  });

  test("whose cancel the host never answers is given up in bounded time", async () => {
    const scene = await Scene.open({ bytesPerSecond: 1000 }, { ...LIMITS, create: "10m" });
    const engine = new Engine();
    const { error, took } = await failing(scene, engine, (call, run) => (call.method === "terminateJobs" ? new Promise(() => {}) : run()));
    expect(error.code).toBe("timed-out");
    expect(took).toBeLessThan(11 * 60_000);
    await scene.lab.configure({ bytesPerSecond: "unlimited" });
    await expectRecovery(scene, engine);
  });

  test("that a method which never answers may have started is cancelled, too", async () => {
    const scene = await Scene.open({ bytesPerSecond: 1000 }, { create: "1500ms", stall: "20m", delete: "30m" });
    const engine = new Engine();
    const { error } = await failing(
      scene,
      engine,
      async (call, run) => {
        const answer = await run();
        return call.method === "exportReferencePoints" ? new Promise(() => {}) : answer;
      },
      hastyClock as VirtualClock,
    );
    expect(error.code).toBe("timed-out");
    expect(await runningJobs(scene)).toBe(0);
    await scene.lab.configure({ bytesPerSecond: "unlimited" });
    await expectRecovery(scene, engine);
  });

  test("whose files are lost before they are described is run again by the next up", async () => {
    const scene = await Scene.open({}, LIMITS);
    const engine = new Engine();
    const { error } = await failing(scene, engine, async (call, run) => {
      const answer = await run();
      const { jobs } = await scene.lab.describe();
      if (call.method === "poll" && jobs.some(({ jobState }) => jobState === 7)) fs.rmSync(diskFile(scene), { force: true });
      return answer;
    });
    expect(error.code).toBe("export-incomplete");
    await expectRecovery(scene, engine);
  });

  test("of an earlier run that is told to stop is run again", async () => {
    const scene = await Scene.open({ bytesPerSecond: 1000 });
    const engine = new Engine();
    const denied = { ok: false, error: new HostError("accessDenied", "not for you") };
    await failing(scene, engine, async (call, run) => (call.key === "poll-jobs#1" ? { jobs: [denied], tasks: [] } : run()));
    await scene.lab.configure({ bytesPerSecond: 1000 });
    const session = new Session(scene, async (call, run) => {
      if (call.key === "poll-jobs#2") {
        await new SimulatorHost(scene.labDirectory).terminateJobs((call.items as PollRequest).jobs);
        await scene.lab.configure({ bytesPerSecond: "unlimited" });
      }
      return run();
    });
    await engine.up(session, scene.inputs());
    expect(await scene.calls()).toBe(2);
    // The export is of this run's own job.
    expect(session.deeds).toEqual([]);
    await expectRecovery(scene, engine);
  });

  test("of an earlier run is adopted, and the row says so", async () => {
    const scene = await Scene.open({ bytesPerSecond: 1000 });
    const engine = new Engine();
    const denied = { ok: false, error: new HostError("accessDenied", "not for you") };
    await failing(scene, engine, async (call, run) => (call.key === "poll-jobs#1" ? { jobs: [denied], tasks: [] } : run()));
    await scene.lab.configure({ bytesPerSecond: "unlimited" });
    const session = new Session(scene);
    await engine.up(session, scene.inputs());
    expect([await scene.calls(), session.deeds]).toEqual([1, ["adopted the running job"]]);
  });

  /** The connection breaks right after the method has been called. */
  const answerLost: Intervention = async (call, run) => {
    const answer = await run();
    if (call.key === "exportReferencePoints#1") throw new HostError("connectionLost", "gone");
    return answer;
  };

  test("that this very run has started and lost is not called adopted when it is found again", async () => {
    const scene = await Scene.open();
    const engine = new Engine();
    const session = new Session(scene, answerLost);
    await engine.up(session, scene.inputs());
    expect([await scene.calls(), session.deeds]).toEqual([1, []]);
    expect(session.progress.join("\n")).toContain("found its job again");
    expect(session.progress.join("\n")).not.toContain("adopted");
    await session.close();
    await expectRecovery(scene, engine);
  });

  test("that this very run has started and lost is not run again where somebody ends it", async () => {
    const scene = await Scene.open({ bytesPerSecond: 1000 }, LIMITS);
    const engine = new Engine();
    const { error } = await failing(
      scene,
      engine,
      async (call, run) => {
        if (call.key === "poll-jobs#2") await new SimulatorHost(scene.labDirectory).terminateJobs((call.items as PollRequest).jobs);
        return answerLost(call, run);
      },
      hastyClock as VirtualClock,
    );
    expect([error.code, await scene.calls()]).toEqual(["job-terminated", 1]);
    await scene.lab.configure({ bytesPerSecond: "unlimited" });
    await expectRecovery(scene, engine);
  });

  test("of an unfinished export is cancelled by destroy", async () => {
    const scene = await Scene.open({ bytesPerSecond: 1000 });
    const engine = new Engine();
    const denied = { ok: false, error: new HostError("accessDenied", "not for you") };
    await failing(scene, engine, async (call, run) => (call.key === "poll-jobs#1" ? { jobs: [denied], tasks: [] } : run()));
    expect(await runningJobs(scene)).toBe(1);
    await undisturbed(scene, (session) => engine.destroy(session));
    expect(await runningJobs(scene)).toBe(0);
    expect(await violations(scene, [])).toEqual([]);
  });
});

describe("an up that meets a fault of the simulator is put right by the next one", () => {
  proveFaults(simulatorGround);
});
