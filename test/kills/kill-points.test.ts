import { describe, expect, test } from "vitest";
import { isExportError } from "../../provider/domain/errors/export-error";
import { destroyPoint } from "../../provider/lifecycle/reference-point/attempt/destroy-point";
import { makePoint } from "../../provider/lifecycle/reference-point/attempt/make-point";
import { Death, type Moment, type Point } from "../support/death";
import { inTime } from "../support/in-time";
import { PointRecord } from "../support/point-record";
import { Points, problemsOf } from "../support/points";
import { Scene } from "../support/scene";
import { Session } from "../support/session";

const LONGEST_MS = 20_000;
const points = new Points("HYPERV_KILL_POINT", "kills of points, each recovered by one run");

const manners = {
  "a job": { settings: { pointJobDuration: 30 }, isProved: true },
  "a job whose point is listed late": { settings: { pointJobDuration: 10, pointListingDelay: 60 }, isProved: true },
  "the method itself": { settings: { synchronousPoints: true }, isProved: false },
} as const;

interface Stage {
  readonly scene: Scene;
  readonly machine: { readonly id: string; readonly name: string };
}

async function open(settings: object): Promise<Stage> {
  const scene = await Scene.open();
  const [machine] = (await scene.lab.describe()).virtualMachines;
  if (!machine) throw new Error("the lab has no machine");
  await scene.lab.configure({ ...settings });
  return { scene, machine };
}

async function pointIds({ scene }: Stage): Promise<string[]> {
  return (await scene.lab.describe()).virtualMachines[0]?.referencePoints.map(({ id }) => id) ?? [];
}

type Work = (stage: Stage, session: Session) => Promise<string>;

const make: Work = async ({ scene, machine }, session) => {
  const operation = session.operation(LONGEST_MS, "timeouts.create");
  const evidence = await PointRecord.open(operation, scene.volume);
  const request = { machine, consistency: "application", stall: "10s", evidence } as const;
  return (await makePoint(operation, session.queue, request)).id;
};

const destroy: Work = ({ scene, machine }, session) => {
  const operation = session.operation(LONGEST_MS, "timeouts.delete");
  const key = { virtualMachineId: machine.id, virtualMachineName: machine.name, referencePointId: scene.points[0] };
  return destroyPoint(operation, session.queue, { ...key, stall: "10s" });
};

/** Undefined when the run was killed. */
async function runUntilKilled(stage: Stage, work: Work, death: Death): Promise<string | undefined> {
  const session = new Session(stage.scene, death.intervene);
  const ended = await inTime(Promise.race([work(stage, session), death.moment.then(() => undefined)]), LONGEST_MS);
  await session.close();
  return ended;
}

/** What a killed run has sent may arrive when the next one has looked already: that one is overtaken, and says so. */
async function recovered(stage: Stage, session: Session, work: Work): Promise<string> {
  const once = () => inTime(work(stage, session), LONGEST_MS);
  return once().catch((error: unknown) => {
    if (isExportError(error) && error.code === "superseded") return once();
    throw error;
  });
}

async function callsOf(settings: object, work: Work): Promise<Point[]> {
  const death = new Death();
  await runUntilKilled(await open(settings), work, death);
  const moments: Moment[] = ["before", "during", "after"];
  return [...new Set(death.keys)].flatMap((key) => moments.map((when) => ({ key, when })));
}

describe.each(Object.entries(manners))("a point made and destroyed by %s", (manner, { settings, isProved }) => {
  const everywhere = async (name: string, work: Work, wrongAfter: (stage: Stage, session: Session, point: Point) => Promise<string[]>) => {
    const wrong: string[] = [];
    for (const point of points.due(await callsOf(settings, work), ({ key, when }) => `${when} ${key}`)) {
      const told = await problemsOf(async () => {
        const stage = await open(settings);
        if ((await runUntilKilled(stage, work, new Death(point))) !== undefined) return [];
        const session = new Session(stage.scene);
        const left = await wrongAfter(stage, session, point);
        await session.close();
        if (left.length === 0) stage.scene.close();
        return left;
      });
      const again = points.onceMore(`${point.when} ${point.key}`, "test/kills/kill-points.test.ts", name);
      if (told.length > 0) wrong.push([`killed ${point.when} ${point.key}`, ...told, again].join("\n    "));
    }
    expect(wrong.join("\n")).toBe("");
  };

  test("killed at any call of its making, it is made once, or what cannot be proved is named and left", { timeout: 300_000 }, async () => {
    await everywhere(`a point made and destroyed by ${manner}`, make, async (stage, session) => {
      const before = stage.scene.points;
      const id = await recovered(stage, session, make);
      const now = await pointIds(stage);
      const others = now.filter((one) => one !== id && !before.includes(one));
      const wrong: string[] = [];
      if (!now.includes(id) || before.includes(id)) wrong.push(`${id} is no new point`);
      if (!before.every((one) => now.includes(one))) wrong.push("a point of before is gone");
      if (isProved && others.length > 0) wrong.push(`a second point was made: ${others.join(", ")}`);
      const named = session.warnings.join("\n");
      for (const other of others) if (!named.includes(other)) wrong.push(`${other} is not named: ${named}`);
      return wrong;
    });
  });

  test("killed at any call of its destruction, it is destroyed, and no other", { timeout: 300_000 }, async () => {
    await everywhere(`a point made and destroyed by ${manner}`, destroy, async (stage, session) => {
      await recovered(stage, session, destroy);
      const wrong: string[] = [];
      for (let tried = 0; (await pointIds(stage)).length > 1 && tried < 20; tried++)
        await new Promise((resolve) => setTimeout(resolve, 20));
      const now = await pointIds(stage);
      if (now.join() !== stage.scene.points[1]) wrong.push(`left are ${now.join(", ")}`);
      return wrong;
    });
  });
});

describe("a point that came by another's hand while a run was dead", () => {
  test("is not taken for the run's own: its job was started later than the call could have", async () => {
    const stage = await open({ pointJobDuration: 0 });
    const death = new Death({ key: "createReferencePoints#1", when: "before" });
    expect(await runUntilKilled(stage, make, death)).toBeUndefined();
    const later = Date.now() + 3 * 60_000;
    const realNow = Date.now;
    Date.now = () => later;
    const foreign = new Session(stage.scene);
    try {
      const host = foreign.operation(LONGEST_MS, "timeouts.create").host;
      await host.createReferencePoint({ virtualMachineId: stage.machine.id, consistency: "crash" });
      await host.findPointJobs(stage.machine.id);
    } finally {
      Date.now = realNow;
    }
    const theirs = (await pointIds(stage)).at(-1) ?? "";
    const session = new Session(stage.scene);
    const id = await inTime(make(stage, session), LONGEST_MS);
    expect(id).not.toBe(theirs);
    expect(await pointIds(stage)).toEqual([...stage.scene.points, theirs, id]);
    expect(session.warnings.join()).toContain(theirs);
  });
});
