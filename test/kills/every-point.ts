import { Death, type Point } from "../support/death";
import { Engine } from "../support/engine";
import { hostManners } from "../support/host-manners";
import { inTime } from "../support/in-time";
import { violations } from "../support/invariants";
import { asLayout, type Layout, shareOf } from "../support/layouts";
import { type Points, problemsOf } from "../support/points";
import { Scene } from "../support/scene";
import { Session } from "../support/session";
import type { Story } from "../support/stories";
import { undisturbed } from "../support/undisturbed";

/** What happens between the kill and the run that must put everything right. */
export const recoveries = {
  "the same command again": { refresh: false, kills: 1 },
  "a refresh, then the same command": { refresh: true, kills: 1 },
  "the same command, after a second kill at that call": { refresh: false, kills: 2 },
} as const;

export type Recovery = keyof typeof recoveries;

/** A story on a host of some manner, and how it is recovered. */
export interface Killing {
  readonly story: Story;
  readonly manner: string;
  readonly layout: Layout;
  readonly recovery: Recovery;
}

const AT_ONCE = 12;

export function nameOf({ story, manner, layout, recovery }: Killing): string {
  return `${story.name}, ${manner}${asLayout(layout)}, killed at any call, is put right by ${recovery}`;
}

/** Kills the story's run at every call of the port, before and after it, each in a scene of its own: what is wrong after the recovery. */
export async function killEverywhere(killing: Killing, points: Points): Promise<string[]> {
  const all = (await callsOf(killing)).flatMap((key): Point[] => [
    { key, when: "before" },
    { key, when: "after" },
  ]);
  const queue = points.due(all, describe, shareOf(killing.layout));
  const failures: string[] = [];
  const work = async () => {
    for (let point = queue.shift(); point; point = queue.shift()) {
      const name = describe(point);
      const wrong = await problemsOf(() => tell(killing, point));
      if (wrong.length > 0)
        failures.push([`killed ${name}`, ...wrong, points.onceMore(name, "test/kills", nameOf(killing))].join("\n    "));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return failures;
}

function describe({ key, when }: Point): string {
  return `${when} ${key}`;
}

/** The calls that an undisturbed run makes; proves on the way that the story itself holds. */
async function callsOf(killing: Killing): Promise<string[]> {
  const calls: string[] = [];
  const wrong = await problemsOf(() => tell({ ...killing, recovery: "the same command again" }, undefined, calls));
  if (wrong.length > 0) throw new Error(`undisturbed, already: ${wrong.join("\n")}`);
  return [...new Set(calls)];
}

async function tell({ story, manner, layout, recovery }: Killing, point: Point | undefined, calls: string[] = []): Promise<string[]> {
  const scene = await Scene.open({}, undefined, layout);
  const engine = new Engine();
  await story.before(scene, engine);
  await scene.lab.configure(hostManners[manner] ?? {});
  const callsBefore = await scene.calls();
  const { refresh, kills } = recoveries[recovery];
  let ended = false;
  for (let kill = 0; kill < kills && !ended; kill++) ended = await runUntilKilled(scene, engine, story, point, calls);
  if (!ended) {
    await undisturbed(scene, async (session) => {
      if (refresh) await engine.refresh(session);
      await inTime(story.run(scene, engine, session));
    });
  }
  const wrong = await violations(scene, story.after(scene));
  const called = (await scene.calls()) - callsBefore;
  if (called !== story.exports) wrong.push(`ExportReferencePoint ran ${called} times for ${story.exports} exports`);
  if (story.after(scene).length > 0 && engine.current) {
    // What is declared is true: a refresh finds nothing wrong.
    await undisturbed(scene, (session) => engine.refresh(session));
    if (engine.current?.status !== "intact") wrong.push(`refresh says ${engine.current?.status}: ${engine.current?.problems.join("; ")}`);
  }
  if (wrong.length === 0) scene.close();
  return wrong;
}

/** True when the run came to its end before the point. */
async function runUntilKilled(scene: Scene, engine: Engine, story: Story, point: Point | undefined, calls: string[]): Promise<boolean> {
  const death = new Death(point);
  const session = new Session(scene, death.intervene);
  const run = story.run(scene, engine, session);
  const ended = await inTime(Promise.race([run.then(() => true), death.moment.then(() => false)]));
  await session.close();
  calls.push(...death.keys);
  return ended;
}
