import { expect, test } from "vitest";
import { isExportError } from "../../provider/domain/errors/export-error";
import type { LabConfiguration } from "../../provider/host/simulator/index";
import { ChainEngine } from "../support/chain-engine";
import { ChainScene } from "../support/chain-scene";
import { Points, problemsOf } from "../support/points";
import { Session } from "../support/session";

const points = new Points("HYPERV_FOREIGN_POINT", "moments at which another backup's checkpoint or point came");

interface Coming {
  readonly key: string;
  readonly when: "before" | "after";
  /** The run is killed right then: what has come is all that the next one sees. */
  readonly kills: boolean;
}

const manners: Readonly<Record<string, LabConfiguration>> = {
  "with jobs": {},
  "without any jobs": { synchronousExports: true, synchronousPoints: true, synchronousCheckpoints: true },
};

test.concurrent.each(Object.keys(manners).flatMap((manner) => (["checkpoint", "point"] as const).map((what) => [what, manner] as const)))(
  "another backup's %s that comes at any call is left as it is, %s",
  { timeout: 900_000 },
  async (what, manner) => {
    const keys: string[] = [];
    expect(await tell(what, manner, undefined, keys)).toEqual([]);
    const all = [...new Set(keys)].flatMap((key) =>
      (["before", "after"] as const).flatMap((when) => [true, false].map((kills): Coming => ({ key, when, kills }))),
    );
    const nameOf = ({ key, when, kills }: Coming) => `${when} ${key}${kills ? ", killed" : ""}`;
    const queue = points.due(all, nameOf);
    const failures: string[] = [];
    const work = async () => {
      for (let one = queue.shift(); one; one = queue.shift()) {
        const coming = one;
        const wrong = await problemsOf(() => tell(what, manner, coming, []));
        if (wrong.length > 0) failures.push([nameOf(coming), ...wrong].join("\n    "));
      }
    };
    await Promise.all(Array.from({ length: 8 }, work));
    expect(failures.join("\n")).toBe("");
  },
);

async function tell(what: "checkpoint" | "point", manner: string, coming: Coming | undefined, keys: string[]): Promise<string[]> {
  const place = await ChainScene.open({}, "checkpoint");
  const { lab } = place.scene;
  const engine = new ChainEngine();
  const up = async (session: Session) => engine.up(session, place.inputs({ generation: "n2" }));
  const first = new Session(place.scene);
  await place.work();
  await engine.up(first, place.inputs({ generation: "n1" }));
  await first.close();
  await place.remember();
  await place.work();
  await lab.configure(manners[manner] ?? {});

  let foreign: string | undefined;
  let die = () => {};
  const death = new Promise<void>((resolve) => {
    die = resolve;
  });
  let isDead = false;
  const never = () => new Promise<never>(() => {});
  const comes = async () => {
    if (what === "point") await place.addForeignPoint();
    else foreign = (await lab.addCheckpoint({ virtualMachine: "SQL01", name: "another backup" })).id;
  };
  const session = new Session(place.scene, async (call, run) => {
    if (isDead) return never();
    keys.push(call.key);
    if (call.key !== coming?.key) {
      const answer = await run();
      return isDead ? never() : answer;
    }
    if (coming.when === "before") await comes();
    const answer = await run();
    if (coming.when === "after") await comes();
    if (!coming.kills) return answer;
    isDead = true;
    die();
    return never();
  });
  const ended = await Promise.race([up(session).catch(asError), death]);
  await session.close();
  await place.remember();
  const wrong = isExportError(ended) && !allowed.has(ended.code) ? [`it ended with ${ended.message}`] : [];
  if (ended instanceof Error && !isExportError(ended)) wrong.push(String(ended.stack));

  const next = new Session(place.scene);
  const again = await up(next).catch(asError);
  if (isExportError(again) && !allowed.has(again.code)) wrong.push(`the next up ended with ${again.message}`);
  wrong.push(...(await untouched(place, foreign)));
  if (foreign !== undefined || manner === "without any jobs") {
    // Whatever stands by then that nobody proves to be ours, a person takes away.
    const { checkpoints } = await place.checkpointsThere();
    if (checkpoints.length > 2) wrong.push(`${checkpoints.length} checkpoints stand`);
    for (const id of checkpoints) await lab.removeCheckpoint(id);
  }
  const warnings = [...session.warnings, ...next.warnings];
  const last = new Session(place.scene);
  await up(last);
  warnings.push(...last.warnings);
  await place.remember();
  const there = await place.pointsThere();
  const unproven = there.filter(
    (id) => !place.foreignPoints.includes(id) && warnings.some((one) => one.includes(id) && one.includes("prove")),
  );
  wrong.push(...(await place.violations(["n1", "n2"], unproven)));
  await Promise.all([next.close(), last.close()]);
  if (wrong.length === 0) place.close();
  return wrong;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** How a run may end that another backup comes between. */
const allowed = new Set(["foreign-checkpoint", "checkpoint-not-proven", "checkpoint-gone", "checkpoint-running"]);

async function untouched(place: ChainScene, foreign: string | undefined): Promise<string[]> {
  if (foreign === undefined) return [];
  const { checkpoints } = await place.checkpointsThere();
  const wrong = checkpoints.includes(foreign) ? [] : ["the foreign checkpoint is gone"];
  const calls = (await place.scene.lab.checkpointCalls()).filter(({ checkpointId }) => checkpointId === foreign);
  return [...wrong, ...calls.map(({ method }) => `${method} was called of the foreign checkpoint`)];
}
