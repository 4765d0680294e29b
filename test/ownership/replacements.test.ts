import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, test } from "vitest";
import { CLAIM_FILE, MANIFEST_FILE } from "../../provider/domain/records/record-names";
import type { ExportState } from "../../provider/domain/reference-point-export/outputs";
import { HostError } from "../../provider/host/simulator/index";
import { Engine } from "../support/engine";
import { engineWith, finished } from "../support/engine-state";
import { diskFile } from "../support/exported-files";
import { bytesBelow } from "../support/files-below";
import { violations } from "../support/invariants";
import { Scene } from "../support/scene";
import { Session } from "../support/session";
import { destroy, failedRepair, killedUp, refresh, up } from "../support/steps";
import { leaveUnfinished } from "../support/unfinished";

const directoryOf = (scene: Scene) => scene.inputs().exportDirectory;
const whole = (scene: Scene) => violations(scene, [{ directory: directoryOf(scene), point: scene.points[0] }]);
const NO_POINT = "Microsoft:11111111-1111-4111-8111-111111111111";

describe("a replacement in place whose create would be refused leaves the old export", () => {
  const obstacles: Readonly<Record<string, (scene: Scene, engine: Engine) => Promise<unknown>>> = {
    "a foreign file": async (scene) => scene.putForeign("exports", "sql01", "notes.txt"),
    "a foreign folder": async (scene) => fs.mkdirSync(path.join(directoryOf(scene), "mine")),
    "a foreign file that differs by case": async (scene) => {
      const { dir, base } = path.parse(path.relative(scene.volume, diskFile(scene)));
      scene.putForeign(
        dir,
        base.replace(/[a-z]/gi, (letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase())),
      );
    },
    "a foreign file in a repair directory": async (scene, engine) =>
      scene.putForeign("exports", "sql01", await failedRepair(scene, engine), "notes.txt"),
    "a foreign file, the claim lost": async (scene) => {
      scene.putForeign("exports", "sql01", "notes.txt");
      fs.rmSync(path.join(directoryOf(scene), CLAIM_FILE));
    },
    "a folder that is named like another's repair": async (scene) =>
      fs.mkdirSync(path.join(directoryOf(scene), ".repair-01234567-89abcdef")),
  };

  for (const [name, put] of Object.entries(obstacles)) {
    test(name, async () => {
      const scene = await Scene.open();
      const engine = new Engine();
      await up(scene, engine);
      await put(scene, engine);
      const before = bytesBelow(scene.volume);
      for (let time = 1; time <= 2; time++) {
        const { code, reason } = await up(scene, engine, { triggers: [1] });
        expect(code).toBe("directory-not-empty");
        expect(reason).toContain("the old export goes first, but these would stay in the new one's way");
        expect(bytesBelow(scene.volume)).toEqual(before);
      }
    });
  }

  for (const claim of ["there", "lost"] as const) {
    test(`no such point, the claim ${claim}`, async () => {
      const scene = await Scene.open();
      const engine = new Engine();
      await up(scene, engine);
      if (claim === "lost") fs.rmSync(path.join(directoryOf(scene), CLAIM_FILE));
      const before = bytesBelow(scene.volume);
      expect((await up(scene, engine, { referencePoint: NO_POINT })).code).toBe("reference-point-not-found");
      expect(bytesBelow(scene.volume)).toEqual(before);
    });
  }
});

describe("a replacement in place whose new export is known not to fit", () => {
  test("leaves the old one: what it frees is not enough", async () => {
    const scene = await Scene.open();
    const engine = new Engine();
    const second = { referencePoint: scene.points[1] };
    await up(scene, engine, { ...second, baseReferencePoint: scene.points[0] });
    await scene.lab.configure({ freeBytes: 1000 });
    const before = bytesBelow(scene.volume);
    for (let time = 1; time <= 2; time++) {
      const { code, reason } = await up(scene, engine, second);
      expect(code).toBe("not-enough-space");
      expect(reason).toMatch(/the disks need 136 KiB, the volume has 1000 B free, and removing the old export frees \d+(\.\d)? KiB/);
      expect(bytesBelow(scene.volume)).toEqual(before);
    }
    await scene.lab.configure({ freeBytes: 136 * 1024 });
    expect((await up(scene, engine, second)).code).toBeUndefined();
    expect(finished(engine).kind).toBe("full");
  });

  for (const how of ["in its state", "whose state is lost"] as const) {
    test(`leaves the old one ${how}, whose file is much larger than what it takes: a thin disk that has grown since`, async () => {
      const scene = await Scene.open();
      const engine = new Engine();
      const source = path.join(scene.directory, "thin.raw");
      fs.writeFileSync(source, Buffer.alloc(64 * 1024, 1));
      await scene.lab.addVirtualMachine({ name: "THIN", disks: [{ name: "thin.vhdx", source, bytes: 8 * 1024 * 1024 }] });
      const thin = { virtualMachine: "THIN" };
      const { id: referencePoint } = await scene.lab.addReferencePoint({ ...thin, kind: "rct" });
      await up(scene, engine, { ...thin, referencePoint });
      await scene.lab.writeToDisk({ ...thin, disk: "thin.vhdx", offset: 0, bytes: 1024 * 1024, seed: "grown" });
      const { id: grown } = await scene.lab.addReferencePoint({ ...thin, kind: "rct" });
      await scene.lab.configure({ freeBytes: 300 * 1024 });
      if (how === "whose state is lost") {
        const files = fs
          .readdirSync(directoryOf(scene), { recursive: true, encoding: "utf8" })
          .map((name) => path.join(directoryOf(scene), name));
        const disk = files.find((file) => fs.statSync(file).size === 8 * 1024 * 1024);
        fs.truncateSync(disk as string, 7 * 1024 * 1024);
      }
      const before = bytesBelow(scene.volume);
      const { code, reason } =
        how === "in its state"
          ? await up(scene, engine, { ...thin, referencePoint: grown })
          : await up(scene, new Engine(), { ...thin, referencePoint });
      expect([code, reason]).toEqual(["not-enough-space", expect.stringMatching(/300 KiB free, and .* frees \d+(\.\d)? KiB/)]);
      const after = bytesBelow(scene.volume);
      const isRecord = (name: string) => [CLAIM_FILE, MANIFEST_FILE].includes(path.basename(name));
      for (const name of Object.keys(before)) if (!isRecord(name)) expect([name, after[name]]).toEqual([name, before[name]]);
    });
  }

  test("goes ahead where what the old one frees is enough", async () => {
    const scene = await Scene.open();
    const engine = new Engine();
    await up(scene, engine);
    await scene.lab.configure({ freeBytes: 136 * 1024 });
    // The volume is told, not kept, as nearly full: with the old export gone there is room.
    expect((await up(scene, engine, { triggers: [1] })).code).toBeUndefined();
    finished(engine);
  });

  test("nor is what is left of a damaged one cleared for it, when its state is lost", async () => {
    const scene = await Scene.open();
    await up(scene, new Engine());
    fs.rmSync(diskFile(scene));
    await scene.lab.configure({ freeBytes: 1000 });
    const before = bytesBelow(scene.volume);
    const { code, reason } = await up(scene, new Engine());
    expect([code, reason]).toEqual(["not-enough-space", expect.stringContaining("and clearing the directory frees")]);
    const after = bytesBelow(scene.volume);
    const isRecord = (name: string) => [CLAIM_FILE, MANIFEST_FILE].includes(path.basename(name));
    for (const name of Object.keys(before)) if (!isRecord(name)) expect([name, after[name]]).toEqual([name, before[name]]);
  });
});

