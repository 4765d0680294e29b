import * as fs from "node:fs";
import * as path from "node:path";
import { expect, test } from "vitest";
import type { ChainInputs } from "../../provider/domain/export-chain/properties";
import { CHAIN_FILE } from "../../provider/domain/records/record-names";
import { ChainEngine } from "../support/chain-engine";
import { night, run } from "../support/chain-run";
import { ChainScene } from "../support/chain-scene";
import { Death } from "../support/death";
import { walk } from "../support/files-below";
import { dataDisk } from "../support/scene";
import { Session } from "../support/session";

const OTHER = "urn:pulumi:prod::ops::pulumi-nodejs:dynamic/hyperv:ExportChain::other";

/** An up that dies when its export has been called. */
async function killedNight(place: ChainScene, engine: ChainEngine, label: string, changes: Partial<ChainInputs> = {}): Promise<void> {
  await place.work();
  const death = new Death({ key: "exportReferencePoints#1", when: "after" });
  const session = new Session(place.scene, death.intervene);
  await Promise.race([engine.up(session, place.inputs({ generation: label, ...changes })), death.moment]);
  await session.close();
  await place.remember();
}

function truncateDisk(place: ChainScene, label: string): void {
  const disk = walk(path.join(place.directory, label)).find(({ file }) => file.endsWith(".vhdx"));
  fs.truncateSync(disk?.file ?? "", 10);
}

test("a base that breaks while its differential is unfinished: a full one is made, and nothing that can be restored goes for it", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  const changes = { fullEvery: 2, keep: { last: 3, daily: 0, weekly: 0, monthly: 0, yearly: 0 } };
  for (const label of ["n1", "n2", "n3"]) await night(place, engine, label, changes);
  expect(place.record()?.generations.map(({ kind }) => kind)).toEqual(["full", "differential", "full"]);
  await killedNight(place, engine, "n4", changes);
  expect(place.record()?.attempt?.plan).toMatchObject({ kind: "differential", base: "n3" });
  truncateDisk(place, "n3");
  await night(place, engine, "n4", changes);
  const { generations = [] } = place.record() ?? {};
  expect(generations.at(-1)).toMatchObject({ label: "n4", kind: "full", reason: "previousDamaged" });
  expect(await place.restoreProblems(["n1", "n2", "n4"])).toEqual([]);
  expect(generations.map(({ label }) => label)).toEqual(expect.arrayContaining(["n1", "n2", "n4"]));
  expect(engine.current?.generations.find((line) => line.startsWith("n3 "))).toMatch(/ damaged$/);
  place.close();
});

test("disks that change while a generation is unfinished are the next generation's", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  const changes = { disks: [dataDisk.name], fullEvery: 9 };
  for (const label of ["n1", "n2"]) await night(place, engine, label, changes);
  await killedNight(place, engine, "n3", changes);
  await night(place, engine, "n4", { fullEvery: 9 });
  const { generations = [] } = place.record() ?? {};
  expect(generations.map(({ label, reason, kind, diskIds }) => [label, reason ?? kind, diskIds.length])).toEqual([
    ["n1", "first", 1],
    ["n2", "differential", 1],
    ["n3", "differential", 1],
    ["n4", "disksChanged", 2],
  ]);
  expect(await place.restoreProblems()).toEqual([]);
  place.close();
});

test("a label that another generation has in other letter case is that generation's", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  await night(place, engine, "Nightly");
  await night(place, engine, "nightly");
  expect(await place.violations(["Nightly"])).toEqual([]);
  await night(place, engine, "n2");
  expect(await place.violations(["Nightly", "n2"])).toEqual([]);
  place.close();
});

test("a destroy without the record refuses while generations are there, and goes on when it has been put back", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  for (const label of ["n1", "n2"]) await night(place, engine, label);
  const record = path.join(place.directory, CHAIN_FILE);
  const text = fs.readFileSync(record, "utf8");
  fs.rmSync(record);
  await expect(run(place, (session) => engine.destroy(session))).rejects.toMatchObject({ code: "chain-record-missing" });
  expect(engine.current).toBeDefined();
  fs.writeFileSync(record, text);
  expect(await place.violations(["n1", "n2"])).toEqual([]);
  await run(place, (session) => engine.destroy(session));
  expect(await place.violations([])).toEqual([]);
  place.close();
});

