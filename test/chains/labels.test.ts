import { expect, test } from "vitest";
import type { Answer } from "../../provider/host/port";
import { HostError } from "../../provider/host/simulator/index";
import { ChainEngine } from "../support/chain-engine";
import { night } from "../support/chain-run";
import { ChainScene } from "../support/chain-scene";
import { Death } from "../support/death";
import { Session } from "../support/session";

const NONE = { last: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 };
const ALL = { keep: { ...NONE, last: 9 }, fullEvery: 1 };
const LAST_ONE = { keep: { ...NONE, last: 1 }, fullEvery: 1 };

async function chainOf(...labels: readonly string[]): Promise<{ place: ChainScene; engine: ChainEngine }> {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  for (const label of labels) await night(place, engine, label, ALL);
  return { place, engine };
}

test("a declared label that retention has let go is not made again by a change of keep, fullEvery or verification", async () => {
  const { place, engine } = await chainOf("n1", "n2");
  // Back to a label that is there: nothing is made, and the newest is another one.
  await night(place, engine, "n1", ALL);
  await night(place, engine, "n1", LAST_ONE);
  expect(await place.violations(["n2"])).toEqual([]);
  const verification = { level: "content", portion: "1/7" } as const;
  for (const changes of [
    { ...LAST_ONE, fullEvery: 5 },
    { ...LAST_ONE, verification },
    { keep: { ...NONE, last: 3 }, verification },
  ]) {
    await night(place, engine, "n1", changes);
    expect(await place.violations(["n2"])).toEqual([]);
  }
  // A label that is declared after another one is a new one, and so is a trigger.
  await night(place, engine, "n3", ALL);
  await night(place, engine, "n1", ALL);
  expect(await place.violations(["n2", "n3", "n1"])).toEqual([]);
  await night(place, engine, "n1", { ...ALL, triggers: [1] });
  expect(await place.violations(["n2", "n3", "n1", "n1-2"])).toEqual([]);
  place.close();
});

test("the same where the generation of a killed run is finished first, and lets the declared one go", async () => {
  const { place, engine } = await chainOf("n1", "n2");
  const death = new Death({ key: "exportReferencePoints#1", when: "after" });
  await place.work();
  const session = new Session(place.scene, death.intervene);
  await Promise.race([engine.up(session, place.inputs({ generation: "n3", ...LAST_ONE })), death.moment]);
  await session.close();
  await night(place, engine, "n1", LAST_ONE);
  expect(await place.violations(["n3"])).toEqual([]);
  place.close();
});

test("the same on a volume that is too full to write the label down before something is removed", async () => {
  const { place, engine } = await chainOf("n1", "n2");
  let isFreed = false;
  await night(place, engine, "n1", LAST_ONE, async (call, run) => {
    isFreed ||= call.method === "startTasks";
    if (isFreed || call.method !== "replaceTextFiles") return run();
    return (call.items as readonly unknown[]).map((): Answer<never> => ({ ok: false, error: new HostError("noSpace", "full (tested)") }));
  });
  expect(await place.violations(["n2"])).toEqual([]);
  await night(place, engine, "n1", ALL);
  expect(await place.violations(["n2"])).toEqual([]);
  place.close();
});
