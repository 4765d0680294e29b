import * as fs from "node:fs";
import { expect, test } from "vitest";
import { isExportError } from "../../provider/domain/errors/export-error";
import { Engine } from "../support/engine";
import { diskFile } from "../support/exported-files";
import { violations } from "../support/invariants";
import { Scene } from "../support/scene";
import { Session } from "../support/session";
import { refresh, up } from "../support/steps";
import { undisturbed } from "../support/undisturbed";
import { VirtualClock } from "../support/virtual-clock";

const LIMITS = { create: "30m", stall: "20m", delete: "30m" };
/** How often an adapter has already waited in vain. */
const MOMENTS = 3;

const verbs = [
  "readDirectories",
  "createDirectories",
  "createTextFiles",
  "replaceTextFiles",
  "moveFiles",
  "startTasks",
  "removeEmptyDirectories",
] as const;

const works = {
  create: async (_: Scene, engine: Engine, session: Session, inputs: Parameters<Engine["up"]>[1]) => engine.up(session, inputs),
  repair: async (_: Scene, engine: Engine, session: Session, inputs: Parameters<Engine["up"]>[1]) => engine.up(session, inputs),
  destroy: async (_: Scene, engine: Engine, session: Session) => engine.destroy(session),
};

type Work = keyof typeof works;

async function sceneFor(work: Work): Promise<{ scene: Scene; engine: Engine }> {
  const scene = await Scene.open({}, LIMITS);
  const engine = new Engine();
  if (work !== "create") await up(scene, engine);
  if (work === "repair") {
    fs.rmSync(diskFile(scene));
    await refresh(scene, engine);
  }
  return { scene, engine };
}

/** The code that the work ended with; undefined when it ended well. */
async function run(work: Work, scene: Scene, engine: Engine): Promise<string | undefined> {
  const session = new Session(scene, undefined, new VirtualClock());
  const error: unknown = await works[work](scene, engine, session, scene.inputs()).catch((reason: unknown) => reason);
  await session.close();
  if (error !== undefined && !isExportError(error)) throw error;
  return error?.code;
}

const whole = (work: Work, scene: Scene) =>
  violations(scene, work === "destroy" ? [] : [{ directory: scene.inputs().exportDirectory, point: scene.points[0] }]);

test.each((Object.keys(works) as Work[]).flatMap((work) => verbs.map((method) => ({ work, method }))))(
  "a file that is in use for some moments in $method delays a $work, and nothing else",
  async ({ work, method }) => {
    const { scene, engine } = await sceneFor(work);
    await scene.lab.setFaults([{ fault: "fileInUse", method, count: MOMENTS }]);
    expect(await run(work, scene, engine)).toBeUndefined();
    await scene.lab.clearFaults();
    expect(await whole(work, scene)).toEqual([]);
    scene.close();
  },
);

test.each(Object.keys(works) as Work[])(
  "a %s ends in bounded time, with a code of its own, where a file stays in use; the next run puts it right",
  async (work) => {
    const { scene, engine } = await sceneFor(work);
    await scene.lab.setFaults([{ fault: "fileInUse", method: "startTasks" }]);
    expect(await run(work, scene, engine)).toBe("file-in-use");
    await scene.lab.clearFaults();
    await undisturbed(scene, (session) => works[work](scene, engine, session, scene.inputs()));
    expect(await whole(work, scene)).toEqual([]);
  },
);