test("a host that refuses to list the points has the old export stay", async () => {
  const scene = await Scene.open();
  const engine = new Engine();
  await up(scene, engine);
  const before = bytesBelow(scene.volume);
  const session = new Session(scene, async (call, run) => {
    if (call.method !== "listReferencePoints") return run();
    return [{ ok: false, error: new HostError("accessDenied", "no right to list reference points") }];
  });
  await expect(engine.up(session, scene.inputs({ triggers: [1] }))).rejects.toMatchObject({ code: "access-denied" });
  await session.close();
  expect(bytesBelow(scene.volume)).toEqual(before);
});

test("a replacement whose point does not exist leaves an export that finished unknown to the engine", async () => {
  const scene = await Scene.open();
  const engine = new Engine();
  await leaveUnfinished(scene, engine, 2_000_000);
  await up(scene, engineWith(engine.current as ExportState));
  const before = bytesBelow(scene.volume);
  expect(engine.current?.status).toBe("incomplete");
  expect((await up(scene, engine, { referencePoint: NO_POINT })).code).toBe("reference-point-not-found");
  expect(bytesBelow(scene.volume)).toEqual(before);
});

for (const obstacle of ["no such point", "a foreign file"] as const) {
  test(`an unfinished export whose job has succeeded meanwhile stays where the replacement meets ${obstacle}`, async () => {
    const scene = await Scene.open();
    const engine = new Engine();
    await leaveUnfinished(scene, engine, 2_000_000);
    while ((await scene.lab.describe()).jobs.some(({ jobState }) => jobState !== 7))
      await new Promise((resolve) => setTimeout(resolve, 20));
    if (obstacle === "a foreign file") scene.putForeign("exports", "sql01", "notes.txt");
    const before = bytesBelow(scene.volume);
    const changes = obstacle === "a foreign file" ? { triggers: [1] } : { referencePoint: NO_POINT };
    const code = obstacle === "a foreign file" ? "directory-not-empty" : "reference-point-not-found";
    expect((await up(scene, engine, changes)).code).toBe(code);
    expect(bytesBelow(scene.volume)).toEqual(before);
    expect((await up(scene, engine)).code).toBeUndefined();
    expect(await whole(scene)).toEqual([]);
  });
}

test("a replacement in place takes its own failed repair along", async () => {
  const scene = await Scene.open();
  const engine = new Engine();
  await up(scene, engine);
  const repair = await failedRepair(scene, engine);
  fs.mkdirSync(path.join(directoryOf(scene), repair, "empty"));
  expect((await up(scene, engine, { triggers: [1] })).code).toBeUndefined();
  finished(engine);
  expect(await whole(scene)).toEqual([]);
});

test("an export that is made again under another id takes the failed repair of the one before along", async () => {
  const scene = await Scene.open();
  const engine = new Engine();
  await up(scene, engine);
  await failedRepair(scene, engine);
  const again = new Engine();
  expect((await up(scene, again)).code).toBeUndefined();
  finished(again);
  expect(await whole(scene)).toEqual([]);
  await destroy(scene, again);
  expect(fs.existsSync(directoryOf(scene))).toBe(false);
});

test("so does one whose manifest is lost", async () => {
  const scene = await Scene.open();
  const engine = new Engine();
  await up(scene, engine);
  fs.rmSync(diskFile(scene));
  await refresh(scene, engine);
  await killedUp(scene, engine, { key: "moveFiles#1", when: "before" });
  fs.rmSync(path.join(directoryOf(scene), MANIFEST_FILE));
  const again = new Engine();
  expect((await up(scene, again)).code).toBeUndefined();
  finished(again);
  expect(await whole(scene)).toEqual([]);
});
