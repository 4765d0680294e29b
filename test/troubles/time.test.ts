import { afterEach, expect, test, vi } from "vitest";
import { isExportError } from "../../provider/domain/errors/export-error";
import { type Clock, systemClock } from "../../provider/lifecycle/session/clock";
import { type Intervention, whereJobsTell } from "../support/decorated-host";
import { Engine } from "../support/engine";
import { inTime } from "../support/in-time";
import { violations } from "../support/invariants";
import { Scene } from "../support/scene";
import { Session } from "../support/session";
import { undisturbed } from "../support/undisturbed";

const HOUR = 3_600_000;
const LIMITS = { create: "20s", stall: "4s", delete: "20s" };
/** Disks of 136 KiB: a second and a half. */
const bytesPerSecond = 90_000;

afterEach(() => {
  vi.restoreAllMocks();
});

/** Sets the time of day, for everything in this process, while a job is watched. */
function setTheTime(by: number): Intervention {
  return async (call, run) => {
    const answer = await run();
    if (call.key === "poll-jobs#1") {
      const real = Date.now;
      vi.spyOn(Date, "now").mockImplementation(() => real() + by);
    }
    return answer;
  };
}

async function upWith(scene: Scene, engine: Engine, intervene: Intervention, clock: Clock): Promise<string | undefined> {
  const session = new Session(scene, intervene, clock);
  const error: unknown = await inTime(engine.up(session, scene.inputs()), 25_000).catch((reason: unknown) => reason);
  await session.close();
  if (error !== undefined && !isExportError(error)) throw error;
  return error?.code;
}

async function expectWhole(scene: Scene, engine: Engine): Promise<void> {
  expect(engine.current?.status).toBe("intact");
  expect(await scene.calls("RequestStateChange")).toBe(0);
  expect(await scene.calls()).toBe(1);
  expect(await violations(scene, [{ directory: scene.inputs().exportDirectory, point: scene.points[0] }])).toEqual([]);
}

test.each([7 * HOUR, -HOUR])("a job goes on and is watched to its end although the time of day is set by %d ms", async (by) => {
  const scene = await Scene.open({ synchronousExports: false, bytesPerSecond }, LIMITS);
  const engine = new Engine();
  expect(await upWith(scene, engine, setTheTime(by), systemClock)).toBeUndefined();
  await expectWhole(scene, engine);
});

test.each([7 * HOUR, -HOUR])(
  "a job that stands still is cancelled after timeouts.stall although the time of day is set by %d ms",
  async (by) => {
    const scene = await Scene.open({ synchronousExports: false }, { ...LIMITS, stall: "1s" });
    await scene.lab.setFaults([{ fault: "jobStalls", atPercent: 50 }]);
    expect(await upWith(scene, new Engine(), setTheTime(by), systemClock)).toBe("job-stalled");
    expect(await scene.calls("RequestStateChange")).toBe(1);
  },
);

test("durations are not measured by the time of day", () => {
  const from = systemClock.now();
  expect(Math.abs(systemClock.date() - Date.now())).toBeLessThan(HOUR);
  expect(Math.abs(from - Date.now())).toBeGreaterThan(24 * HOUR);
  expect(systemClock.now()).toBeGreaterThanOrEqual(from);
});

/** A process that is stopped right after a look at its job, and goes on an hour later: the job has ended meanwhile. */
function stoppedForAnHour(): { readonly clock: Clock; readonly intervene: Intervention } {
  let pushed = 0;
  let isStanding = true;
  const clock: Clock = {
    now: () => performance.now() + pushed,
    date: () => Date.now(),
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds / 5)),
    random: () => 0.5,
  };
  const standing = whereJobsTell((job) => (isStanding ? { ...job, jobState: 4, percentComplete: 50, bytesWritten: 1 } : job));
  const intervene: Intervention = async (call, run) => {
    const answer = await standing(call, run);
    if (call.key === "poll-jobs#2") {
      pushed = HOUR;
      isStanding = false;
    }
    return answer;
  };
  return { clock, intervene };
}

test("a job is looked at once more before it is called stalled", async () => {
  const scene = await Scene.open({ synchronousExports: false }, { create: "9h", stall: "10m", delete: "20s" });
  const engine = new Engine();
  const { clock, intervene } = stoppedForAnHour();
  expect(await upWith(scene, engine, intervene, clock)).toBeUndefined();
  await expectWhole(scene, engine);
});

test("a job is looked at once more before it is cancelled because the time is over", async () => {
  const scene = await Scene.open({ synchronousExports: false }, { create: "30m", stall: "10h", delete: "20s" });
  const engine = new Engine();
  const { clock, intervene } = stoppedForAnHour();
  expect(await upWith(scene, engine, intervene, clock)).toBe("timed-out");
  await undisturbed(scene, (session) => engine.up(session, scene.inputs()));
  await expectWhole(scene, engine);
});
