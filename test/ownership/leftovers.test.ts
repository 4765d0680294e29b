import * as fs from "node:fs";
import * as path from "node:path";
import { expect, test } from "vitest";
import { CLAIM_FILE, isLeftoverRecord, MANIFEST_FILE } from "../../provider/domain/records/record-names";
import { Engine } from "../support/engine";
import { violations } from "../support/invariants";
import { Scene } from "../support/scene";
import { destroy, refresh, up } from "../support/steps";

const OTHER = "urn:pulumi:dev::ops::pulumi-nodejs:dynamic/hyperv:ReferencePointExport::other";

/** What a process leaves that is killed while it writes a record. */
function leave(scene: Scene): string[] {
  const names = [CLAIM_FILE, MANIFEST_FILE].map((record, index) => `${record}.00000000000${index + 1}.tmp`);
  for (const name of names) fs.writeFileSync(path.join(scene.inputs().exportDirectory, name), '{"format":"hyp');
  return names;
}

const leftIn = (scene: Scene) => fs.readdirSync(scene.inputs().exportDirectory).filter(isLeftoverRecord);
const whole = (scene: Scene) => violations(scene, [{ directory: scene.inputs().exportDirectory, point: scene.points[0] }]);

test.each(["adopts", "is renamed", "is repaired"])("half-written records go with the next up that %s", async (how) => {
  const scene = await Scene.open();
  const engine = new Engine();
  const adopts = how === "adopts";
  await up(scene, engine, adopts ? { createUrn: OTHER, onDestroy: "keep" } : how === "is renamed" ? { createUrn: OTHER } : {});
  if (adopts) await destroy(scene, engine);
  if (how === "is repaired") {
    fs.rmSync(path.join(scene.inputs().exportDirectory, MANIFEST_FILE));
    await refresh(scene, engine);
  }
  leave(scene);
  expect((await up(scene, adopts ? new Engine() : engine, { onExisting: "adopt" })).code).toBeUndefined();
  expect(leftIn(scene)).toEqual([]);
  expect(await whole(scene)).toEqual([]);
});

test("half-written records are named by a refresh, which removes nothing, until a change removes them", async () => {
  const scene = await Scene.open();
  const engine = new Engine();
  await up(scene, engine);
  expect((await refresh(scene, engine)).warnings).toBe("");
  const names = leave(scene);
  const { warnings } = await refresh(scene, engine);
  for (const name of names) expect(warnings).toContain(name);
  expect(engine.current?.status).toBe("intact");
  expect(engine.current?.warnings.join()).toContain(names[0]);
  expect(leftIn(scene)).toEqual(names);
  await destroy(scene, engine);
  expect(await violations(scene, [])).toEqual([]);
});

test("an export that is made anew leaves no folder of the one before, also where somebody had removed the file in it", async () => {
  const scene = await Scene.open({}, undefined, "opaque");
  await up(scene, new Engine());
  const { exportDirectory } = scene.inputs();
  const folder = foldersWithFiles(exportDirectory)[0] ?? "";
  for (const file of fs.readdirSync(folder)) fs.rmSync(path.join(folder, file));
  // The state is lost with the engine: a create finds what is left.
  expect((await up(scene, new Engine())).code).toBeUndefined();
  expect(fs.existsSync(folder)).toBe(false);
  expect(await whole(scene)).toEqual([]);
});

/** The deepest ones first. */
function foldersWithFiles(directory: string): string[] {
  const files = fs.readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const folders = [...new Set(files.map((file) => file.parentPath))].filter((folder) => folder !== directory);
  return folders.sort((one, other) => other.split(path.sep).length - one.split(path.sep).length);
}
