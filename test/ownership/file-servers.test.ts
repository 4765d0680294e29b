import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, test } from "vitest";
import { Engine } from "../support/engine";
import { finished } from "../support/engine-state";
import { diskFile, exportedFolder } from "../support/exported-files";
import { violations } from "../support/invariants";
import { Scene } from "../support/scene";
import { destroy, refresh, up } from "../support/steps";

const SAID = "files of a file server or of the system, which do not count and are not removed: ";
const names = [
  "@eaDir/disk.vhdx/SYNO@info",
  "Thumbs.db",
  "desktop.ini",
  ".DS_Store",
  "System Volume Information/IndexerVolumeGuid",
  "._notes",
];
const directoryOf = (scene: Scene) => scene.inputs().exportDirectory;
const below = (scene: Scene, directory: string) => path.relative(scene.volume, directory).split(path.sep);

/** Puts what a file server puts there into a folder, each file to be there unchanged at the end. */
function serve(scene: Scene, directory: string): void {
  for (const name of names) scene.putForeign(...below(scene, directory), ...name.split("/"));
}

describe("what file servers put into every folder", () => {
  test("is in no create's way, and stays when the export goes", async () => {
    const scene = await Scene.open();
    const engine = new Engine();
    serve(scene, directoryOf(scene));
    expect((await up(scene, engine)).code).toBeUndefined();
    expect(finished(engine).warnings).toEqual([expect.stringContaining(SAID)]);
    expect(await violations(scene, [{ directory: directoryOf(scene), point: scene.points[0] }])).toEqual([]);
    serve(scene, exportedFolder(scene));
    await refresh(scene, engine);
    expect(finished(engine).warnings).toEqual([expect.stringContaining(SAID)]);
    const { code, warnings } = await destroy(scene, engine);
    expect(code).toBeUndefined();
    expect(warnings.split("\n")).toEqual([
      expect.stringMatching(/was not removed: it holds files of a file server or of the system: .*Thumbs\.db/),
    ]);
    expect(await violations(scene, [])).toEqual([]);
    // Nor is it in the way of what comes next.
    expect((await up(scene, engine)).code).toBeUndefined();
    finished(engine);
    await destroy(scene, engine);
    expect(await violations(scene, [])).toEqual([]);
  });

  test("is in the way of no replacement in the directory, nor of a repair", async () => {
    const scene = await Scene.open();
    const engine = new Engine();
    await up(scene, engine);
    for (const directory of [directoryOf(scene), exportedFolder(scene)]) serve(scene, directory);
    // Beside a file of the export, as macOS puts it there: it is there when the file has gone.
    const companion = path.join(path.dirname(diskFile(scene)), `._${path.basename(diskFile(scene))}`);
    scene.putForeign(...below(scene, companion));
    expect((await up(scene, engine, { referencePoint: scene.points[1] })).code).toBeUndefined();
    finished(engine);
    expect(await violations(scene, [{ directory: directoryOf(scene), point: scene.points[1] }])).toEqual([]);

    fs.rmSync(diskFile(scene));
    await refresh(scene, engine);
    expect(engine.current?.status).toBe("damaged");
    expect((await up(scene, engine, { referencePoint: scene.points[1] })).code).toBeUndefined();
    finished(engine);
    expect(await violations(scene, [{ directory: directoryOf(scene), point: scene.points[1] }])).toEqual([]);
    await destroy(scene, engine);
    expect(await violations(scene, [])).toEqual([]);
  });

  test("does not hide what somebody has put there", async () => {
    const scene = await Scene.open();
    const engine = new Engine();
    serve(scene, path.join(directoryOf(scene), "photos"));
    scene.putForeign(...below(scene, directoryOf(scene)), "photos", "holiday.jpg");
    const { code, reason } = await up(scene, engine);
    expect([code, reason]).toEqual(["directory-not-empty", "it holds photos, photos/holiday.jpg"]);
  });

  test.runIf(process.getuid?.() !== 0)("is not looked into, where nobody may", async () => {
    const scene = await Scene.open();
    const engine = new Engine();
    const locked = path.join(directoryOf(scene), "lost+found");
    fs.mkdirSync(locked, { recursive: true });
    fs.chmodSync(locked, 0o000);
    expect((await up(scene, engine)).code).toBeUndefined();
    fs.chmodSync(locked, 0o700);
  });
});
