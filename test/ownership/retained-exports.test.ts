import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, test } from "vitest";
import type { ExportState } from "../../provider/domain/reference-point-export/outputs";
import { Engine } from "../support/engine";
import { engineWith, finished } from "../support/engine-state";
import { alter, diskFile } from "../support/exported-files";
import { bytesBelow } from "../support/files-below";
import { violations } from "../support/invariants";
import { editManifest } from "../support/records";
import { Scene } from "../support/scene";
import { failedRepair, up } from "../support/steps";

const directoryOf = (scene: Scene) => scene.inputs().exportDirectory;
const whole = (scene: Scene, point = scene.points[0]) => violations(scene, [{ directory: directoryOf(scene), point }]);

describe("a finished export whose resource is forgotten (retainOnDelete), declared again", () => {
  async function retained(changes: Parameters<Scene["inputs"]>[0] = {}): Promise<{ scene: Scene; old: ExportState }> {
    const scene = await Scene.open();
    const engine = new Engine();
    await up(scene, engine, changes);
    return { scene, old: finished(engine) };
  }

  test("with another point: refused, nothing is touched, no state is kept", async () => {
    const { scene } = await retained();
    const before = bytesBelow(scene.volume);
    for (const changes of [
      { referencePoint: scene.points[1] },
      { referencePoint: scene.points[1], baseReferencePoint: scene.points[0] },
      { referencePoint: scene.points[1], onExisting: "adopt" as const },
      { disksToExport: ["data.vhdx"] },
    ]) {
      const engine = new Engine();
      const { code, reason } = await up(scene, engine, changes);
      expect(code).toBe("directory-not-empty");
      expect(reason).toContain(scene.points[0]);
      expect(engine.current).toBeUndefined();
      expect(bytesBelow(scene.volume)).toEqual(before);
    }
    expect(await scene.calls()).toBe(1);
  });

  test("with the same point: taken over as it is", async () => {
    const { scene, old } = await retained();
    const engine = new Engine();
    await up(scene, engine);
    expect(finished(engine).files).toEqual(old.files);
    expect(finished(engine).exportId).not.toBe(old.exportId);
    expect(await scene.calls()).toBe(1);
    expect(await whole(scene)).toEqual([]);
  });

  for (const [damage, inflict] of [
    ["a file is cut short", (scene: Scene) => fs.truncateSync(diskFile(scene), 100)],
    ["a file has another content of the same size", (scene: Scene) => alter(diskFile(scene))],
    ["a file is gone", (scene: Scene) => fs.rmSync(diskFile(scene))],
    [
      "its manifest was edited",
      (scene: Scene) => editManifest(directoryOf(scene), (manifest) => ({ ...manifest, warnings: ["all is well"] })),
    ],
  ] as const) {
    test(`with the same point, and ${damage}: made again`, async () => {
      const { scene } = await retained();
      inflict(scene);
      const engine = new Engine();
      await up(scene, engine);
      finished(engine);
      expect(await scene.calls()).toBe(2);
      expect(await whole(scene)).toEqual([]);
    });
  }

  test("with the same point, its repair failed, and its lost file put back by hand: no repair is left begun", async () => {
    const { scene, old } = await retained();
    const file = diskFile(scene);
    const content = fs.readFileSync(file);
    await failedRepair(scene, engineWith(old));
    fs.writeFileSync(file, content);
    const engine = new Engine();
    await up(scene, engine);
    finished(engine);
    expect(await whole(scene)).toEqual([]);
  });

  test("with a disk's path in another spelling: taken over as it is", async () => {
    const { scene: probe } = await retained();
    const disks = ((await probe.lab.describe()).virtualMachines[0]?.disks ?? []).map((disk) =>
      path.relative(probe.labDirectory, disk.path),
    );
    const scene = await Scene.open();
    await up(scene, new Engine(), { disksToExport: disks.map((disk) => path.join(scene.labDirectory, disk)) });
    const engine = new Engine();
    await up(scene, engine, { disksToExport: disks.map((disk) => `${scene.labDirectory}//${disk}`) });
    finished(engine);
    expect(await scene.calls()).toBe(1);
    expect(await whole(scene)).toEqual([]);
  });
});
