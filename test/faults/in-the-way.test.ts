import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, test } from "vitest";
import { CLAIM_FILE, MANIFEST_FILE } from "../../provider/domain/record-names";
import { Engine } from "./engine";
import { violations } from "./invariants";
import { Scene } from "./scene";
import { destroy, finished, refresh, up } from "./steps";
import { diskFile } from "./stories";

const inside = (scene: Scene, name: string) => path.join(scene.inputs().exportDirectory, name);

/** What a repair needs the place of; the last has to be exported again. */
const places: Readonly<Record<string, { file: (scene: Scene) => string; exports: number }>> = {
  "the claim": { file: (scene) => inside(scene, CLAIM_FILE), exports: 0 },
  "the manifest": { file: (scene) => inside(scene, MANIFEST_FILE), exports: 0 },
  "a disk file": { file: diskFile, exports: 1 },
  "a folder": { file: (scene) => path.dirname(diskFile(scene)), exports: 1 },
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
  return { scene, engine, at, name: path.relative(scene.inputs().exportDirectory, at) };
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
        expect(await violations(scene, [{ directory: scene.inputs().exportDirectory, point: scene.points[0] }])).toEqual([]);
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
