import * as fs from "node:fs";
import * as path from "node:path";
import { expect, test } from "vitest";
import type { ChainInputs } from "../../provider/domain/export-chain/properties";
import { isMovedTo } from "../../provider/lifecycle/chain/record/moved-chain";
import { ChainEngine } from "../support/chain-engine";
import { killedNight } from "../support/chain-run";
import { ChainScene } from "../support/chain-scene";
import { Death } from "../support/death";
import type { Intervention } from "../support/decorated-host";
import { Session } from "../support/session";

const OTHER = "urn:pulumi:prod::ops::pulumi-nodejs:dynamic/hyperv:ExportChain::other";

async function run<T>(place: ChainScene, work: (session: Session) => Promise<T>, intervene?: Intervention): Promise<T> {
  const session = new Session(place.scene, intervene);
  try {
    return await work(session);
  } finally {
    await session.close();
    await place.remember();
  }
}

async function night(place: ChainScene, engine: ChainEngine, label: string, changes: Partial<ChainInputs> = {}): Promise<void> {
  await place.work();
  await run(place, (session) => engine.up(session, place.inputs({ generation: label, ...changes })));
}

/** The volume has got another name: the chain lies under another path, and the old one leads nowhere. */
function moved(place: ChainScene, how: (from: string, to: string) => void): string {
  const to = place.scene.at("moved", "sql01");
  fs.mkdirSync(path.dirname(to), { recursive: true });
  how(place.directory, to);
  return to;
}

const move = (from: string, to: string) => fs.renameSync(from, to);
const copy = (from: string, to: string) => fs.cpSync(from, to, { recursive: true });

/** Puts the chain where the scene looks for it, to restore what it lists. */
async function problemsIn(place: ChainScene, directory: string, labels: readonly string[]): Promise<string[]> {
  fs.renameSync(directory, place.directory);
  const found = await place.violations(labels);
  fs.renameSync(place.directory, directory);
  return found;
}

test("a lost stack's chain that has moved is adopted where it lies, and goes on with a difference", async () => {
  const place = await ChainScene.open();
  for (const label of ["n1", "n2"]) await night(place, new ChainEngine(), label, { onExisting: "adopt" });
  const directory = moved(place, move);
  const engine = new ChainEngine();
  await expect(night(place, engine, "n3", { createUrn: OTHER, directory })).rejects.toMatchObject({
    code: "directory-moved",
    remedy: expect.stringContaining('onExisting to "adopt"'),
  });
  await night(place, engine, "n3", { createUrn: OTHER, directory, onExisting: "adopt" });
  expect(engine.current).toMatchObject({ status: "intact", problems: [] });
  expect(engine.current?.generations.map((line) => line.split(" ")[0])).toEqual(["n1", "n2", "n3"]);
  expect(engine.current?.reason).toBeUndefined();
  expect(await problemsIn(place, directory, ["n1", "n2", "n3"])).toEqual([]);
  await run(place, (session) => engine.destroy(session));
  expect([fs.existsSync(directory), await place.pointsThere()]).toEqual([false, place.foreignPoints]);
  place.close();
});

test("a copy whose original lives is refused with both ways out, and neither is touched", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  await night(place, engine, "n1");
  const directory = moved(place, copy);
  const record = fs.readFileSync(path.join(directory, "export-chain.json"), "utf8");
  const adopting = { createUrn: OTHER, directory, onExisting: "adopt" } as const;
  await expect(night(place, new ChainEngine(), "n2", adopting)).rejects.toMatchObject({
    code: "directory-moved",
    reason: expect.stringContaining(`a copy of the chain in ${place.directory}, which is there still`),
    remedy: expect.stringContaining(`move that one away from ${place.directory}`),
  });
  expect(fs.readFileSync(path.join(directory, "export-chain.json"), "utf8")).toBe(record);
  await night(place, engine, "n2");
  expect(await place.violations(["n1", "n2"])).toEqual([]);
  place.close();
});

test("an original whose record is lost, or cannot be read, counts as living", async () => {
  for (const spoil of [(file: string) => fs.rmSync(file), (file: string) => fs.writeFileSync(file, "{")]) {
    const place = await ChainScene.open();
    await night(place, new ChainEngine(), "n1");
    const directory = moved(place, copy);
    spoil(path.join(place.directory, "export-chain.json"));
    const adopting = { createUrn: OTHER, directory, onExisting: "adopt" } as const;
    await expect(night(place, new ChainEngine(), "n2", adopting)).rejects.toMatchObject({ code: "directory-moved" });
    place.close();
  }
});

/** As a preview and an up ask, before they plan. */
function isMoved(place: ChainScene, engine: ChainEngine, now: string): Promise<boolean> {
  return run(place, (session) => {
    const operation = () => session.operation(60_000, "the limit of a preview");
    return isMovedTo(operation(), operation(), engine.current ?? expect.fail("no state"), now);
  });
}

test("an empty folder that stays in the old place holds nothing up, and one with anything in it does", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  await night(place, engine, "n1");
  const directory = moved(place, move);
  for (const content of ["n1", ".export-chain.json.1.tmp"]) {
    fs.mkdirSync(path.join(place.directory, content), { recursive: true });
    await expect(isMoved(place, engine, directory)).rejects.toMatchObject({
      code: "directory-moved",
      reason: `it is a copy of the chain in ${place.directory}, which has lost its record and is not empty`,
    });
    fs.rmdirSync(path.join(place.directory, content));
  }
  expect(await isMoved(place, engine, directory)).toBe(true);
  engine.isMoved = true;
  await night(place, engine, "n2", { directory });
  expect(engine.current).toMatchObject({ status: "intact", directory });
  fs.rmdirSync(place.directory);
  expect(await problemsIn(place, directory, ["n1", "n2"])).toEqual([]);
  place.close();
});

