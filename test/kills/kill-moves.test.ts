import * as fs from "node:fs";
import * as path from "node:path";
import { expect, test } from "vitest";
import { CLAIM_FILE } from "../../provider/domain/records/record-names";
import type { FileMove } from "../../provider/host/port";
import { SimulatorHost } from "../../provider/host/simulator/index";
import { Death } from "../support/death";
import { onceAfter } from "../support/decorated-host";
import { Engine } from "../support/engine";
import { diskFile } from "../support/exported-files";
import { type Expected, violations } from "../support/invariants";
import { Scene } from "../support/scene";
import { Session } from "../support/session";
import { destroy, disturbedUp, refresh, up } from "../support/steps";

const directoryOf = (scene: Scene) => scene.inputs().exportDirectory;

async function damaged(scene: Scene): Promise<Engine> {
  const engine = new Engine();
  await up(scene, engine);
  fs.rmSync(diskFile(scene));
  await refresh(scene, engine);
  return engine;
}

/** An up that is killed while the files of its repair are moved, all in one call: only the first, or the last, so many of them are. */
async function killedBetweenMoves(scene: Scene, engine: Engine, moved: number, fromEnd: boolean): Promise<number> {
  let files = 0;
  const death = new Death({ key: "moveFiles#1", when: "after" });
  const session = new Session(scene, (call, run) =>
    death.intervene(call, async () => {
      if (call.method !== "moveFiles") return run();
      const moves = call.items as readonly FileMove[];
      files = moves.length;
      const host = new SimulatorHost(scene.labDirectory);
      await host.moveFiles(fromEnd ? moves.slice(Math.max(0, files - moved)) : moves.slice(0, moved));
      await host.close();
      return [];
    }),
  );
  await Promise.race([engine.up(session, scene.inputs()), death.moment]);
  await session.close();
  if (!death.happened) throw new Error("the repair moved no file");
  return files;
}

/** What comes after the kill: what is there then, and is gone after a destroy. */
const sequels: Readonly<Record<string, (scene: Scene, engine: Engine) => Promise<{ engine: Engine; there: Expected[] }>>> = {
  "the same command": async (scene, engine) => {
    await up(scene, engine);
    return { engine, there: [{ directory: directoryOf(scene), point: scene.points[0] }] };
  },
  destroy: async (scene, engine) => {
    await destroy(scene, engine);
    return { engine, there: [] };
  },
  "a rename": async (scene, engine) => {
    await up(scene, engine, { createUrn: `${scene.inputs().createUrn}-2` });
    return { engine, there: [{ directory: directoryOf(scene), point: scene.points[0] }] };
  },
  "a replacement in place by another point": async (scene, engine) => {
    await up(scene, engine, { referencePoint: scene.points[1] });
    return { engine, there: [{ directory: directoryOf(scene), point: scene.points[1] }] };
  },
  // The stack's state was lost, or the replacement forced.
  "a create of the same resource": async (scene) => {
    const again = new Engine();
    await up(scene, again);
    return { engine: again, there: [{ directory: directoryOf(scene), point: scene.points[0] }] };
  },
};

for (const layout of ["hyperv", "opaque"] as const) {
  for (const [name, act] of Object.entries(sequels)) {
    test.concurrent(`a repair that was killed between any two moves of ${layout} files leaves nothing after ${name}`, async () => {
      for (const fromEnd of [false, true]) {
        for (let moved = 0, files = 1; moved <= files; moved++) {
          const scene = await Scene.open({}, undefined, layout);
          const broken = await damaged(scene);
          files = await killedBetweenMoves(scene, broken, moved, fromEnd);
          const { engine, there } = await act(scene, broken);
          const which = `${moved} of ${files} moved, ${fromEnd ? "the last" : "the first"}`;
          expect(await violations(scene, there), which).toEqual([]);
          await destroy(scene, engine);
          expect(await violations(scene, []), which).toEqual([]);
          scene.close();
        }
      }
    });
  }
}

for (const layout of ["opaque", "opaqueUnnamed"] as const) {
  test(`somebody's file that stands where a moved ${layout} file was to go outlives a destroy that is killed`, async () => {
    const scene = await Scene.open({}, undefined, layout);
    const engine = await damaged(scene);
    const announced = onceAfter(
      ({ method, items }) => method === "replaceTextFiles" && JSON.stringify(items).includes("swapping"),
      () => {
        const text = fs.readFileSync(path.join(directoryOf(scene), CLAIM_FILE), "utf8");
        const { attempt } = JSON.parse(text) as { attempt: { moving: string[] } };
        scene.putForeign("exports", "sql01", ...(attempt.moving.at(-1) ?? "").split("/"));
      },
    );
    expect((await disturbedUp(scene, engine, announced)).code).toBe("repair-blocked");
    const death = new Death({ key: "poll-tasks#1", when: "after" });
    const session = new Session(scene, death.intervene);
    await Promise.race([engine.destroy(session), death.moment]);
    await session.close();
    expect(death.happened).toBe(true);
    await destroy(scene, engine);
    expect(await violations(scene, [])).toEqual([]);
  });
}
