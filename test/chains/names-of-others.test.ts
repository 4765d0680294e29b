import * as fs from "node:fs";
import * as path from "node:path";
import { expect, test } from "vitest";
import { CHAIN_FILE } from "../../provider/domain/records/record-names";
import { ChainEngine } from "../support/chain-engine";
import { night } from "../support/chain-run";
import { ChainScene } from "../support/chain-scene";
import { Death } from "../support/death";
import type { Intervention } from "../support/decorated-host";
import { Session } from "../support/session";

async function chainOfOne(): Promise<{ place: ChainScene; engine: ChainEngine }> {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  await night(place, engine, "n1");
  return { place, engine };
}

async function pointsMade(place: ChainScene): Promise<number> {
  return (await place.scene.lab.pointCalls()).filter(({ method }) => method === "CreateReferencePoint").length;
}

/** A run that dies at a call; the record has its generation under way. */
async function killedNight(place: ChainScene, engine: ChainEngine, label: string, key: string): Promise<void> {
  await place.work();
  const death = new Death({ key, when: "before" });
  const session = new Session(place.scene, death.intervene);
  await Promise.race([engine.up(session, place.inputs({ generation: label })), death.moment]);
  await session.close();
  await place.remember();
}

test("a label whose directory is somebody's is refused before a point is made, and another label goes on", async () => {
  const { place, engine } = await chainOfOne();
  place.scene.putForeign("chains", "sql01", "n2", "notes.txt");
  const record = fs.readFileSync(path.join(place.directory, CHAIN_FILE), "utf8");
  for (const _ of ["once", "again"]) {
    await expect(night(place, engine, "n2")).rejects.toMatchObject({
      code: "directory-not-empty",
      subject: path.join(place.directory, "n2"),
      reason: "it holds what is not the chain's: notes.txt",
      remedy: expect.stringContaining("declare another label"),
    });
    expect(fs.readFileSync(path.join(place.directory, CHAIN_FILE), "utf8")).toBe(record);
  }
  await night(place, engine, "n3");
  expect(await place.violations(["n1", "n3"])).toEqual([]);
  place.scene.takeForeign("chains", "sql01", "n2", "notes.txt");
  await night(place, engine, "n2");
  expect(await place.violations(["n1", "n3", "n2"])).toEqual([]);
  expect(await pointsMade(place)).toBe(3);
  place.close();
});

test("a file of that name is refused, too; an empty folder is nobody's", async () => {
  const { place, engine } = await chainOfOne();
  place.scene.putForeign("chains", "sql01", "n2");
  fs.mkdirSync(path.join(place.directory, "n3"));
  await expect(night(place, engine, "n2")).rejects.toMatchObject({ code: "not-a-directory", reason: "a file stands there" });
  await night(place, engine, "n3");
  expect(await place.violations(["n1", "n3"])).toEqual([]);
  expect(await pointsMade(place)).toBe(2);
  place.close();
});

test("a number behind a label that is taken passes over what is somebody's", async () => {
  const { place, engine } = await chainOfOne();
  place.scene.putForeign("chains", "sql01", "n1-2", "notes.txt");
  await night(place, engine, "n1", { triggers: [1] });
  expect(await place.violations(["n1", "n1-3"])).toEqual([]);
  place.close();
});

test("somebody's folder that comes after the look: the generation is given up with its point, and another label goes on", async () => {
  const { place, engine } = await chainOfOne();
  const late: Intervention = (call, run) => {
    if (call.method === "createReferencePoints") place.scene.putForeign("chains", "sql01", "n2", "notes.txt");
    return run();
  };
  await expect(night(place, engine, "n2", {}, late)).rejects.toMatchObject({
    code: "directory-not-empty",
    remedy: expect.stringContaining("declare another label"),
  });
  expect(await place.violations(["n1"])).toEqual([]);
  await night(place, engine, "n3");
  expect(await place.violations(["n1", "n3"])).toEqual([]);
  expect(place.record()?.generations.map(({ kind }) => kind)).toEqual(["full", "differential"]);
  place.close();
});

for (const key of ["createReferencePoints#1", "createDirectories#1", "exportReferencePoints#1"]) {
  test(`somebody's folder that comes after a kill at ${key}, and another label: what was begun hinders nothing`, async () => {
    const { place, engine } = await chainOfOne();
    await killedNight(place, engine, "n2", key);
    expect(place.record()?.attempt?.label).toBe("n2");
    place.scene.putForeign("chains", "sql01", "n2", "notes.txt");
    await night(place, engine, "n3");
    const { generations = [] } = place.record() ?? {};
    // Where its claim was there already, the folder is the chain's, with a foreign file in it.
    const labels = generations.map(({ label }) => label);
    expect(labels.filter((label) => label !== "n2")).toEqual(["n1", "n3"]);
    expect(await place.violations(labels)).toEqual([]);
    place.close();
  });
}
