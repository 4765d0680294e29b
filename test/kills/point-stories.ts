import * as fs from "node:fs";
import * as path from "node:path";
import { expect, test } from "vitest";
import { isExportError } from "../../provider/domain/errors/export-error";
import { declaredPoint } from "../../provider/domain/reference-point/declared-point";
import { POINT_RECORD, type PointRecord } from "../../provider/domain/reference-point/point-record";
import type { PointInputs } from "../../provider/domain/reference-point/properties";
import { Death, type Moment, type Point } from "../support/death";
import type { Ground } from "../support/ground";
import { inTime } from "../support/in-time";
import { usualLayout } from "../support/layouts";
import { PointLife, PointProcess } from "../support/point-life";
import { type Points, problemsOf } from "../support/points";
import { Scene } from "../support/scene";

export const urnOf = (scene: Scene) =>
  `urn:pulumi:dev::ops::pulumi-nodejs:dynamic/hyperv:ReferencePoint::${path.basename(path.dirname(scene.directory))}-${path.basename(scene.directory)}`;

export interface PointStory {
  readonly before: (life: PointLife, process: PointProcess, declare: Declare) => Promise<void>;
  readonly run: (life: PointLife, process: PointProcess, declare: Declare) => Promise<void>;
  /** Whether a point is there afterwards. */
  readonly leaves: boolean;
}

/** @param suffix of the resource's name */
type Declare = (changes?: Partial<PointInputs>, suffix?: string) => PointInputs;

export const pointStories: Readonly<Record<string, PointStory>> = {
  "a point is made": {
    before: async () => {},
    run: (life, process, declare) => life.up(process, declare()),
    leaves: true,
  },
  "a point is replaced by another": {
    before: (life, process, declare) => life.up(process, declare({ triggers: ["one"] })),
    run: (life, process, declare) => life.up(process, declare({ triggers: ["two"] })),
    leaves: true,
  },
  "a point's resource is renamed": {
    before: (life, process, declare) => life.up(process, declare()),
    run: (life, process, declare) => life.up(process, declare({}, "-renamed")),
    leaves: true,
  },
  "a point is destroyed": {
    before: (life, process, declare) => life.up(process, declare()),
    run: (life, process) => life.destroy(process),
    leaves: false,
  },
  "a point is left to somebody else": {
    before: (life, process, declare) => life.up(process, declare({ onDestroy: "keep" })),
    run: (life, process) => life.destroy(process),
    leaves: true,
  },
};

export async function recordsOf(scene: Scene, process: PointProcess): Promise<PointRecord[]> {
  const folder = await process.recordsDirectory();
  if (!fs.existsSync(folder)) return [];
  const found = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter(({ name }) => name === POINT_RECORD);
  const records = found.map((entry): PointRecord => JSON.parse(fs.readFileSync(path.join(entry.parentPath, entry.name), "utf8")));
  // Scenes of one shell share the folder.
  return records.filter(({ owner }) => owner.urn.startsWith(urnOf(scene)));
}

export async function listed(scene: Scene): Promise<string[]> {
  return (await scene.lab.describe()).virtualMachines[0]?.referencePoints.map(({ id }) => id) ?? [];
}

/** What a killed run has sent may arrive when the next one has looked already: that one is overtaken, and says so. */
async function recovered(work: () => Promise<void>, longestMs: number): Promise<void> {
  const once = () => inTime(work(), longestMs);
  await once().catch((error: unknown) => {
    if (isExportError(error) && error.code === "superseded") return once();
    throw error;
  });
}

/** Plays a story, killed at a point if one is given: what is wrong after the recovery. */
async function tell(
  ground: Ground,
  { before, run, leaves }: PointStory,
  point: Point | undefined,
  calls: string[] = [],
): Promise<string[]> {
  const scene = await Scene.open({ pointJobDuration: 20 });
  const { timeouts, longestRunMs } = ground;
  const declare: Declare = (changes = {}, suffix = "") =>
    declaredPoint({
      host: { kind: "simulator", directory: scene.labDirectory },
      virtualMachine: "SQL01",
      timeouts,
      createUrn: urnOf(scene) + suffix,
      ...changes,
    });
  const life = new PointLife();
  const wrong: string[] = [];
  await ground.play(scene, async (ways) => {
    scene.reach = ways.calm;
    const calm = new PointProcess(scene);
    await before(life, calm, declare);
    const first = life.current;
    const death = new Death(point);
    scene.reach = point === undefined ? ways.calm : ways.disturbed;
    const killed = new PointProcess(scene, death.intervene);
    const ended = await inTime(Promise.race([run(life, killed, declare).then(() => true), death.moment.then(() => false)]), longestRunMs);
    await killed.close();
    calls.push(...death.keys);
    scene.reach = ways.calm;
    const next = new PointProcess(scene);
    if (!ended) await recovered(() => run(life, next, declare), longestRunMs);
    const current = life.current?.referencePointId ?? (leaves ? first?.referencePointId : undefined);
    const expected = [...scene.points, ...(current === undefined ? [] : [current])];
    const now = await listed(scene);
    if (now.join() !== expected.join()) wrong.push(`points are ${now.join(", ")}; expected ${expected.join(", ")}`);
    if (leaves && current === undefined) wrong.push("there is no point");
    const entries = (await recordsOf(scene, next)).flatMap(({ owner, entries: all }) =>
      all.map(({ id, referencePointId }) => ({ urn: owner.urn, id, referencePointId })),
    );
    const { createUrn, recordId, referencePointId } = life.current ?? {};
    const held = life.current ? [{ urn: createUrn, id: recordId, referencePointId }] : [];
    if (JSON.stringify(entries) !== JSON.stringify(held))
      wrong.push(`records hold ${JSON.stringify(entries)}; expected ${JSON.stringify(held)}`);
    if (next.warnings.length > 0) wrong.push(`warned: ${next.warnings.join("\n")}`);
    await Promise.all([calm.close(), next.close()]);
  });
  if (wrong.length === 0) scene.close();
  return wrong;
}

/** One test a story: killed at any call, it is put right by the same command again. */
export function provePointKills(ground: Ground, points: Points, place: string): void {
  test.concurrent.each(Object.entries(pointStories).map(([name, story], index) => [name, story, index] as const))(
    `%s${ground.name && `, ${ground.name}`}, killed at any call, is put right by the same command again`,
    {
      timeout: ground.longestTestMs,
    },
    async (name, story, index) => {
      const calls: string[] = [];
      expect(await problemsOf(() => tell(ground, story, undefined, calls))).toEqual([]);
      const moments: Moment[] = ["before", "during", "after"];
      const all = [...new Set(calls)].flatMap((key) => moments.map((when) => ({ key, when })));
      const queue = points.due(all, ({ key, when }) => `${when} ${key}`, ground.shareOf(usualLayout), index);
      const failures: string[] = [];
      const work = async () => {
        for (let point = queue.shift(); point; point = queue.shift()) {
          const at = point;
          const wrong = await problemsOf(() => tell(ground, story, at));
          const again = points.onceMore(`${at.when} ${at.key}`, place, `${name}.*`);
          if (wrong.length > 0) failures.push([`killed ${at.when} ${at.key}`, ...wrong, again].join("\n    "));
        }
      };
      await Promise.all(Array.from({ length: ground.scenesAtOnce }, work));
      expect(failures.join("\n")).toBe("");
    },
  );
}