test("a copy that is declared while the original lives is called one, and not a replacement", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  await night(place, engine, "n1");
  const directory = moved(place, copy);
  await expect(isMoved(place, engine, directory)).rejects.toMatchObject({
    code: "directory-moved",
    reason: `it is a copy of the chain in ${place.directory}, which is there still`,
  });
  fs.symlinkSync(path.dirname(place.directory), place.scene.at("link"));
  const byLink = path.join(place.scene.at("link"), path.basename(place.directory));
  expect(await isMoved(place, engine, byLink)).toBe(true);
  engine.isMoved = true;
  await night(place, engine, "n2", { directory: byLink });
  expect(await place.violations(["n1", "n2"])).toEqual([]);
  place.close();
});

test("two chains whose directories were swapped are refused by that name, and go on by way of a third one as the remedy says", async () => {
  const place = await ChainScene.open();
  const [mine, other] = [new ChainEngine(), new ChainEngine()];
  const [here, there, third] = [place.directory, place.scene.at("chains", "other"), place.scene.at("chains", "third")];
  await night(place, mine, "n1");
  await night(place, other, "o1", { createUrn: OTHER, directory: there });
  for (const [from, to] of [
    [here, third],
    [there, here],
    [third, there],
  ] as const)
    fs.renameSync(from, to);
  const refused = {
    code: "directory-moved",
    reason: `the chain that was here lies in ${here}, where this one was: the two directories have been swapped`,
    remedy: expect.stringContaining(`then declare ${here} for the other one`),
  };
  await expect(isMoved(place, mine, there)).rejects.toMatchObject(refused);
  const adopting = { directory: there, onExisting: "adopt" } as const;
  await expect(night(place, new ChainEngine(), "n2", adopting)).rejects.toMatchObject(refused);
  fs.renameSync(there, third);
  expect(await isMoved(place, mine, third)).toBe(true);
  mine.isMoved = true;
  await night(place, mine, "n2", { directory: third });
  expect(await isMoved(place, other, here)).toBe(true);
  other.isMoved = true;
  await night(place, other, "o2", { createUrn: OTHER, directory: here });
  for (const [engine, labels] of [
    [mine, ["n1", "n2"]],
    [other, ["o1", "o2"]],
  ] as const) {
    expect(engine.current).toMatchObject({ status: "intact", problems: [] });
    expect(engine.current?.generations.map((line) => line.split(" ")[0])).toEqual(labels);
  }
  expect(await place.restoreProblems()).toEqual([]);
  place.close();
});

test("another chain that has been begun in the old place since does not hold it up", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  await night(place, engine, "n1");
  const directory = moved(place, move);
  await night(place, new ChainEngine(), "other-1", { createUrn: OTHER });
  const adopter = new ChainEngine();
  await night(place, adopter, "n2", { directory, onExisting: "adopt" });
  expect(adopter.current?.generations.map((line) => line.split(" ")[0])).toEqual(["n1", "n2"]);
  expect(await place.restoreProblems()).toEqual([]);
  place.close();
});

test("a chain that a state knows goes on where the program says that it lies now, from any kill on the way", async () => {
  const keys: string[] = [];
  for (let at = -1; at < keys.length; at++) {
    const place = await ChainScene.open();
    const engine = new ChainEngine();
    for (const label of ["n1", "n2"]) await night(place, engine, label);
    const directory = moved(place, move);
    expect([await isMoved(place, engine, directory), await isMoved(place, engine, place.scene.at("nowhere"))]).toEqual([true, false]);
    engine.isMoved = true;
    const up = (session: Session) => engine.up(session, place.inputs({ generation: "n3", directory }));
    const death = new Death(at < 0 ? undefined : { key: keys[at] ?? "", when: "after" });
    const session = new Session(place.scene, death.intervene);
    await place.work();
    await Promise.race([up(session), death.moment]);
    await session.close();
    await place.remember();
    if (at < 0) keys.push(...new Set(death.keys));
    else await run(place, up);
    expect(await problemsIn(place, directory, ["n1", "n2", "n3"]), keys[at] ?? "undisturbed").toEqual([]);
    expect(engine.current, keys[at]).toMatchObject({ status: "intact", directory });
    place.close();
  }
  expect(keys.length).toBeGreaterThan(10);
}, 600_000);

test("an up whose plan found it there, and which finds it there no more, begins nothing", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  await night(place, engine, "n1");
  engine.isMoved = true;
  const directory = place.scene.at("moved", "sql01");
  await expect(night(place, engine, "n2", { directory })).rejects.toMatchObject({ code: "changed-since-plan" });
  expect(fs.existsSync(directory)).toBe(false);
  expect(await place.violations(["n1"])).toEqual([]);
  place.close();
});

test("a chain that moves with an unfinished generation finishes it", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  await night(place, engine, "n1");
  await killedNight(place, engine, "n2", { key: "exportReferencePoints#1", when: "after" });
  const directory = moved(place, move);
  engine.isMoved = true;
  await night(place, engine, "n3", { directory });
  expect(await problemsIn(place, directory, ["n1", "n2", "n3"])).toEqual([]);
  place.close();
});
