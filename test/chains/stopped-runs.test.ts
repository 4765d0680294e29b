import { expect, test } from "vitest";
import { isExportError } from "../../provider/domain/errors/export-error";
import { ChainEngine } from "../support/chain-engine";
import { ChainScene } from "../support/chain-scene";
import { type ChainStory, chainStories } from "../support/chain-stories";
import type { Moment } from "../support/death";
import type { Intervention } from "../support/decorated-host";
import { countFrom } from "../support/environment";
import { inTime } from "../support/in-time";
import { Points, problemsOf } from "../support/points";
import { Session } from "../support/session";

/** What another run does while the first one is stopped. */
const meanwhiles = { "does the same": false, "does the same, and makes the next generation": true } as const;

type Meanwhile = keyof typeof meanwhiles;

const LONGEST_RUN_MS = 60_000;
const SCENES_AT_ONCE = 6;
/** One of so many calls is tried. */
const SHARE = countFrom("HYPERV_CHAIN_SHARE", 3);

interface Stop {
  readonly key: string;
  readonly when: Moment;
}

/** Stops the run at one call, as SIGSTOP does. */
function stoppedAt(stop: Stop | undefined, keys: string[], meanwhile: () => Promise<void>): Intervention {
  let isStopped: Promise<void> | undefined;
  return async (call, run) => {
    await isStopped;
    keys.push(call.key);
    if (call.key !== stop?.key) {
      const answer = await run();
      await isStopped;
      return answer;
    }
    const answer = stop.when === "after" ? await run() : undefined;
    isStopped = meanwhile();
    await isStopped;
    return stop.when === "after" ? answer : run();
  };
}

const points = new Points("HYPERV_STOP_POINT", "runs of chains that were stopped while another did their work");
const stories = chainStories.filter(({ name }) => !name.startsWith("destroy") && !name.startsWith("a new name"));

const ways = ["referencePoint", "checkpoint"] as const;
/** Asked for by a base and not by a label: with another label it is another program, that takes turns with the first one. */
const isOfOneGeneration = ({ name }: ChainStory) => name.startsWith("a difference to");
const cases = ways.flatMap((via) =>
  stories.flatMap((story) =>
    (Object.keys(meanwhiles) as Meanwhile[])
      .filter((meanwhile) => !(meanwhiles[meanwhile] && isOfOneGeneration(story)))
      .map((meanwhile) => ({ via, story, meanwhile })),
  ),
);

for (const [index, { via, story, meanwhile }] of cases.entries()) {
  const name = `${story.name}, via ${via}, stopped at any call while another run ${meanwhile}, changes nothing any more`;
  test.concurrent(name, { timeout: 900_000 }, async () => {
    const keys: string[] = [];
    expect(await problemsOf(() => tell(story, via, meanwhiles[meanwhile], undefined, keys))).toEqual([]);
    const all = [...new Set(keys)].flatMap((key) => (["before", "after"] as const).map((when) => ({ key, when })));
    const nameOf = ({ key, when }: Stop) => `${when} ${key}`;
    const queue = points.due(all, nameOf, SHARE, index);
    const failures: string[] = [];
    const work = async () => {
      for (let stop = queue.shift(); stop; stop = queue.shift()) {
        const at = stop;
        const wrong = await problemsOf(() => tell(story, via, meanwhiles[meanwhile], at, []));
        const again = points.onceMore(nameOf(at), "test/chains/stopped-runs.test.ts", name);
        if (wrong.length > 0) failures.push([`stopped ${nameOf(at)}`, ...wrong, again].join("\n    "));
      }
    };
    await Promise.all(Array.from({ length: SCENES_AT_ONCE }, work));
    expect(failures.join("\n")).toBe("");
  });
}

async function tell(story: ChainStory, via: ChainScene["via"], goesOn: boolean, stop: Stop | undefined, keys: string[]): Promise<string[]> {
  const place = await ChainScene.open({}, via);
  const first = new ChainEngine();
  await story.before(place, first);
  const before = await created(place);
  let second: ChainEngine | undefined;
  const meanwhile = async () => {
    const engine = first.copy();
    await undisturbed(place, (session) => inTime(story.run(place, engine, session), LONGEST_RUN_MS));
    if (goesOn) await undisturbed(place, (session) => engine.up(session, place.inputs({ generation: "next", keep: undefined as never })));
    second = engine;
  };
  const session = new Session(place.scene, stoppedAt(stop, keys, meanwhile));
  const wrong: string[] = [];
  await inTime(story.run(place, first, session), LONGEST_RUN_MS).catch((error: unknown) => {
    if (!isExportError(error) || !ends.has(error.code)) wrong.push(`it ended with ${error}`);
  });
  await session.close();
  await place.remember();
  const labels = second && goesOn ? [...story.after, "next"] : story.after;
  const isLost = (problem: string) =>
    story.lost?.some((label) => problem.startsWith(`${label} `) || problem.startsWith(`${label}:`)) ?? false;
  wrong.push(...(await place.violations(labels)).filter((problem) => !isLost(problem)));
  const made = (await created(place)) - before;
  const expected = story.makes + (second && goesOn ? 1 : 0);
  if (made !== expected) wrong.push(`${made} points were made for ${expected} generations`);
  if (wrong.length === 0) place.close();
  return wrong;
}

/** How a run may end that another one has overtaken. Whatever it says, it must have changed nothing. */
const ends = new Set(["superseded", "directory-owned-by-another"]);

async function created({ scene: { lab } }: ChainScene): Promise<number> {
  const calls = [...(await lab.pointCalls()), ...(await lab.checkpointCalls())].filter(({ returnCode }) => returnCode <= 4096);
  return calls.filter(({ method }) => method === "CreateReferencePoint" || method === "ConvertToReferencePoint").length;
}

async function undisturbed(place: ChainScene, work: (session: Session) => Promise<unknown>): Promise<void> {
  const session = new Session(place.scene);
  await work(session);
  await session.close();
  await place.remember();
}
