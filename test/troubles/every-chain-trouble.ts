import { expect, test } from "vitest";
import { ChainEngine } from "../support/chain-engine";
import { ChainScene } from "../support/chain-scene";
import { type ChainStory, chainStories } from "../support/chain-stories";
import { countFrom } from "../support/environment";
import { inTime } from "../support/in-time";
import { Points, problemsOf } from "../support/points";
import { Session } from "../support/session";
import { errorProblems } from "./error-problems";
import { type Trouble, troubles, withTrouble } from "./trouble";

const LONGEST_MS = 900_000;
const LONGEST_RUN_MS = 60_000;
const WAITING_AT_ONCE = 32;
const WORKING_AT_ONCE = 6;
/** The limit of an operation whose host never answers one call. */
const SHORT_MS = 3000;

/** Tens of thousands of points: one of so many is tried. HYPERV_CHAIN_SHARE sets another number. */
const SHARE = countFrom("HYPERV_CHAIN_SHARE", 25);
const POINTS_BETWEEN_STORIES = 7;

/** One test a story. */
export function proveChainTroubles(via: ChainScene["via"], place: string): void {
  const points = new Points("HYPERV_TROUBLE_POINT", `troubles of chains via ${via}, each put right by the next run`);
  for (const story of chainStories) proveStory(story, via, points, place);
}

function proveStory(story: ChainStory, via: ChainScene["via"], points: Points, place: string): void {
  const name = `${story.name}, via ${via}, ends in time and says why, whatever happens to a call, and the next run puts it right`;
  test.concurrent(name, { timeout: LONGEST_MS }, async () => {
    const keys = await callsOf(story, via);
    const describe = ({ key, trouble }: { readonly key: string; readonly trouble: Trouble }) => `${key} ${trouble.name}`;
    const due = points.due(
      keys.flatMap((key) => troubles.map((trouble) => ({ key, trouble }))),
      describe,
      SHARE,
      chainStories.indexOf(story) * POINTS_BETWEEN_STORIES,
    );
    const failures: string[] = [];
    const work = async (queue: typeof due) => {
      for (let point = queue.shift(); point; point = queue.shift()) {
        const at = point;
        const wrong = await problemsOf(() => tell(story, via, at.key, at.trouble));
        const again = points.onceMore(describe(at), place, name);
        if (wrong.length > 0) failures.push([describe(at), ...wrong, again].join("\n    "));
      }
    };
    const waiting = due.filter(({ trouble }) => trouble.isEndless);
    const working = due.filter(({ trouble }) => !trouble.isEndless);
    await Promise.all(Array.from({ length: WAITING_AT_ONCE }, () => work(waiting)));
    await Promise.all(Array.from({ length: WORKING_AT_ONCE }, () => work(working)));
    expect(failures.join("\n")).toBe("");
  });
}

async function setUp(story: ChainStory, via: ChainScene["via"]): Promise<{ place: ChainScene; engine: ChainEngine }> {
  const place = await ChainScene.open({}, via);
  const engine = new ChainEngine();
  await story.before(place, engine);
  return { place, engine };
}

async function callsOf(story: ChainStory, via: ChainScene["via"]): Promise<string[]> {
  const { place, engine } = await setUp(story, via);
  const keys = new Set<string>();
  const session = new Session(place.scene, (call, run) => {
    keys.add(call.key);
    return run();
  });
  await story.run(place, engine, session);
  await session.close();
  place.close();
  return [...keys];
}

async function tell(story: ChainStory, via: ChainScene["via"], key: string, trouble: Trouble): Promise<string[]> {
  const { place, engine } = await setUp(story, via);
  const usual = place.scene.timeouts;
  const setLimits = (timeouts: typeof usual) => {
    place.scene.timeouts = timeouts;
    if (engine.current) engine.current = { ...engine.current, timeouts };
  };
  if (trouble.isEndless) setLimits({ ...usual, create: `${SHORT_MS}ms`, delete: `${SHORT_MS}ms` });
  const reach = place.scene.reach;
  const session = new Session(
    place.scene,
    withTrouble(trouble, (call) => call.key === key, { disturbed: reach, calm: reach }),
  );
  const error: unknown = await inTime(story.run(place, engine, session), LONGEST_RUN_MS).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  await session.close();
  await place.remember();
  const wrong = errorProblems(error);
  const { checkpoints } = await place.checkpointsThere();
  const isTold = session.warnings.some((warning) => warning.includes("checkpoint-left") || warning.includes("left alone"));
  if (checkpoints.length > 0 && !isTold) wrong.push(`nobody has told of the checkpoint ${checkpoints.join()}`);
  // Whatever has happened, what the record lists can be restored, but for what was lost before.
  const isLost = (problem: string) =>
    story.lost?.some((label) => problem.startsWith(`${label} `) || problem.startsWith(`${label}:`)) ?? false;
  wrong.push(...(await place.restoreProblems()).filter((problem) => !isLost(problem)).map((problem) => `at once: ${problem}`));

  setLimits(usual);
  const warnings = [...session.warnings];
  const again = new Session(place.scene);
  await inTime(story.run(place, engine, again), LONGEST_RUN_MS);
  warnings.push(...again.warnings);
  await again.close();
  await place.remember();
  const there = await place.pointsThere();
  const unproven = there.filter((id) => warnings.some((warning) => warning.includes(id) && warning.includes("nothing proves")));
  if (unproven.length > 0) wrong.push(`not proven: ${unproven.join()}`);
  wrong.push(...(await place.violations(story.after)).filter((problem) => !isLost(problem)));
  if (wrong.length === 0) place.close();
  else wrong.push(...(error instanceof Error ? [`it had ended with: ${error.message}`] : []));
  return wrong;
}
