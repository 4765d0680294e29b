import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { isExportError } from "../../provider/domain/errors/export-error";
import type { LabConfiguration } from "../../provider/host/simulator/index";
import { ChainEngine } from "../support/chain-engine";
import { ChainScene } from "../support/chain-scene";
import { type ChainStory, chainStories } from "../support/chain-stories";
import { Death, type Point } from "../support/death";
import type { Ground, Ways } from "../support/ground";
import { inTime } from "../support/in-time";
import { usualLayout } from "../support/layouts";
import { type Points, problemsOf } from "../support/points";
import { Session } from "../support/session";

type Via = ChainScene["via"];

/** How the host ends its work. */
const manners: Readonly<Record<Via, Readonly<Record<string, LabConfiguration>>>> = {
  referencePoint: {
    "with jobs": {},
    "with points that are listed late": { pointListingDelay: 60, pointJobDuration: 20 },
    "without jobs of exports": { synchronousExports: true },
    "without any jobs": { synchronousExports: true, synchronousPoints: true },
  },
  checkpoint: {
    "with jobs": {},
    "with all listed late, and a slow merge": {
      pointListingDelay: 60,
      checkpointListingDelay: 60,
      pointJobDuration: 20,
      mergeDuration: 300,
    },
    "without jobs of exports": { synchronousExports: true },
    "without any jobs": { synchronousExports: true, synchronousPoints: true, synchronousCheckpoints: true },
  },
};

const recoveries = {
  "the same command again": { refresh: false, kills: 1 },
  "a refresh, then the same command": { refresh: true, kills: 1 },
  "the same command, after a second kill at that call": { refresh: false, kills: 2 },
} as const;

type Recovery = keyof typeof recoveries;

interface Killing {
  readonly ground: Ground;
  readonly story: ChainStory;
  readonly via: Via;
  readonly manner: string;
  readonly recovery: Recovery;
}

/** How exports and points end makes a difference to the lifecycle, whatever host it is. */
function killingsOf(ground: Ground, story: ChainStory, via: Via): Killing[] {
  const [usual = "", ...others] = Object.keys(manners[via]);
  return [usual, ...(story.makes > 0 ? others : [])].flatMap((manner) =>
    (Object.keys(recoveries) as Recovery[])
      .filter((recovery) => manner === usual || recovery === "the same command again")
      .filter((recovery) => !(story.fromNothing && recoveries[recovery].refresh))
      .map((recovery) => ({ ground, story, via, manner, recovery })),
  );
}

/** One test a story, manner of the host and way to recover. */
export function proveChainKills(ground: Ground, points: Points, place: string, via: Via): void {
  for (const [index, killing] of chainStories.flatMap((story) => killingsOf(ground, story, via)).entries()) {
    const { story, manner, recovery } = killing;
    const name = [story.name, `via ${via}`, ground.name, manner, `killed at any call, is put right by ${recovery}`]
      .filter(Boolean)
      .join(", ");
    test.concurrent(name, { timeout: ground.longestTestMs }, async () => {
      expect((await killEverywhere([killing], points, place, name, index)).join("\n")).toBe("");
    });
  }
}

/** One test a story, on a host that works in the usual manner: of the points of every way to recover, one in so many is tried. */
export function proveChainKillsOn(ground: Ground, points: Points, place: string, via: Via): void {
  for (const [index, story] of chainStories.entries()) {
    const name = `${story.name}, via ${via}, ${ground.name}, killed at any call, is put right by the next run`;
    test.concurrent(name, { timeout: ground.longestTestMs }, async () => {
      const [usual = ""] = Object.keys(manners[via]);
      const killings = killingsOf(ground, story, via).filter(({ manner }) => manner === usual);
      expect((await killEverywhere(killings, points, place, name, index * POINTS_BETWEEN_STORIES)).join("\n")).toBe("");
    });
  }
}

/** Far apart, so that stories that are alike are killed at different calls. */
const POINTS_BETWEEN_STORIES = 37;

