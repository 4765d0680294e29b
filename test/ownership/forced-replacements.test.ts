import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, test } from "vitest";
import { MANIFEST_FILE } from "../../provider/domain/records/record-names";
import { HostError } from "../../provider/host/simulator/index";
import { Engine } from "../support/engine";
import { engineWith, finished } from "../support/engine-state";
import { diskFile, exportedBytes } from "../support/exported-files";
import { bytesBelow } from "../support/files-below";
import { violations } from "../support/invariants";
import { Scene } from "../support/scene";
import { Session } from "../support/session";
import { destroy, failedRepair, killedUp, refresh, up } from "../support/steps";
import { leaveUnfinished } from "../support/unfinished";

const directoryOf = (scene: Scene) => scene.inputs().exportDirectory;
const whole = (scene: Scene) => violations(scene, [{ directory: directoryOf(scene), point: scene.points[0] }]);

describe("an unfinished export that is made again under another id", () => {
  for (const how of ["replaced by force", "its clearing refused"] as const) {
    test(`outlives the delete of its old half, ${how}`, async () => {
      const scene = await Scene.open();
      const engine = new Engine();
      await scene.lab.setFaults([{ fault: "jobFails", atPercent: 60, count: 1 }]);
      expect((await up(scene, engine)).code).toBe("job-failed");
      const again = new Engine();
      if (how === "its clearing refused") {
        const session = new Session(scene, async (call, run) => {
          if (call.method !== "startTasks") return run();
          return [{ ok: false, error: new HostError("accessDenied", "no right to remove files") }];
        });
        await expect(again.up(session, scene.inputs())).rejects.toMatchObject({ code: "access-denied" });
        await session.close();
      }
      expect((await up(scene, again)).code).toBeUndefined();
      await destroy(scene, engine);
      expect(await whole(scene)).toEqual([]);
      await refresh(scene, again);
      finished(again);
    });
  }
});

describe("a forced replacement (--replace) that took the export over and was killed before the engine knew", () => {
  for (const damaged of [false, true]) {
    for (const when of ["before", "after"] as const) {
      for (const number of [1, 2, 3]) {
        test(`${damaged ? "damaged" : "whole"}, killed ${when} write ${number}: the next up goes on`, async () => {
          const scene = await Scene.open();
          const engine = new Engine();
          await up(scene, engine);
          if (damaged) fs.rmSync(diskFile(scene));
          const forced = new Engine();
          const key = `replaceTextFiles#${number}`;
          // A whole export is taken over with two writes.
          if (!damaged && number === 3) return expect(killedUp(scene, forced, { key, when })).rejects.toThrow(key);
          await killedUp(scene, forced, { key, when });
          await refresh(scene, engine);
          expect((await up(scene, engine)).code).toBeUndefined();
          await refresh(scene, engine);
          finished(engine);
          expect(await scene.calls()).toBe(damaged ? 2 : 1);
          expect(await whole(scene)).toEqual([]);
        });
      }
    }
  }
});

describe("after a forced replacement that took the export over and was killed", () => {
  async function takenOver(): Promise<{ scene: Scene; engine: Engine }> {
    const scene = await Scene.open();
    const engine = new Engine();
    await up(scene, engine);
    await killedUp(scene, new Engine(), { key: "replaceTextFiles#2", when: "after" });
    return { scene, engine };
  }

  test("another point is refused until an up has taken the export back", async () => {
    const { scene, engine } = await takenOver();
    const before = bytesBelow(scene.volume);
    const other = { referencePoint: scene.points[1] };
    for (let time = 1; time <= 2; time++) {
      expect((await up(scene, engine, other)).code).toBe("directory-owned-by-another");
      expect(bytesBelow(scene.volume)).toEqual(before);
    }
    await refresh(scene, engine);
    await up(scene, engine);
    expect((await up(scene, engine, other)).code).toBeUndefined();
    finished(engine);
    expect(await violations(scene, [{ directory: directoryOf(scene), point: scene.points[1] }])).toEqual([]);
  });

  test("a lost manifest is written anew, without an export", async () => {
    const { scene, engine } = await takenOver();
    fs.rmSync(path.join(directoryOf(scene), MANIFEST_FILE));
    await refresh(scene, engine);
    expect((await up(scene, engine)).code).toBeUndefined();
    finished(engine);
    expect(await scene.calls()).toBe(1);
    expect(await whole(scene)).toEqual([]);
  });

  test("a lost file is repaired beside the good ones", async () => {
    const { scene, engine } = await takenOver();
    fs.rmSync(diskFile(scene));
    await refresh(scene, engine);
    await scene.lab.setFaults([{ fault: "jobFails", atPercent: 60, count: 1 }]);
    const before = exportedBytes(scene);
    expect((await up(scene, engine)).code).toBe("job-failed");
    expect(exportedBytes(scene)).toEqual(before);
    expect((await up(scene, engine)).code).toBeUndefined();
    finished(engine);
    expect(await whole(scene)).toEqual([]);
  });
});

test("a forced replacement of an unfinished export that was killed is no obstacle for another point", async () => {
  const scene = await Scene.open();
  const engine = new Engine();
  await leaveUnfinished(scene, engine, 2_000_000);
  await killedUp(scene, new Engine(), { key: "replaceTextFiles#1", when: "after" });
  expect((await up(scene, engine, { referencePoint: scene.points[1] })).code).toBeUndefined();
  finished(engine);
  expect(await violations(scene, [{ directory: directoryOf(scene), point: scene.points[1] }])).toEqual([]);
});

test("a repair of which a forced replacement was killed, and forced again, leaves no directory", async () => {
  for (const lost of [undefined, MANIFEST_FILE]) {
    const scene = await Scene.open();
    const engine = new Engine();
    await up(scene, engine);
    await failedRepair(scene, engine);
    await killedUp(scene, new Engine(), { key: "replaceTextFiles#1", when: "after" });
    if (lost) fs.rmSync(path.join(directoryOf(scene), lost));
    const again = new Engine();
    expect((await up(scene, again)).code).toBeUndefined();
    finished(again);
    expect(await whole(scene)).toEqual([]);
  }
});

test("an export of which the claim alone was taken back gets its manifest back without an export, though its point is gone", async () => {
  const scene = await Scene.open();
  const engine = new Engine();
  await up(scene, engine);
  await killedUp(scene, new Engine(), { key: "replaceTextFiles#2", when: "after" });
  await refresh(scene, engine);
  await killedUp(scene, engine, { key: "replaceTextFiles#1", when: "after" });
  await scene.lab.removeReferencePoint(scene.points[0]);
  await refresh(scene, engine);
  expect((await up(scene, engine)).code).toBeUndefined();
  finished(engine);
  expect(await scene.calls()).toBe(1);
  expect(await whole(scene)).toEqual([]);
});

test("a state of before a replacement takes nothing back that is of another point", async () => {
  const scene = await Scene.open();
  const engine = new Engine();
  await up(scene, engine);
  const before = engineWith(finished(engine));
  await up(scene, engine, { referencePoint: scene.points[1] });
  await failedRepair(scene, engine, { referencePoint: scene.points[1] });
  const bytes = bytesBelow(scene.volume);
  await refresh(scene, before);
  for (let time = 1; time <= 2; time++) {
    expect((await up(scene, before)).code).toBe("directory-owned-by-another");
    expect(bytesBelow(scene.volume)).toEqual(bytes);
  }
});
