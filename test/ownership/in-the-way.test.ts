import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, test } from "vitest";
import { isExportError } from "../../provider/domain/errors/export-error";
import { CLAIM_FILE, MANIFEST_FILE } from "../../provider/domain/records/record-names";
import { Engine } from "../support/engine";
import { finished } from "../support/engine-state";
import { diskFile, exportedFolder, repairedDiskFile } from "../support/exported-files";
import { violations } from "../support/invariants";
import type { Layout } from "../support/layouts";
import { Scene } from "../support/scene";
import { Session } from "../support/session";
import { destroy, refresh, up } from "../support/steps";

const directoryOf = (scene: Scene) => scene.inputs().exportDirectory;
const inside = (scene: Scene, name: string) => path.join(directoryOf(scene), name);

/** What a repair needs the place of; the last has to be exported again. */
const places: Readonly<Record<string, { file: (scene: Scene) => string; exports: number }>> = {
  "the claim": { file: (scene) => inside(scene, CLAIM_FILE), exports: 0 },
  "the manifest": { file: (scene) => inside(scene, MANIFEST_FILE), exports: 0 },
  "a disk file": { file: diskFile, exports: 1 },
  "a folder": { file: exportedFolder, exports: 1 },
};

const blockers: Readonly<Record<string, Put>> = {
  "a folder": (_, at) => fs.mkdirSync(at),
  "a link": (scene, at) => {
    scene.putForeign("somebody's");
    fs.symlinkSync(scene.at("somebody's"), at);
  },
  "a link to nowhere": (scene, at) => fs.symlinkSync(scene.at("nowhere"), at),
  "a file": (_, at) => fs.writeFileSync(at, "mine"),
};

type Put = (scene: Scene, at: string) => void;

/** A finished export of which a part has been replaced. */
async function replaced(file: (scene: Scene) => string, put: Put): Promise<{ scene: Scene; engine: Engine; at: string; name: string }> {
  const scene = await Scene.open();
  const engine = new Engine();
  await up(scene, engine);
  const at = file(scene);
  fs.rmSync(at, { recursive: true });
  put(scene, at);
  return { scene, engine, at, name: path.relative(directoryOf(scene), at) };
}

describe("in the place of a part of the export", () => {
  for (const [place, { file, exports }] of Object.entries(places)) {
    for (const [blocker, put] of Object.entries(blockers)) {
      // A folder in a folder's place is no blocker, nor is a file in a file's: that is damage.
      if (blocker === (place === "a folder" ? "a folder" : "a file")) continue;

      test(`${blocker}, for ${place}: a repair is refused before anything is exported, and done once it is away`, async () => {
        const { scene, engine, at, name } = await replaced(file, put);
        await refresh(scene, engine);
        expect(engine.current?.status).toBe("damaged");
        for (let time = 1; time <= 2; time++) {
          const { code, reason } = await up(scene, engine);
          expect(code).toBe("repair-blocked");
          expect(reason).toBe(`these are in the way: ${name}`);
          expect(await scene.calls()).toBe(1);
        }
        fs.rmSync(at, { recursive: true });
        expect((await up(scene, engine)).code).toBeUndefined();
        finished(engine);
        expect(await scene.calls()).toBe(1 + exports);
        expect(await violations(scene, [{ directory: directoryOf(scene), point: scene.points[0] }])).toEqual([]);
      });

      test(`${blocker}, for ${place}: a destroy leaves it and names it`, async () => {
        const { scene, engine, at, name } = await replaced(file, put);
        const { code, warnings } = await destroy(scene, engine);
        expect(code).toBeUndefined();
        expect(warnings).toMatch(new RegExp(`holds what is not the export's: ${name}$`));
        expect(fs.lstatSync(at)).toBeDefined();
      });
    }
  }
});

describe("put there while the repair exports", () => {
  /** A repair at whose first move something has come into the way of its disk file. */
  async function surprised(
    put: (scene: Scene, at: string) => void,
    layout?: Layout,
  ): Promise<{ scene: Scene; engine: Engine; code: unknown; at: string; old: string }> {
    const scene = await Scene.open({}, undefined, layout);
    const engine = new Engine();
    await up(scene, engine);
    const old = diskFile(scene);
    fs.rmSync(old);
    await refresh(scene, engine);
    let at: string | undefined;
    const session = new Session(scene, async (call, run) => {
      if (call.key === "moveFiles#1" || at !== undefined) return run();
      const answer = await run();
      const made = repairedDiskFile(scene);
      const { jobs } = await scene.lab.describe();
      if (made && jobs.every(({ jobState }) => jobState === 7)) {
        at = inside(scene, made.path);
        put(scene, at);
      }
      return answer;
    });
    const error: unknown = await engine.up(session, scene.inputs()).catch((reason: unknown) => reason);
    await session.close();
    if (at === undefined) throw new Error("the repair was never seen to have written its disk file");
    return { scene, engine, code: isExportError(error) ? error.code : error, at, old };
  }

  test("a folder: the repair is refused, and done once it is away, without another export", async () => {
    const { scene, engine, code, at } = await surprised((_, file) => fs.mkdirSync(file, { recursive: true }));
    expect(code).toBe("repair-blocked");
    fs.rmdirSync(at);
    expect((await up(scene, engine)).code).toBeUndefined();
    finished(engine);
    expect(await scene.calls()).toBe(2);
    expect(await violations(scene, [{ directory: directoryOf(scene), point: scene.points[0] }])).toEqual([]);
  });

  test("a file whose name only the new export has: it is not written over, and the repair is done once it is away", async () => {
    const put = (one: Scene, file: string) => one.putForeign(path.relative(one.volume, file));
    const { scene, engine, code, at, old } = await surprised(put, "opaque");
    expect(at).not.toBe(old);
    expect(code).toBe("repair-blocked");
    for (let time = 1; time <= 2; time++) {
      expect(fs.readFileSync(at, "utf8")).toBe(scene.foreignFiles().get(at));
      expect((await up(scene, engine)).code).toBe("repair-blocked");
    }
    scene.takeForeign(path.relative(scene.volume, at));
    expect((await up(scene, engine)).code).toBeUndefined();
    finished(engine);
    expect(diskFile(scene)).toBe(at);
    expect(await scene.calls()).toBe(2);
    expect(await violations(scene, [{ directory: directoryOf(scene), point: scene.points[0] }])).toEqual([]);
  });
});

test("a folder or a link in the place of a record is met before a create exports", async () => {
  for (const name of [CLAIM_FILE, MANIFEST_FILE]) {
    for (const put of [blockers["a folder"], blockers["a link"]]) {
      const scene = await Scene.open();
      fs.mkdirSync(directoryOf(scene), { recursive: true });
      put?.(scene, inside(scene, name));
      const { code, reason } = await up(scene, new Engine());
      expect(code).toBe("directory-not-empty");
      expect(reason).toBe(`it holds ${name}`);
      expect(await scene.calls()).toBe(0);
    }
  }
});
