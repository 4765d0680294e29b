import * as fs from "node:fs";
import * as path from "node:path";
import { expect, test } from "vitest";
import { generationOfLine } from "../../provider/domain/export-chain/generation/generation-line";
import type { ChainInputs } from "../../provider/domain/export-chain/properties";
import type { Answer, Task } from "../../provider/host/port";
import { HostError } from "../../provider/host/simulator/index";
import { ChainEngine } from "../support/chain-engine";
import { night, run } from "../support/chain-run";
import { ChainScene } from "../support/chain-scene";
import { Death, type Point } from "../support/death";
import type { Intervention } from "../support/decorated-host";
import { Session } from "../support/session";

const LAST_ONE = { keep: { last: 1, daily: 0, weekly: 0, monthly: 0, yearly: 0 } };

async function nights(place: ChainScene, engine: ChainEngine, count: number, changes: Partial<ChainInputs> = {}): Promise<void> {
  for (let number = 1; number <= count; number++) await night(place, engine, `n${number}`, changes);
}

/** A volume without room for as much as a record, until `isFreed` says that something has been removed. */
function fullUntil(isFreed: () => boolean): Intervention {
  return async (call, run) => {
    if (isFreed() || !["replaceTextFiles", "createTextFiles"].includes(call.method)) return run();
    const items = call.items as readonly unknown[];
    return items.map((): Answer<never> => ({ ok: false, error: new HostError("noSpace", "There is not enough space (tested).") }));
  };
}

const never = () => false;

function isThere(place: ChainScene, label: string): boolean {
  return fs.existsSync(path.join(place.directory, label));
}

/** What a refresh calls intact must be restored byte for byte, and nothing that is there may be forgotten. */
async function wrongAfter(place: ChainScene, engine: ChainEngine, labels: readonly string[]): Promise<string[]> {
  await run(place, (session) => engine.refresh(session));
  const state = engine.current;
  const listed = (state?.generations ?? []).flatMap((line) => generationOfLine(line) ?? []);
  const intact = listed.filter(({ condition }) => condition === "intact").map(({ label }) => label);
  const known = [...listed, ...(place.record()?.removing ?? [])].map(({ label }) => label);
  const forgotten = labels.filter((label) => isThere(place, label) && !known.includes(label) && place.record()?.attempt?.label !== label);
  return [...(await place.restoreProblems(intact)), ...forgotten.map((label) => `${label} is forgotten`)];
}

test("a chain is destroyed although its volume has no room for its record", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  await nights(place, engine, 4);
  await run(place, (session) => engine.destroy(session), fullUntil(never));
  expect(await place.violations([])).toEqual([]);
  place.close();
});

test("so is one with an unfinished generation, and the point that it has made", async () => {
  for (const key of ["createReferencePoints#1", "exportReferencePoints#1"]) {
    const place = await ChainScene.open();
    const engine = new ChainEngine();
    await nights(place, engine, 2);
    await place.work();
    const death = new Death({ key, when: "after" });
    const dying = new Session(place.scene, death.intervene);
    await Promise.race([engine.up(dying, place.inputs({ generation: "n3" })), death.moment]);
    await dying.close();
    await place.remember();
    await run(place, (session) => engine.destroy(session), fullUntil(never));
    expect(await place.violations([]), key).toEqual([]);
    place.close();
  }
});

test("what a smaller keep lets go is removed on a full volume, the record says so as soon as there is room", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  await nights(place, engine, 4);
  const smaller = place.inputs({ generation: "n4", ...LAST_ONE });
  await run(
    place,
    (session) => engine.up(session, smaller),
    fullUntil(() => !isThere(place, "n3")),
  );
  expect(await place.violations(["n4"])).toEqual([]);
  expect(engine.current?.status).toBe("intact");
  place.close();
});

test("where there is no room to the end, they are removed all the same, and the next up forgets them", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  await nights(place, engine, 4);
  const smaller = place.inputs({ generation: "n4", ...LAST_ONE });
  await run(place, (session) => engine.up(session, smaller), fullUntil(never));
  expect(["n1", "n2", "n3", "n4"].filter((label) => isThere(place, label))).toEqual(["n4"]);
  expect(engine.current).toMatchObject({
    status: "incomplete",
    problems: expect.arrayContaining([expect.stringMatching(/^generation-gone: n1/)]),
  });
  expect(await place.restoreProblems(["n4"])).toEqual([]);
  await run(place, (session) => engine.up(session, smaller));
  expect(await place.violations(["n4"])).toEqual([]);
  place.close();
});

