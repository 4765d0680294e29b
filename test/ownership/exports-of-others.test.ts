import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, test } from "vitest";
import { CLAIM_FILE, MANIFEST_FILE } from "../../provider/domain/records/record-names";
import type { ExportState } from "../../provider/domain/reference-point-export/outputs";
import { Engine } from "../support/engine";
import { engineWith, finished } from "../support/engine-state";
import { bytesBelow } from "../support/files-below";
import { Scene } from "../support/scene";
import { destroy, refresh, up } from "../support/steps";

const OTHER = "urn:pulumi:prod::ops::pulumi-nodejs:dynamic/hyperv:ReferencePointExport::other";

const directoryOf = (scene: Scene) => scene.inputs().exportDirectory;

describe("somebody else's export in the place of ours", () => {
  /** Ours is made, then the directory is replaced by one that another resource made, `given` as it leaves it. */
  async function replaced(point: 0 | 1, given: "kept" | "copied"): Promise<{ scene: Scene; engine: Engine; other: ExportState }> {
    const scene = await Scene.open();
    const [engine, second] = [new Engine(), new Engine()];
    await up(scene, engine);
    const elsewhere = { exportDirectory: scene.at("other"), createUrn: OTHER, onDestroy: "keep" as const };
    await up(scene, second, { ...elsewhere, referencePoint: scene.points[point] });
    const other = finished(second);
    if (given === "kept") await destroy(scene, second);
    fs.rmSync(directoryOf(scene), { recursive: true });
    fs.cpSync(scene.at("other"), directoryOf(scene), { recursive: true });
    expect(fs.existsSync(path.join(directoryOf(scene), CLAIM_FILE))).toBe(given === "copied");
    return { scene, engine, other };
  }

  for (const [given, missing] of [
    ["kept", undefined],
    ["copied", undefined],
    ["copied", MANIFEST_FILE],
  ] as const) {
    for (const point of [0, 1] as const) {
      const what = `${given}${missing ? " without its manifest" : ""}, of ${point === 0 ? "the same" : "another"} point`;
      test(`${what}: destroy removes nothing`, async () => {
        const { scene, engine } = await replaced(point, given);
        if (missing) fs.rmSync(path.join(directoryOf(scene), missing));
        const before = bytesBelow(scene.volume);
        const { code, warnings } = await destroy(scene, engine);
        expect(code).toBeUndefined();
        expect(warnings).toContain("holds another export now; nothing in it was removed");
        expect(bytesBelow(scene.volume)).toEqual(before);
      });
    }
  }

  for (const [given, missing] of [
    ["kept", undefined],
    ["copied", undefined],
    ["copied", MANIFEST_FILE],
  ] as const) {
    test(`${given}${missing ? " without its manifest" : ""}, with disks of the same names and sizes: repair refuses`, async () => {
      const { scene, engine, other } = await replaced(1, given);
      if (missing) fs.rmSync(path.join(directoryOf(scene), missing));
      const before = bytesBelow(scene.volume);
      await refresh(scene, engine);
      expect(engine.current?.status).toBe("damaged");
      const { code, reason } = await up(scene, engine);
      expect(code).toBe("directory-not-empty");
      expect(reason).toContain(given === "kept" ? other.exportId : scene.at("other"));
      expect(bytesBelow(scene.volume)).toEqual(before);
      expect(await scene.calls()).toBe(2);
    });
  }

  test("a copy of ours: the original's state removes nothing there", async () => {
    const scene = await Scene.open();
    const engine = new Engine();
    await up(scene, engine);
    fs.cpSync(directoryOf(scene), scene.at("copy"), { recursive: true });
    const before = bytesBelow(scene.volume);
    expect((await destroy(scene, engineWith({ ...finished(engine), exportDirectory: scene.at("copy") }))).code).toBe("directory-moved");
    expect(bytesBelow(scene.volume)).toEqual(before);
  });
});
