import { expect, test } from "vitest";
import { ChainEngine } from "../support/chain-engine";
import { ChainScene } from "../support/chain-scene";
import { Death, type Point } from "../support/death";
import { Points, problemsOf } from "../support/points";
import { Session } from "../support/session";

const points = new Points("HYPERV_KILL_POINT", "kills of generations by checkpoints, each ended in another way than by the same command");

/** What a person does after the kill instead. */
const ends = {
  "a refresh": { end: (engine: ChainEngine, session: Session) => engine.refresh(session) },
  "a destroy": { end: (engine: ChainEngine, session: Session) => engine.destroy(session) },
} as const;

test.concurrent.each(Object.keys(ends) as (keyof typeof ends)[])(
  "a generation by a checkpoint, killed at any call, leaves no checkpoint after %s",
  { timeout: 600_000 },
  async (name) => {
    const calls: string[] = [];
    expect(await tell(name, undefined, calls)).toEqual([]);
    const all = [...new Set(calls)].flatMap((key) => (["before", "after"] as const).map((when): Point => ({ key, when })));
    const describe = ({ key, when }: Point) => `${when} ${key}`;
    const queue = points.due(all, describe);
    const failures: string[] = [];
    const work = async () => {
      for (let point = queue.shift(); point; point = queue.shift()) {
        const at = point;
        const wrong = await problemsOf(() => tell(name, at, []));
        if (wrong.length > 0) failures.push([`killed ${describe(at)}`, ...wrong].join("\n    "));
      }
    };
    await Promise.all(Array.from({ length: 8 }, work));
    expect(failures.join("\n")).toBe("");
  },
);

async function tell(name: keyof typeof ends, point: Point | undefined, calls: string[]): Promise<string[]> {
  const place = await ChainScene.open({}, "checkpoint");
  const engine = new ChainEngine();
  const up = async (session: Session, generation: string) => {
    await place.work();
    await engine.up(session, place.inputs({ generation }));
  };
  const first = new Session(place.scene);
  await up(first, "n1");
  await first.close();
  await place.remember();
  const death = new Death(point);
  const session = new Session(place.scene, death.intervene);
  await Promise.race([up(session, "n2"), death.moment]);
  await session.close();
  calls.push(...death.keys);
  await place.remember();
  const last = new Session(place.scene);
  await ends[name].end(engine, last);
  await last.close();
  await place.remember();
  const { checkpoints } = await place.checkpointsThere();
  const wrong = checkpoints.length > 0 ? [`the checkpoint ${checkpoints.join()} is left`] : [];
  if (name === "a destroy") wrong.push(...(await place.violations([])));
  else wrong.push(...(await place.restoreProblems()));
  // Whatever was unfinished, the chain goes on.
  if (name === "a refresh") {
    const next = new Session(place.scene);
    await up(next, "n2");
    await next.close();
    await place.remember();
    const labels = place.record()?.generations.map(({ label }) => label) ?? [];
    if (labels.join() !== "n1,n2") wrong.push(`the generations are ${labels.join()}`);
    wrong.push(...(await place.violations(labels)));
  }
  if (wrong.length === 0) place.close();
  return wrong;
}
