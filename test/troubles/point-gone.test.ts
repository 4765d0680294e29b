import * as fs from "node:fs";
import { expect, test } from "vitest";
import type { Point } from "../support/death";
import { Death } from "../support/death";
import { Engine } from "../support/engine";
import { diskFile, exportedBytes } from "../support/exported-files";
import { violations } from "../support/invariants";
import { Scene } from "../support/scene";
import { Session } from "../support/session";
import { destroy, disturbedUp, killedUp, up } from "../support/steps";
import { undisturbed } from "../support/undisturbed";

/** Lets an up die at a point, and destroys the reference point before the next one. */
async function withoutPoint(prepare: (scene: Scene, engine: Engine) => Promise<void>, point: Point): Promise<void> {
  const scene = await Scene.open();
  const engine = new Engine();
  await prepare(scene, engine);
  const before = await scene.calls();
  const death = new Death(point);
  const session = new Session(scene, death.intervene);
  await Promise.race([engine.up(session, scene.inputs()), death.moment]);
  await session.close();
  expect(death.happened).toBe(true);
  await scene.lab.removeReferencePoint(scene.points[0]);
  await undisturbed(scene, (next) => engine.up(next, scene.inputs()));
  expect(engine.current?.status).toBe("intact");
  expect(await violations(scene, [{ directory: scene.inputs().exportDirectory, point: scene.points[0] }])).toEqual([]);
  expect((await scene.calls()) - before).toBe(1);
}

test("a create that was killed after its job had started is finished without the point", async () => {
  for (const key of ["exportReferencePoints#1", "poll-jobs#1", "startTasks#1", "replaceTextFiles#1"]) {
    await withoutPoint(async () => {}, { key, when: "after" });
  }
});

test("a repair that was killed while its files were moved is finished without the point", async () => {
  const damage = async (scene: Scene, engine: Engine) => {
    await undisturbed(scene, (session) => engine.up(session, scene.inputs()));
    fs.rmSync(diskFile(scene));
    await undisturbed(scene, (session) => engine.refresh(session));
  };
  for (const key of ["moveFiles#1", "moveFiles#2"]) {
    await withoutPoint(damage, { key, when: "before" });
    await withoutPoint(damage, { key, when: "after" });
  }
});

test("a repair exports the point that the state names, even if the program names none and another is the only one now", async () => {
  const scene = await Scene.open();
  const engine = new Engine();
  await scene.lab.removeReferencePoint(scene.points[1]);
  const { referencePoint: _, ...inputs } = scene.inputs();
  await undisturbed(scene, (session) => engine.up(session, inputs));
  for (const damage of [() => fs.rmSync(diskFile(scene)), () => fs.rmSync(inputs.exportDirectory, { recursive: true })]) {
    const status = engine.current;
    damage();
    if (status) engine.current = { ...status, status: "damaged" };
    await scene.lab.addReferencePoint({ virtualMachine: "SQL01", kind: "rct" });
    await undisturbed(scene, (session) => engine.up(session, inputs));
    expect(engine.current?.referencePointId).toBe(scene.points[0]);
    expect(await violations(scene, [{ directory: inputs.exportDirectory, point: scene.points[0] }])).toEqual([]);
  }
});

test("a create that was killed before its call says that the point is gone, and calls nothing", async () => {
  const scene = await Scene.open();
  const engine = new Engine();
  await killedUp(scene, engine, { key: "exportReferencePoints#1", when: "before" });
  await scene.lab.removeReferencePoint(scene.points[0]);
  expect((await up(scene, engine)).code).toBe("reference-point-not-found");
  expect(engine.current?.status).toBe("incomplete");
  expect(await scene.calls()).toBe(0);
  expect((await destroy(scene, engine)).code).toBeUndefined();
  expect(await violations(scene, [])).toEqual([]);
});

test("what a job has written of a point that is gone by now stays, even if a file of it is missing", async () => {
  const scene = await Scene.open();
  const engine = new Engine();
  await killedUp(scene, engine, { key: "poll-jobs#1", when: "after" });
  fs.rmSync(diskFile(scene));
  const left = exportedBytes(scene);
  expect(Object.keys(left)).not.toEqual([]);
  await scene.lab.removeReferencePoint(scene.points[0]);
  for (let night = 1; night <= 2; night++) {
    expect((await up(scene, engine)).code).toBe("reference-point-not-found");
    expect(exportedBytes(scene)).toEqual(left);
  }
});

test("a create that was killed after its job had started is finished, although the host no longer lists the machine", async () => {
  for (const key of ["exportReferencePoints#1", "startTasks#1"]) {
    const scene = await Scene.open();
    const engine = new Engine();
    await killedUp(scene, engine, { key, when: "after" });
    const { code } = await disturbedUp(scene, engine, async (call, run) => {
      const answer = await run();
      return call.method === "findVirtualMachines" ? [{ ok: true, value: [] }] : answer;
    });
    expect(code).toBeUndefined();
    expect(engine.current?.status).toBe("intact");
    expect(await violations(scene, [{ directory: scene.inputs().exportDirectory, point: scene.points[0] }])).toEqual([]);
    expect(await scene.calls()).toBe(1);
  }
});

test("a create that names no point goes on with the one that it had begun, although there are more by now", async () => {
  for (const when of ["before", "after"] as const) {
    const scene = await Scene.open();
    const engine = new Engine();
    await scene.lab.removeReferencePoint(scene.points[1]);
    const { referencePoint: _, ...inputs } = scene.inputs();
    const death = new Death({ key: "exportReferencePoints#1", when });
    const session = new Session(scene, death.intervene);
    await Promise.race([engine.up(session, inputs), death.moment]);
    await session.close();
    await scene.lab.addReferencePoint({ virtualMachine: "SQL01", kind: "rct" });
    await undisturbed(scene, (next) => engine.up(next, inputs));
    expect(engine.current?.referencePointId).toBe(scene.points[0]);
    expect(await scene.calls()).toBe(1);
  }
});
