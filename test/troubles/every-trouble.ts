import { isExportError } from "../../provider/domain/errors/export-error";
import type { PortCall } from "../support/decorated-host";
import { Engine } from "../support/engine";
import type { Ground, Ways } from "../support/ground";
import { inTime } from "../support/in-time";
import { violations } from "../support/invariants";
import { asLayout, type Layout } from "../support/layouts";
import { type Points, problemsOf } from "../support/points";
import { Scene } from "../support/scene";
import { Session } from "../support/session";
import type { Story } from "../support/stories";
import { undisturbed } from "../support/undisturbed";
import { errorProblems } from "./error-problems";
import { type End, type Trouble, withTrouble } from "./trouble";

/** Those that only wait do so together; the others share the processor with the other tests of the file. */
const WAITING_AT_ONCE = 32;
const WORKING_AT_ONCE = 4;
/** The limit of an operation whose host never answers one call; the others have time enough on any machine. */
const SHORT_MS = 3000;

/** A story on a host of some kind and manner, and what may happen to its calls there. */
export interface Troubled<W extends Ways = Ways> {
  readonly story: Story;
  readonly ground: Ground<W>;
  readonly troubles: readonly Trouble<W>[];
  readonly manner: string;
  readonly layout: Layout;
}

export function nameOf<W extends Ways>({ story, ground, manner, layout }: Troubled<W>): string {
  const where = [story.name, ground.name, manner].filter(Boolean).join(", ");
  return `${where}${asLayout(layout)}, ends in time and says why, whatever happens to a call, and the next run puts it right`;
}

/**
 * Every call of the story's run meets every trouble, each in a scene of its own: what is wrong with how it ends, or after the next run.
 *
 * @param first which of the points is the first that is tried, where a share is enough
 */
export async function troubleEverywhere<W extends Ways>(troubled: Troubled<W>, points: Points, first = 0): Promise<string[]> {
  const { troubles, ground, layout } = troubled;
  const keys = await callsOf(troubled);
  const all = keys.flatMap((key) => troubles.filter(({ happensTo }) => happensTo?.(key) ?? true).map((trouble) => ({ key, trouble })));
  const due = points.due(all, describe, ground.shareOf(layout), first);
  const failures: string[] = [];
  const work = async (queue: typeof due) => {
    for (let point = queue.shift(); point; point = queue.shift()) {
      const { key, trouble } = point;
      const name = describe(point);
      const wrong = await problemsOf(() => tell(troubled, key, trouble));
      if (wrong.length > 0) failures.push([name, ...wrong, points.onceMore(name, "test/troubles", nameOf(troubled))].join("\n    "));
    }
  };
  const waiting = due.filter(({ trouble }) => trouble.isEndless);
  const working = due.filter(({ trouble }) => !trouble.isEndless);
  await Promise.all(Array.from({ length: WAITING_AT_ONCE }, () => work(waiting)));
  await Promise.all(Array.from({ length: WORKING_AT_ONCE }, () => work(working)));
  return failures;
}

function describe<W extends Ways>({ key, trouble }: { readonly key: string; readonly trouble: Trouble<W> }): string {
  return `${key} ${trouble.name}`;
}

async function callsOf<W extends Ways>(troubled: Troubled<W>): Promise<string[]> {
  const { story, ground } = troubled;
  const keys = new Set<string>();
  const { scene, engine } = await setUp(troubled, ground.timeouts);
  await ground.play(scene, async ({ calm }) => {
    scene.reach = calm;
    const session = new Session(scene, (call, run) => {
      keys.add(call.key);
      return run();
    });
    await story.run(scene, engine, session);
    await session.close();
  });
  return [...keys];
}

/** The scene as the story has it, with time limits that begin to hold now. */
async function setUp<W extends Ways>(
  { story, ground, manner, layout }: Troubled<W>,
  timeouts: Scene["timeouts"],
): Promise<{ scene: Scene; engine: Engine }> {
  const scene = await Scene.open(ground.manners[manner], undefined, layout);
  const engine = new Engine();
  await story.before(scene, engine);
  if (story.endsJob) await scene.lab.configure({ bytesPerSecond: ground.slowBytesPerSecond });
  setLimits(scene, engine, timeouts);
  return { scene, engine };
}

function setLimits(scene: Scene, engine: Engine, timeouts: Scene["timeouts"]): void {
  scene.timeouts = timeouts;
  if (engine.current) engine.current = { ...engine.current, timeouts };
}

async function tell<W extends Ways>(troubled: Troubled<W>, key: string, trouble: Trouble<W>): Promise<string[]> {
  const { story, ground } = troubled;
  const short = { ...ground.timeouts, create: `${SHORT_MS}ms`, delete: `${SHORT_MS}ms` };
  const { scene, engine } = await setUp(troubled, trouble.isEndless ? short : ground.timeouts);
  const callsBefore = await scene.calls();
  const cancelsBefore = await scene.calls("RequestStateChange");
  const wrong: string[] = [];

  await ground.play(scene, async (ways) => {
    // How often tasks and jobs are polled differs from run to run, so the last of these calls may not come.
    let met = false;
    const here = (call: PortCall) => {
      if (call.key === key) met = true;
      return call.key === key;
    };
    scene.reach = ways.disturbed;
    const session = new Session(scene, withTrouble(trouble, here, ways));
    const from = performance.now();
    const error: unknown = await inTime(story.run(scene, engine, session), ground.longestRunMs).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const took = performance.now() - from;
    await session.close();

    wrong.push(...(met ? endProblems(trouble, trouble.end(story, key), error) : []), ...errorProblems(error));
    if (took > ground.latestEndMs) wrong.push(`it took ${Math.round(took)} ms`);

    // The next run knows of no trouble, has time, and puts everything right.
    setLimits(scene, engine, ground.timeouts);
    scene.reach = ways.calm;
    await undisturbed(scene, (again) => inTime(story.run(scene, engine, again), ground.longestRunMs));
  });
  wrong.push(...(await violations(scene, story.after(scene))));
  const called = (await scene.calls()) - callsBefore;
  // A job that was cancelled has to be done again.
  const cancelled = (await scene.calls("RequestStateChange")) - cancelsBefore;
  if (called < story.exports || called > story.exports + cancelled) {
    wrong.push(`ExportReferencePoint ran ${called} times for ${story.exports} exports, ${cancelled} cancelled`);
  }
  if (wrong.length === 0) scene.close();
  return wrong;
}

function endProblems<W extends Ways>({ isEndless }: Trouble<W>, end: End, error: unknown): string[] {
  if (end === "well" && error !== undefined) return [`it should have got over it: ${error instanceof Error ? error.message : error}`];
  if (end === "badly" && error === undefined) return ["it ended as if nothing had happened"];
  if (isEndless && error !== undefined && !(isExportError(error) && error.code === "timed-out")) return [`not timed out but: ${error}`];
  return [];
}
