import { errorTable } from "../../provider/domain/errors/error-table";
import { isExportError } from "../../provider/domain/errors/export-error";
import { returnCodes } from "../../provider/domain/hyperv/return-codes";
import type { PortCall } from "../support/decorated-host";
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
import { describeTrouble, type Trouble, troubles, withTrouble } from "./trouble";

/** Those that only wait do so together; the others share the processor with the other tests of the file. */
const WAITING_AT_ONCE = 32;
const WORKING_AT_ONCE = 4;
/** The limit of an operation whose host never answers one call; the others have time enough on any machine. */
const SHORT_MS = 3000;
const LONG_MS = 20_000;
/** How late an end may come: a cancel after the limit is bounded, too, and the machine may be busy. */
const GRACE_MS = 7000;

/** A story on a host of some manner. */
export interface Troubled {
  readonly story: Story;
  readonly manner: string;
  readonly layout: Layout;
}

export function nameOf({ story, manner, layout }: Troubled): string {
  return `${story.name}, ${manner}${asLayout(layout)}, ends in time and says why, whatever happens to a call, and the next run puts it right`;
}

/** Every call of the story's run meets every trouble, each in a scene of its own: what is wrong with how it ends, or after the next run. */
export async function troubleEverywhere(troubled: Troubled, points: Points): Promise<string[]> {
  const keys = await callsOf(troubled);
  const all = keys.flatMap((key) => troubles.map((trouble) => ({ key, trouble })));
  const due = points.due(all, describe, shareOf(troubled.layout));
  const failures: string[] = [];
  const work = async (queue: typeof due) => {
    for (let point = queue.shift(); point; point = queue.shift()) {
      const { key, trouble } = point;
      const name = describe(point);
      const wrong = await problemsOf(() => tell(troubled, key, trouble));
      if (wrong.length > 0) failures.push([name, ...wrong, points.onceMore(name, "test/troubles", nameOf(troubled))].join("\n    "));
    }
  };
  const waiting = due.filter(({ trouble }) => trouble.how === "never");
  const working = due.filter(({ trouble }) => trouble.how !== "never");
  await Promise.all(Array.from({ length: WAITING_AT_ONCE }, () => work(waiting)));
  await Promise.all(Array.from({ length: WORKING_AT_ONCE }, () => work(working)));
  return failures;
}

function describe({ key, trouble }: { readonly key: string; readonly trouble: Trouble }): string {
  return `${key} ${describeTrouble(trouble)}`;
}

async function callsOf(troubled: Troubled): Promise<string[]> {
  const keys = new Set<string>();
  const { scene, engine } = await setUp(troubled, LONG_MS);
  const session = new Session(scene, (call, run) => {
    keys.add(call.key);
    return run();
  });
  await troubled.story.run(scene, engine, session);
  await session.close();
  return [...keys];
}

/** The scene as the story has it, with time limits that begin to hold now. */
async function setUp({ story, manner, layout }: Troubled, limitMs: number): Promise<{ scene: Scene; engine: Engine }> {
  const scene = await Scene.open(hostManners[manner], undefined, layout);
  const engine = new Engine();
  await story.before(scene, engine);
  scene.timeouts = { create: `${limitMs}ms`, stall: "10s", delete: `${limitMs}ms` };
  if (engine.current) engine.current = { ...engine.current, timeouts: scene.timeouts };
  return { scene, engine };
}

async function tell(troubled: Troubled, key: string, trouble: Trouble): Promise<string[]> {
  const { story } = troubled;
  const limit = trouble.how === "never" ? SHORT_MS : LONG_MS;
  const { scene, engine } = await setUp(troubled, limit);
  const callsBefore = await scene.calls();
  const cancelsBefore = await scene.calls("RequestStateChange");
  const stateBefore = engine.current;

  // How often tasks and jobs are polled differs from run to run, so the last of these calls may not come.
  let met = false;
  const here = (call: PortCall) => {
    if (call.key === key) met = true;
    return call.key === key;
  };
  const session = new Session(scene, withTrouble(trouble, here));
  const from = performance.now();
  const error: unknown = await inTime(story.run(scene, engine, session)).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const took = performance.now() - from;
  await session.close();

  const wrong = [...(met ? endProblems(story, error, key, trouble) : []), ...errorProblems(error)];
  if (took > SHORT_MS + GRACE_MS) wrong.push(`it took ${Math.round(took)} ms`);
  if (stateBefore && engine.current === undefined && error !== undefined) wrong.push("the state was dropped by a run that failed");

  // The next run knows of no trouble, has time, and puts everything right.
  const timeouts = { create: "20s", stall: "10s", delete: "20s" };
  scene.timeouts = timeouts;
  if (engine.current) engine.current = { ...engine.current, timeouts };
  await undisturbed(scene, (again) => inTime(story.run(scene, engine, again)));
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

/** Whether the run had to succeed, or had to fail. */
function endProblems(story: Story, error: unknown, key: string, trouble: Trouble): string[] {
  const isMethod = key.startsWith("exportReferencePoints");
  const transient = trouble.how === "refused" && returnCodes.some((row) => row.transient && row.kind === trouble.kind);
  const broken = trouble.how === "broken" || (trouble.how === "refused" && ["unreachable", "connectionLost"].includes(trouble.kind));
  const mustSucceed = trouble.how === "slow" || broken || (transient && isMethod);
  if (mustSucceed && error !== undefined) return [`it should have got over it: ${error instanceof Error ? error.message : error}`];
  // Ending a job asks again by itself when it is not answered.
  const endsJob = story.meetsJob && /^(poll-jobs|terminateJobs)/.test(key);
  // The look ahead only saves calls: the directory itself is asked if it fails.
  const isHelp = key.startsWith("surveyDirectories");
  // A delete does not stop for want of space: it makes some.
  const makesSpace = story.exports === 0 && trouble.how === "refused" && trouble.kind === "noSpace" && key.startsWith("replaceTextFiles");
  if ((isHelp || makesSpace) && error === undefined) return [];
  const mustFail = (trouble.how === "never" && !endsJob) || (trouble.how === "refused" && !mustSucceed);
  if (mustFail && error === undefined) return ["it ended as if nothing had happened"];
  if (error !== undefined && trouble.how === "never" && !(isExportError(error) && error.code === "timed-out"))
    return [`not timed out but: ${error}`];
  return [];
}

/** A person can act on the error: it says what failed, on what, why, and what to do. */
function errorProblems(error: unknown): string[] {
  if (error === undefined) return [];
  if (!isExportError(error)) return [`no ExportError: ${error instanceof Error ? error.stack : error}`];
  const empty = (["step", "subject", "reason", "remedy"] as const).filter((name) => !error[name]);
  if (!Object.hasOwn(errorTable, error.code)) empty.push("step");
  return empty.map((name) => `the error has no ${name}: ${error.message}`);
}