test("a slip in the machine's name adopts no chain of another one", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  await night(place, engine, "n1");
  const slip = { createUrn: OTHER, onExisting: "adopt", virtualMachine: "SQL-01" } as const;
  await expect(night(place, new ChainEngine(), "n2", slip)).rejects.toMatchObject({ code: "virtual-machine-not-found" });
  await night(place, engine, "n2");
  expect(await place.violations(["n1", "n2"])).toEqual([]);
  place.close();
});

test("a chain that is taken over and not finished is called intact by nobody", async () => {
  const place = await ChainScene.open();
  await night(place, new ChainEngine(), "n1");
  truncateDisk(place, "n1");
  await place.scene.lab.setFaults([{ fault: "returnCode", method: "createReferencePoints", code: 32773 }]);
  const other = new ChainEngine();
  await expect(night(place, other, "n2", { createUrn: OTHER, onExisting: "adopt" })).rejects.toThrow();
  expect(other.current).toMatchObject({ status: "incomplete", generations: [expect.stringMatching(/^n1 .* damaged$/)] });
  place.close();
});

test("a disk that the machine does not have is refused each night before a point is made for it", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  await night(place, engine, "n1");
  const before = await place.pointsThere();
  for (const label of ["n2", "n3", "n4"]) {
    await expect(night(place, engine, label, { disks: ["nosuch.vhdx"] })).rejects.toMatchObject({ code: "disk-not-found" });
    expect(await place.pointsThere()).toEqual(before);
  }
  await night(place, engine, "n5");
  expect((await place.pointsThere()).length).toBe(before.length);
  // What was begun as n2 is finished first; its point is gone before anybody could look at its disks.
  expect(await place.restoreProblems(["n1", "n5"])).toEqual([]);
  place.close();
});

test("a disk that the machine gets between two generations is in the next one, which is full and says why", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  for (const label of ["n1", "n2"]) await night(place, engine, label);
  await place.scene.lab.addDisk({ virtualMachine: "SQL01", disk: { name: "logs.vhdx", bytes: 32 * 1024 } });
  const third = await night(place, engine, "n3", { fullEvery: 9 });
  expect(third.progress).toContain("a full generation: the machine's disks are others than the generation before it has");
  expect(engine.current).toMatchObject({ reason: "disksChanged", status: "intact" });
  await night(place, engine, "n4", { fullEvery: 9 });
  const { generations = [] } = place.record() ?? {};
  expect(generations.map(({ label, kind, diskIds }) => [label, kind, diskIds.length])).toEqual([
    ["n1", "full", 2],
    ["n2", "differential", 2],
    ["n3", "full", 3],
    ["n4", "differential", 3],
  ]);
  expect(await place.violations(["n1", "n2", "n3", "n4"])).toEqual([]);
  // Named disks are what they were, whatever the machine has got besides.
  await night(place, engine, "n5", { fullEvery: 9, disks: [dataDisk.name, "logs.vhdx", "system.vhdx"] });
  expect(place.record()?.generations.at(-1)).toMatchObject({ label: "n5", kind: "differential" });
  place.close();
});

test("a disk that is named by its file is found under a checkpoint, too: then the machine runs on another file", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  const changes = { disks: [dataDisk.name], fullEvery: 9 };
  await night(place, engine, "n1", changes);
  const { id } = await place.scene.lab.addCheckpoint({ virtualMachine: "SQL01", type: "user" });
  await night(place, engine, "n2", changes);
  await place.scene.lab.removeCheckpoint(id);
  await night(place, engine, "n3", changes);
  const { generations = [] } = place.record() ?? {};
  expect(generations.map(({ kind, diskIds }) => [kind, diskIds.length])).toEqual([
    ["full", 1],
    ["differential", 1],
    ["differential", 1],
  ]);
  expect(await place.restoreProblems()).toEqual([]);
  place.close();
});
