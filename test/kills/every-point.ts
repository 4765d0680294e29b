import { Engine } from "../support/engine";
import { violations } from "../support/invariants";
import { Scene } from "../support/scene";
import { Session } from "../support/session";
import { hostManners, type Story } from "../support/stories";
import { undisturbed } from "../support/undisturbed";
import { Death, type Point } from "./death";

/** What happens between the kill and the run that must put everything right. */
export const recoveries = {
  "the same command again": { refresh: false, kills: 1 },
  "a refresh, then the same command": { refresh: true, kills: 1 },
  "killed at the same call again, then the same command": { refresh: false, kills: 2 },
} as const;

export type Recovery = keyof typeof recoveries;

const AT_ONCE = 12;
/** Far above what a run needs, far below what a person would wait: a hang is a failure of its own. */
const LONGEST_RUN_MS = 20_000;

export interface Tried {
  readonly points: number;
  readonly failures: readonly string[];
}

/** Kills the story's run at every call of the port, before and after it, each in a scene of its own, and checks what recovers. */
export async function killEverywhere(story: Story, manner: string, recovery: Recovery): Promise<Tried> {
  const points = (await callsOf(story, manner)).flatMap((key): Point[] => [
    { key, when: "before" },
    { key, when: "after" },
  ]);
  const wanted = process.env.FAULTS_POINT;
  const due = points.filter((point) => wanted === undefined || wanted === describe(point));
  const failures: string[] = [];
  const queue = [...due];
  const work = async () => {
    for (let point = queue.shift(); point; point = queue.shift()) {
      const wrong = await attempt(() => tell(story, manner, recovery, point));
      if (wrong.length > 0) failures.push([`killed ${describe(point)}`, ...wrong, rerun(story, manner, recovery, point)].join("\n    "));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { points: due.length, failures };
}

function describe({ key, when }: Point): string {
  return `${when} ${key}`;
}

function rerun(story: Story, manner: string, recovery: Recovery, point: Point): string {
  return `once more: FAULTS_POINT="${describe(point)}" npx vitest run test/faults -t "${story.name}, ${manner}; ${recovery}"`;
}

/** The calls that an undisturbed run makes; proves on the way that the story itself holds. */
async function callsOf(story: Story, manner: string): Promise<string[]> {
  const calls: string[] = [];
  const wrong = await attempt(() => tell(story, manner, "the same command again", undefined, calls));
  if (wrong.length > 0) throw new Error(`undisturbed, already: ${wrong.join("\n")}`);
  return [...new Set(calls)];
}

export async function attempt(work: () => Promise<string[]>): Promise<string[]> {
  try {
    return await work();
  } catch (error) {
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
}

async function tell(story: Story, manner: string, recovery: Recovery, point: Point | undefined, calls: string[] = []): Promise<string[]> {
  const scene = await Scene.open();
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

export async function inTime<T>(run: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end after ${LONGEST_RUN_MS} ms`)), LONGEST_RUN_MS);
  });
  return Promise.race([run, late]).finally(() => clearTimeout(timer));
}