/** What went wrong: of the undisturbed stories, and of those that were killed at a point. */
async function killEverywhere(killings: readonly Killing[], points: Points, place: string, name: string, first = 0): Promise<string[]> {
  const all: { killing: Killing; point: Point }[] = [];
  for (const killing of killings) {
    const calls: string[] = [];
    const wrong = await problemsOf(() => tell(killing, undefined, calls));
    if (wrong.length > 0) return [`${nameOf(killing)}, undisturbed`, ...wrong];
    for (const key of new Set(calls)) for (const when of killing.ground.moments) all.push({ killing, point: { key, when } });
  }
  const { ground } = killings[0] as Killing;
  const pointOf = ({ killing, point }: (typeof all)[number]) =>
    killings.length === 1 ? `${point.when} ${point.key}` : `${point.when} ${point.key}, ${nameOf(killing)}`;
  const queue = points.due(all, pointOf, ground.shareOf(usualLayout), first);
  const failures: string[] = [];
  const work = async () => {
    for (let one = queue.shift(); one; one = queue.shift()) {
      const { killing, point } = one;
      const wrong = await problemsOf(() => tell(killing, point, []));
      if (wrong.length === 0) continue;
      failures.push([`killed ${pointOf(one)}`, ...wrong, points.onceMore(pointOf(one), place, name)].join("\n    "));
    }
  };
  await Promise.all(Array.from({ length: ground.scenesAtOnce }, work));
  return failures;
}

function nameOf({ manner, recovery }: Killing): string {
  return `${manner}, ${recovery}`;
}

async function tell(killing: Killing, point: Point | undefined, calls: string[]): Promise<string[]> {
  const place = await ChainScene.open({}, killing.via);
  place.scene.timeouts = killing.ground.timeouts;
  const engine = new ChainEngine();
  await killing.story.before(place, engine);
  await place.scene.lab.configure(manners[killing.via][killing.manner] ?? {});
  const wrong = await killing.ground.play(place.scene, (ways) => played(killing, place, engine, point, calls, ways));
  if (wrong.length === 0) place.close();
  return wrong;
}

/** What the story needed before has been done on the simulator. */
async function played(
  { ground, story, via, manner, recovery }: Killing,
  place: ChainScene,
  engine: ChainEngine,
  point: Point | undefined,
  calls: string[],
  { calm, disturbed }: Ways,
): Promise<string[]> {
  const before = await callsIn(place);
  const wrong: string[] = [];
  const { refresh, kills } = recoveries[recovery];
  let ended = false;
  for (let kill = 0; kill < kills && !ended; kill++) {
    place.scene.reach = point === undefined ? calm : disturbed;
    ended = await inTime(runUntilKilled(place, engine, story, point, calls), ground.longestRunMs);
    place.scene.reach = calm;
    await place.remember();
    // At any kill, what the record lists can be restored, but for what was lost before.
    if (!ended)
      wrong.push(
        ...(await place.restoreProblems()).filter((problem) => !isOf(problem, story.lost)).map((problem) => `after the kill: ${problem}`),
      );
  }
  const warnings: string[] = [];
  if (!ended) {
    const session = new Session(place.scene);
    if (refresh) {
      await engine.refresh(session);
      const { checkpoints } = await place.checkpointsThere();
      if (engine.current && checkpoints.length > 0) wrong.push(`the refresh has left the checkpoint ${checkpoints.join()}`);
    }
    const again = () => inTime(story.run(place, engine, session), ground.longestRunMs);
    // Where no job tells of a checkpoint, nothing proves it ours: it is refused by its id, and a person takes it away.
    await again().catch(async (error: unknown) => {
      const { checkpoints } = await place.checkpointsThere();
      const isUnproven = isExportError(error) && error.code === "foreign-checkpoint" && manner === "without any jobs";
      if (!isUnproven || checkpoints.length !== 1 || !error.reason.includes(checkpoints[0] ?? "")) throw error;
      await place.scene.lab.removeCheckpoint(checkpoints[0] ?? "");
      await again();
    });
    warnings.push(...session.warnings);
    await session.close();
    await place.remember();
  }
  const unproven = await unprovenOf(place, warnings);
  wrong.push(...(await violationsOnceSettled(place, manner, story, unproven)));
  const after = await callsIn(place);
  const made = {
    points: after.points - before.points,
    exports: after.exports - before.exports,
    destroyed: after.destroyed - before.destroyed,
  };
  // What a refresh finds unfinished goes with its checkpoint, and is made once more.
  const again = via === "checkpoint" && refresh ? Math.max(made.exports - story.makes, 0) : 0;
  if (again > 1) wrong.push(`exported ${made.exports} times`);
  const wasted = Math.max(made.points - story.makes - unproven.length, 0);
  if (wasted > again) wrong.push(`${wasted} points were made in vain`);
  const expected = {
    points: story.makes + unproven.length + wasted,
    exports: story.makes + again,
    // A point that goes is listed for a while: the next run asks for it once more.
    destroyed: story.destroys + wasted + (isLate(manner) && made.destroyed > story.destroys + wasted ? 1 : 0),
  };
  if (JSON.stringify(made) !== JSON.stringify(expected)) wrong.push(`called ${JSON.stringify(made)}; expected ${JSON.stringify(expected)}`);
  if (manner !== "without any jobs" && unproven.length > 0) wrong.push("a job proves every point");
  if (engine.current) {
    const session = new Session(place.scene);
    await engine.refresh(session);
    await session.close();
    if (engine.current?.status !== "intact") wrong.push(`refresh says ${engine.current?.status}: ${engine.current?.problems.join("; ")}`);
  }
  return wrong;
}