test("a generation that finds no room has what keep lets go make room for it, and nothing beyond", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  await nights(place, engine, 4);
  await place.work();
  await place.scene.lab.setFaults([{ fault: "diskFull", atPercent: 50 }]);
  const freeing: Intervention = async (call, run) => {
    if (call.method === "startTasks" && (call.items as readonly Task[]).some(({ kind }) => kind === "remove") && !isThere(place, "n2"))
      await place.scene.lab.clearFaults();
    return run();
  };
  const session = await run(place, (one) => engine.up(one, place.inputs({ generation: "n5", ...LAST_ONE })), freeing);
  expect(session.warnings.join()).toContain("What keep lets go of makes room for it: n3, n2, n1.");
  // n4 is the base of n5.
  expect(await place.violations(["n4", "n5"])).toEqual([]);
  place.close();
});

test("without a smaller keep, nothing goes for a generation that finds no room", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  await nights(place, engine, 4);
  await place.work();
  await place.scene.lab.setFaults([{ fault: "diskFull", atPercent: 50 }]);
  await expect(run(place, (session) => engine.up(session, place.inputs({ generation: "n5" })))).rejects.toMatchObject({
    code: "job-failed",
  });
  expect(await place.restoreProblems(["n1", "n2", "n3", "n4"])).toEqual([]);
  expect(place.record()?.generations.map(({ label }) => label)).toEqual(["n1", "n2", "n3", "n4"]);
  place.close();
});

test("a run that another one has overtaken removes nothing on a full volume", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  await nights(place, engine, 2);
  const other = engine.copy();
  const overtaking: Intervention = async (call, run) => {
    if (call.method !== "replaceTextFiles") return run();
    await night(place, other, "n3");
    return fullUntil(never)(call, run);
  };
  await expect(run(place, (session) => engine.destroy(session), overtaking)).rejects.toMatchObject({ code: "superseded" });
  expect(await place.violations(["n1", "n2", "n3"])).toEqual([]);
  place.close();
});

const SCENES_AT_ONCE = 4;
const LABELS = ["n1", "n2", "n3", "n4"];

test.each(["destroy", "a smaller keep"] as const)(
  "%s on a full volume, killed at any call: what is called intact can be restored, and the same command ends it",
  async (which) => {
    const work = (engine: ChainEngine, place: ChainScene) => (session: Session) =>
      which === "destroy" ? engine.destroy(session) : engine.up(session, place.inputs({ generation: "n4", ...LAST_ONE }));
    const after = which === "destroy" ? [] : ["n4"];
    const attempt = async (point: Point | undefined): Promise<{ keys: readonly string[]; wrong: readonly string[] }> => {
      const place = await ChainScene.open();
      const engine = new ChainEngine();
      await nights(place, engine, 4);
      const death = new Death(point);
      const full = fullUntil(never);
      const session = new Session(place.scene, (call, run) => death.intervene(call, () => full(call, run)));
      await Promise.race([work(engine, place)(session), death.moment]);
      await session.close();
      const wrong = death.happened ? await wrongAfter(place, engine, LABELS) : [];
      await run(place, work(engine, place));
      wrong.push(...(await place.violations(after)));
      place.close();
      return { keys: death.keys, wrong };
    };
    const { keys, wrong } = await attempt(undefined);
    expect(wrong).toEqual([]);
    expect(keys.length).toBeGreaterThan(10);
    const failures: string[] = [];
    // Before a call is after the one before it.
    const queue = [...new Set(keys)];
    const killing = async () => {
      for (let key = queue.shift(); key !== undefined; key = queue.shift())
        for (const problem of (await attempt({ key, when: "after" })).wrong) failures.push(`after ${key}: ${problem}`);
    };
    await Promise.all(Array.from({ length: SCENES_AT_ONCE }, killing));
    expect(failures).toEqual([]);
  },
  600_000,
);
