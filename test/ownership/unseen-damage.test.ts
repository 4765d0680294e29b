import * as fs from "node:fs";
import * as path from "node:path";
import { expect, test } from "vitest";
import { CLAIM_FILE, MANIFEST_FILE } from "../../provider/domain/records/record-names";
import { Engine } from "../support/engine";
import { finished } from "../support/engine-state";
import { alter, diskFile, repairedDiskFile } from "../support/exported-files";
import { violations } from "../support/invariants";
import { editManifest } from "../support/records";
import { Scene } from "../support/scene";
import { Session } from "../support/session";
import { killedUp, refresh, up } from "../support/steps";

const directoryOf = (scene: Scene) => scene.inputs().exportDirectory;
const whole = (scene: Scene) => violations(scene, [{ directory: directoryOf(scene), point: scene.points[0] }]);

for (const record of [CLAIM_FILE, MANIFEST_FILE]) {
  for (const damage of [alter, (file: string) => fs.truncateSync(file, 100)]) {
    const how = damage === alter ? "altered" : "cut short";
    test(`a file that was ${how} since the refresh that missed ${record}: the repair of the record finds it, and exports again`, async () => {
      const scene = await Scene.open();
      const engine = new Engine();
      await up(scene, engine);
      fs.rmSync(path.join(directoryOf(scene), record));
      await refresh(scene, engine);
      expect(engine.current?.status).toBe("damaged");
      damage(diskFile(scene));
      expect((await up(scene, engine)).code).toBeUndefined();
      finished(engine);
      expect(await scene.calls()).toBe(2);
      expect(await whole(scene)).toEqual([]);
    });
  }
}

test("a file that is lost between its description and its move: the repair fails, and the next one exports again", async () => {
  const scene = await Scene.open();
  const engine = new Engine();
  await up(scene, engine);
  fs.rmSync(diskFile(scene));
  await refresh(scene, engine);
  const session = new Session(scene, async (call, run) => {
    if (call.key === "moveFiles#1") {
      const made = repairedDiskFile(scene);
      if (made === undefined) throw new Error("the repair was to have written the disk file");
      fs.rmSync(path.join(directoryOf(scene), made.repair, made.path));
    }
    return run();
  });
  await expect(engine.up(session, scene.inputs())).rejects.toMatchObject({ code: "export-incomplete" });
  await session.close();
  expect(engine.current?.status).toBe("damaged");
  expect((await up(scene, engine)).code).toBeUndefined();
  finished(engine);
  expect(await scene.calls()).toBe(3);
  expect(await whole(scene)).toEqual([]);
});

test("a repair that was killed on the move, and whose manifest was edited since, exports again", async () => {
  const scene = await Scene.open();
  const engine = new Engine();
  await up(scene, engine);
  fs.rmSync(diskFile(scene));
  await refresh(scene, engine);
  await killedUp(scene, engine, { key: "moveFiles#1", when: "before" });
  const repair = repairedDiskFile(scene)?.repair ?? "";
  editManifest(path.join(directoryOf(scene), repair), (manifest) => ({ ...manifest, files: manifest.files.slice(1) }));
  await refresh(scene, engine);
  expect((await up(scene, engine)).code).toBeUndefined();
  finished(engine);
  expect(await scene.calls()).toBe(3);
  expect(await whole(scene)).toEqual([]);
});

test("an altered file is found by the refresh that reads its portion, and stays found until it is repaired", async () => {
  const scene = await Scene.open();
  const engine = new Engine();
  const inPortions = { verification: { level: "content", portion: "1/5" } } as const;
  await up(scene, engine, inPortions);
  alter(diskFile(scene));
  const found: boolean[] = [];
  for (let time = 1; time <= 10; time++) {
    await refresh(scene, engine);
    found.push(engine.current?.status === "damaged");
  }
  expect(found.indexOf(true)).toBeLessThan(5);
  expect(found.lastIndexOf(false)).toBeLessThan(found.indexOf(true));
  await up(scene, engine, inPortions);
  for (let time = 1; time <= 5; time++) await refresh(scene, engine);
  finished(engine);
  expect(await whole(scene)).toEqual([]);
});