function isLate(manner: string): boolean {
  return manner.includes("listed late");
}

/** Where the host goes on by itself, what is left is looked at when that has ended. */
async function violationsOnceSettled(place: ChainScene, manner: string, story: ChainStory, unproven: readonly string[]): Promise<string[]> {
  const until = Date.now() + (isLate(manner) ? LONGEST_SETTLING_MS : 0);
  for (;;) {
    const found = (await place.violations(story.after, unproven)).filter((problem) => !isOf(problem, story.lost));
    if (found.length === 0 || Date.now() >= until) return found;
    await sleep(50);
  }
}

const LONGEST_SETTLING_MS = 5000;

function isOf(problem: string, labels: readonly string[] = []): boolean {
  return labels.some((label) => problem.startsWith(`${label} `) || problem.startsWith(`${label}:`));
}

/** Points that nothing proves to be ours: they are named, and left alone. */
async function unprovenOf(place: ChainScene, warnings: readonly string[]): Promise<string[]> {
  const there = await place.pointsThere();
  return there.filter((id) => warnings.some((warning) => warning.includes(id) && warning.includes("nothing proves")));
}

async function callsIn({ scene: { lab } }: ChainScene) {
  const calls = [...(await lab.pointCalls()), ...(await lab.checkpointCalls()), ...(await lab.calls())];
  const accepted = calls.filter(({ returnCode }) => returnCode === 0 || returnCode === 4096);
  const of = (...methods: string[]) => accepted.filter(({ method }) => methods.includes(method)).length;
  return {
    points: of("CreateReferencePoint", "ConvertToReferencePoint"),
    destroyed: of("DestroyReferencePoint"),
    exports: of("ExportReferencePoint", "ExportSystemDefinition"),
  };
}

/** True when the run came to its end before the point. */
async function runUntilKilled(
  place: ChainScene,
  engine: ChainEngine,
  story: ChainStory,
  point: Point | undefined,
  calls: string[],
): Promise<boolean> {
  const death = new Death(point);
  const session = new Session(place.scene, death.intervene);
  const ended = await Promise.race([story.run(place, engine, session).then(() => true), death.moment.then(() => false)]);
  await session.close();
  calls.push(...death.keys);
  return ended;
}
