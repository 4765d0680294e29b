import * as fs from "node:fs";
import { expect, test } from "vitest";
import type { Point } from "../support/death";
import { Death } from "../support/death";
import { Engine } from "../support/engine";
import { diskFile } from "../support/exported-files";
import { violations } from "../support/invariants";
import { Scene } from "../support/scene";
import { Session } from "../support/session";
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
