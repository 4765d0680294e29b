import { Death, type Point } from "../support/death";
import { Engine } from "../support/engine";
import { exportsLost, forgetJobs } from "../support/forgotten-jobs";
import type { Ground } from "../support/ground";
import { inTime } from "../support/in-time";
import { violations } from "../support/invariants";
import { asLayout, type Layout } from "../support/layouts";
import { type Points, problemsOf } from "../support/points";
import { Scene } from "../support/scene";
import { Session } from "../support/session";
import type { Story } from "../support/stories";
import { undisturbed } from "../support/undisturbed";

/** What happens between the kill and the run that must put everything right. */
export const recoveries = {
  "the same command again": { refresh: false, kills: 1, forgets: false },
  "a refresh, then the same command": { refresh: true, kills: 1, forgets: false },
  "the same command, after a second kill at that call": { refresh: false, kills: 2, forgets: false },
  "the same command, the job ended and forgotten": { refresh: false, kills: 1, forgets: true },
} as const;

export type Recovery = keyof typeof recoveries;

/** A story on a host of some kind and manner, and how it is recovered. */
export interface Killing {
  readonly story: Story;
  readonly ground: Ground;
  readonly manner: string;
  readonly layout: Layout;
  readonly recovery: Recovery;
}

export function nameOf({ story, manner, layout, recovery }: Killing): string {
  return `${story.name}, ${manner}${asLayout(layout)}, killed at any call, is put right by ${recovery}`;
}

interface KillingAt extends Point {
  readonly killing: Killing;
}

/**
 * Kills the runs of a story at every call of the port, each in a scene of its own: what is wrong after the recovery.
 *
 * @param killings all on the same ground
 * @param first which of the points is the first that is tried, where a share is enough: tests that try different ones show more
 */
export async function killEverywhere(
  killings: readonly [Killing, ...Killing[]],
  testName: string,
  points: Points,
  first = 0,
): Promise<string[]> {
  const [{ ground, layout }] = killings;
  const all: KillingAt[] = [];
  const known = new Map<string, string[]>();
  for (const killing of killings) {
    const calls = known.get(killing.manner + killing.layout) ?? (await callsOf(killing));
    known.set(killing.manner + killing.layout, calls);
    all.push(...calls.flatMap((key) => ground.moments.map((when) => ({ key, when, killing }))));
  }
  const name = ({ key, when, killing }: KillingAt) =>
    [`${when} ${key}`, ...(killings.length === 1 ? [] : [killing.manner, killing.recovery])].join(", ");
  const queue = points.due(all, name, ground.shareOf(layout), first);
  const failures: string[] = [];
  const work = async () => {
    for (let point = queue.shift(); point; point = queue.shift()) {
      const { killing } = point;
      const wrong = await problemsOf(() => tell(killing, point));
      if (wrong.length > 0)
        failures.push([`killed ${name(point)}`, ...wrong, points.onceMore(name(point), "test/kills", testName)].join("\n    "));
    }
  };
  await Promise.all(Array.from({ length: ground.scenesAtOnce }, work));
  return failures;
}

/** The calls that an undisturbed run makes; proves on the way that the story itself holds. */
async function callsOf(killing: Killing): Promise<string[]> {
  const calls: string[] = [];
  const wrong = await problemsOf(() => tell({ ...killing, recovery: "the same command again" }, undefined, calls));
  if (wrong.length > 0) throw new Error(`undisturbed, already: ${wrong.join("\n")}`);
  return [...new Set(calls)];
}

async function tell(killing: Killing, point: Point | undefined, calls: string[] = []): Promise<string[]> {
  const { story, ground, manner, layout, recovery } = killing;
  const scene = await Scene.open({}, ground.timeouts, layout);
  const engine = new Engine();
  await story.before(scene, engine);
  await scene.lab.configure({ ...ground.manners[manner], ...(story.endsJob && { bytesPerSecond: ground.slowBytesPerSecond }) });
  const callsBefore = await scene.calls();
  const { refresh, kills, forgets } = recoveries[recovery];
  let lost = 0;
  await ground.play(scene, async (ways) => {
    scene.reach = point === undefined ? ways.calm : ways.disturbed;
    let ended = false;
    for (let kill = 0; kill < kills && !ended; kill++) ended = await runUntilKilled(scene, engine, killing, point, calls);
    scene.reach = ways.calm;
    if (ended) return;
    if (forgets) await forgetJobs(scene, ways);
    const startsJob = !ground.manners[manner]?.synchronousExports;
    const isListed = !forgets && (startsJob || story.meetsJob);
    if (!isListed && !ground.filesTellEnd) lost = await exportsLost(scene, story);
    await undisturbed(scene, async (session) => {
      if (refresh) await engine.refresh(session);
      await inTime(story.run(scene, engine, session), ground.longestRunMs);
    });
  });
  const wrong = await violations(scene, story.after(scene));
  const called = (await scene.calls()) - callsBefore;
  if (called !== story.exports + lost)
    wrong.push(`ExportReferencePoint ran ${called} times for ${story.exports} exports, ${lost} of them lost`);
  if (story.after(scene).length > 0 && engine.current) {
    // What is declared is true: a refresh finds nothing wrong.
    await undisturbed(scene, (session) => engine.refresh(session));
    if (engine.current?.status !== "intact") wrong.push(`refresh says ${engine.current?.status}: ${engine.current?.problems.join("; ")}`);
  }
  if (wrong.length === 0) scene.close();
  return wrong;
}

/** True when the run came to its end before the point. */
async function runUntilKilled(
  scene: Scene,
  engine: Engine,
  { story, ground }: Killing,
  point: Point | undefined,
  calls: string[],
): Promise<boolean> {
  const death = new Death(point);
  const session = new Session(scene, death.intervene);
  const run = story.run(scene, engine, session);
  const ended = await inTime(Promise.race([run.then(() => true), death.moment.then(() => false)]), ground.longestRunMs);
  await session.close();
  calls.push(...death.keys);
  return ended;
}
