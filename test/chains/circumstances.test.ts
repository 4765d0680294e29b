import * as fs from "node:fs";
import * as path from "node:path";
import { expect, test } from "vitest";
import { CHAIN_FILE } from "../../provider/domain/records/record-names";
import { ChainEngine } from "../support/chain-engine";
import { killedNight, night, run } from "../support/chain-run";
import { ChainScene } from "../support/chain-scene";
import { Death } from "../support/death";
import { Engine } from "../support/engine";
import { withoutMachine } from "../support/lost-machine";
import { dataDisk } from "../support/scene";
import { Session } from "../support/session";

const OTHER = "urn:pulumi:prod::ops::pulumi-nodejs:dynamic/hyperv:ExportChain::other";

async function pointCalls(place: ChainScene, method: string): Promise<number> {
  return (await place.scene.lab.pointCalls()).filter((call) => call.method === method && call.returnCode <= 4096).length;
}

test("another stack is refused the directory, and told whose it is and how a lost one's is taken over", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  await night(place, engine, "n1");
  const other = new ChainEngine();
  const created = await pointCalls(place, "CreateReferencePoint");
  await expect(night(place, other, "n2", { createUrn: OTHER })).rejects.toMatchObject({
    code: "directory-owned-by-another",
    reason: 'it belongs to resource "sql01" of stack "ops/dev"',
    remedy: expect.stringContaining('set onExisting to "adopt"'),
  });
  expect(other.current).toBeUndefined();
  expect(await pointCalls(place, "CreateReferencePoint")).toBe(created);
  await night(place, other, "n2", { createUrn: OTHER, onExisting: "adopt" });
  expect(await place.violations(["n1", "n2"])).toEqual([]);
  expect(place.record()?.generations.map(({ kind }) => kind)).toEqual(["full", "differential"]);
  // Who had it before finds it another's, and touches nothing.
  await run(place, (session) => engine.refresh(session));
  expect(engine.current).toMatchObject({ status: "damaged", problems: [expect.stringContaining("record-of-another-chain")] });
  await expect(night(place, engine, "n3")).rejects.toMatchObject({ code: "directory-owned-by-another" });
  const destroyed = await run(place, (session) => engine.destroy(session));
  expect(destroyed.warnings.join()).toContain("nothing in it was removed");
  expect(await place.violations(["n1", "n2"])).toEqual([]);
  place.close();
});

test("a generation that stays only since another needs it is named to whoever runs the up", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  const keep = { last: 2, daily: 0, weekly: 0, monthly: 0, yearly: 0 };
  const kept: string[][] = [];
  for (const label of ["n1", "n2", "n3", "n4", "n5"])
    kept.push((await night(place, engine, label, { keep })).deeds.filter((deed) => deed.startsWith("kept")));
  expect(kept).toEqual([[], [], ["kept n1 (n2 needs it) beyond keep"], ["kept n1 (n3 needs it), n2 (n3 needs it) beyond keep"], []]);
  expect(await place.violations(["n4", "n5"])).toEqual([]);
  place.close();
});

test("exports and chains keep out of each other's directories", async () => {
  const place = await ChainScene.open();
  await night(place, new ChainEngine(), "n1");
  const exporting = (exportDirectory: string) => run(place, (session) => new Engine().up(session, place.scene.inputs({ exportDirectory })));
  for (const inside of ["mine", path.join("n1", "mine"), "n2"]) {
    await expect(exporting(path.join(place.directory, inside))).rejects.toMatchObject({ code: "directory-inside-another-export" });
  }
  await expect(exporting(path.dirname(place.directory))).rejects.toMatchObject({ code: "directory-not-empty" });
  const chaining = (directory: string) =>
    run(place, (session) => new ChainEngine().up(session, place.inputs({ directory, createUrn: OTHER })));
  await expect(chaining(path.join(place.directory, "mine"))).rejects.toMatchObject({ code: "directory-inside-another-export" });
  await expect(chaining(path.dirname(place.directory))).rejects.toMatchObject({ code: "directory-not-empty" });
  await exporting(place.scene.at("exports", "sql01"));
  await expect(chaining(place.scene.at("exports", "sql01", "chain"))).rejects.toMatchObject({ code: "directory-inside-another-export" });
  await expect(chaining(place.scene.at("exports"))).rejects.toMatchObject({ code: "directory-not-empty" });
  expect(await place.restoreProblems()).toEqual([]);
  place.close();
});

test("a volume that fills up in the middle of a generation costs nothing but that night", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  const one = { keep: { last: 1, daily: 0, weekly: 0, monthly: 0, yearly: 0 }, fullEvery: 1 };
  await night(place, engine, "n1", one);
  await place.scene.lab.setFaults([{ fault: "diskFull", atPercent: 50 }]);
  await expect(night(place, engine, "n2", one)).rejects.toMatchObject({ code: "job-failed" });
  expect(await place.restoreProblems()).toEqual([]);
  expect(place.record()?.generations.map(({ label }) => label)).toEqual(["n1"]);
  await place.scene.lab.clearFaults();
  // The night after: what was begun is finished with the point that it has, then comes the new one.
  await night(place, engine, "n3", one);
  expect(await place.violations(["n3"])).toEqual([]);
  expect(await pointCalls(place, "CreateReferencePoint")).toBe(3);
  place.close();
});

test("a generation that was killed is finished by the next night, under its own label", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  await night(place, engine, "n1");
  await killedNight(place, engine, "n2", { key: "exportReferencePoints#1", when: "after" });
  await night(place, engine, "n3");
  expect(await place.violations(["n1", "n2", "n3"])).toEqual([]);
  place.close();
});

test("a base that somebody has destroyed makes the next generation a full one, or an error before a point is made", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  await night(place, engine, "n1");
  await place.scene.lab.removeReferencePoint(place.record()?.generations[0]?.referencePointId ?? "");
  await expect(night(place, engine, "n2", { onLostBase: "fail" })).rejects.toMatchObject({ code: "chain-base-lost" });
  expect(await pointCalls(place, "CreateReferencePoint")).toBe(1);
  await night(place, engine, "n2");
  expect(await place.violations(["n1", "n2"])).toEqual([]);
  expect(place.record()?.generations[1]).toMatchObject({ kind: "full", reason: "basePointGone" });
  expect(engine.current?.reason).toBe("basePointGone");
  place.close();
});

test.each(["referencePointId", "base"] as const)(
  "%s that is destroyed while its generation is unfinished makes it begin anew",
  async (which) => {
    const place = await ChainScene.open();
    const engine = new ChainEngine();
    await night(place, engine, "n1");
    await killedNight(place, engine, "n2", { key: "exportReferencePoints#1", when: "before" });
    const { attempt, generations } = place.record() ?? {};
    const gone = which === "base" ? generations?.[0]?.referencePointId : attempt?.point?.referencePointId;
    await place.scene.lab.removeReferencePoint(gone ?? "");
    await run(place, (again) => engine.up(again, place.inputs({ generation: "n2" })));
    expect(await place.violations(["n1", "n2"])).toEqual([]);
    expect(place.record()?.generations[1]?.kind).toBe(which === "base" ? "full" : "differential");
    place.close();
  },
);

test("other disks make a full generation, and then the differences to that", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  await night(place, engine, "n1");
  await night(place, engine, "n2", { disks: [dataDisk.name] });
  await night(place, engine, "n3", { disks: [dataDisk.name] });
  expect(await place.violations(["n1", "n2", "n3"])).toEqual([]);
  expect(place.record()?.generations.map(({ kind, reason }) => reason ?? kind)).toEqual(["first", "disksChanged", "differential"]);
  place.close();
});

test("a machine that was renamed goes on, by whichever name it is declared", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  await night(place, engine, "n1");
  await place.scene.lab.renameVirtualMachine({ virtualMachine: "SQL01", name: "SQL-NEW" });
  const id = place.record()?.virtualMachineId ?? "";
  await run(place, (session) => engine.up(session, place.inputs({ generation: "n2" })));
  expect(place.record()?.generations[1]).toMatchObject({ kind: "differential", virtualMachineId: id });
  expect(await place.violations(["n1", "n2"])).toEqual([]);
  // Another machine takes the old name: the chain is not of it.
  await place.scene.lab.addVirtualMachine({ name: "SQL01", disks: [{ name: "system.vhdx", bytes: 4096 }] });
  await expect(run(place, (session) => engine.up(session, place.inputs({ generation: "n3" })))).rejects.toMatchObject({
    code: "chain-machine-changed",
    remedy: expect.stringContaining(id),
  });
  expect(await place.violations(["n1", "n2"])).toEqual([]);
  await run(place, (session) => engine.up(session, place.inputs({ generation: "n3", virtualMachine: id })).catch(() => {}));
  place.close();
});

test("a machine that was restored under another GUID begins a full generation, and both GUIDs are told", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  await night(place, engine, "n1");
  const old = place.record()?.virtualMachineId ?? "";
  const restored = await place.scene.lab.addVirtualMachine({ name: "SQL01", disks: [{ name: "data.vhdx", bytes: 40 * 1024 }] });
  const up = await run(place, (session) => engine.up(session, place.inputs({ generation: "n2" })), withoutMachine(old));
  expect(up.warnings.join("\n")).toContain(old);
  expect(up.warnings.join("\n")).toContain(restored.id);
  expect(place.record()).toMatchObject({
    virtualMachineId: restored.id,
    generations: [{ label: "n1" }, { label: "n2", kind: "full", reason: "machineReplaced" }],
  });
  expect(place.record()?.points.map(({ virtualMachineId }) => virtualMachineId)).toEqual([restored.id]);
  expect(engine.current?.status).toBe("intact");
  const second = await run(place, (session) => engine.up(session, place.inputs({ generation: "n3" })), withoutMachine(old));
  expect(second.warnings).toEqual([]);
  expect(place.record()?.generations.at(-1)).toMatchObject({ kind: "differential" });
  // A machine of quite another name is no successor.
  await expect(
    run(place, (session) => engine.up(session, place.inputs({ generation: "n4", onLostBase: "fail" })), withoutMachine(restored.id)),
  ).rejects.toMatchObject({ code: expect.stringMatching(/chain-base-lost|virtual-machine-not-found|chain-machine-changed/) });
  expect(await place.restoreProblems()).toEqual([]);
  place.close();
});

test("an unfinished generation of a machine that is gone is given up once its point's job has ended", async () => {
  const place = await ChainScene.open({ pointJobDuration: 60_000 });
  const engine = new ChainEngine();
  const death = new Death({ key: "poll-points#1", when: "after" });
  const session = new Session(place.scene, death.intervene);
  await Promise.race([engine.up(session, place.inputs({ generation: "n1" })), death.moment]);
  await session.close();
  const { virtualMachineId: old = "", point } = place.record()?.attempt ?? {};
  expect(point?.jobPath).toBeDefined();
  await place.scene.lab.configure({ pointJobDuration: 0 });
  await place.scene.lab.addVirtualMachine({ name: "SQL01", disks: [{ name: "data.vhdx", bytes: 40 * 1024 }] });
  const up = await run(place, (next) => engine.up(next, place.inputs({ generation: "n1" })), withoutMachine(old));
  expect(up.warnings.join("\n")).toContain("was given up");
  const ended = (await place.scene.lab.pointCalls()).filter(({ method }) => method === "RequestStateChange");
  expect(ended).toHaveLength(1);
  expect(place.record()?.generations.map(({ label }) => label)).toEqual(["n1"]);
  place.close();
});

test("clocks that jump change neither the order of the chain nor what is restorable", async () => {
  const place = await ChainScene.open();
  const day = 86_400_000;
  const start = Date.parse("2026-11-28T02:00:00Z");
  let date = start;
  const clock = {
    now: () => performance.now(),
    date: () => date,
    sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms / 5)),
    random: () => 0.5,
  };
  const engine = new ChainEngine(() => new Date(date));
  const up = async () => {
    await place.work();
    const session = new Session(place.scene, undefined, clock);
    const isDone = await engine.up(session, place.inputs({ generation: { every: "1d" } }));
    await session.close();
    await place.remember();
    return isDone;
  };
  expect(await up()).toBe(true);
  date += day / 2;
  expect(await up()).toBe(false);
  date = start + day;
  expect(await up()).toBe(true);
  // The battery of the clock: years ahead for one night, then back, to the very second of the first one.
  date = start + 900 * day;
  expect(await up()).toBe(true);
  date = start;
  expect(await up()).toBe(true);
  date = start + day / 3;
  expect(await up()).toBe(false);
  date = start + 2 * day;
  expect(await up()).toBe(true);
  const labels = ["20261129T020000Z", "20290516T020000Z", "20261128T020000Z-2", "20261130T020000Z"];
  expect(place.record()?.generations.map(({ label }) => label)).toEqual(["20261128T020000Z", ...labels].slice(-5));
  expect(await place.restoreProblems()).toEqual([]);
  expect(engine.current?.status).toBe("intact");
  place.close();
});

test("a plain name is refused where what would go by an edit is weeks of backups", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  await night(place, engine, "n1");
  const elsewhere = place.scene.at("chains", "elsewhere");
  for (const changes of [{ directory: elsewhere }, { virtualMachine: "WEB01" }]) {
    await expect(night(place, engine, "n1", changes)).rejects.toMatchObject({
      code: "chain-replacement-refused",
      remedy: expect.stringContaining('onDestroy: "keep"'),
    });
  }
  expect(await place.violations(["n1"])).toEqual([]);
  place.close();
});

test("what is not the chain's stays, and is named", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  await night(place, engine, "n1");
  await night(place, engine, "n2");
  place.scene.putForeign("chains", "sql01", "notes.txt");
  place.scene.putForeign("chains", "sql01", "n1", "mine.vhdx");
  place.scene.putForeign("chains", "sql01", "somebody", "else.bin");
  await run(place, (session) => engine.refresh(session));
  expect(engine.current?.status).toBe("intact");
  expect(engine.current?.warnings.join("\n")).toMatch(/notes\.txt, somebody/);
  const destroyed = await run(place, (session) => engine.destroy(session));
  expect(destroyed.warnings.join("\n")).toContain("mine.vhdx");
  expect(destroyed.warnings.join("\n")).toContain("notes.txt");
  expect(await place.violations([])).toEqual([]);
  expect(fs.readdirSync(place.directory).sort()).toEqual(["n1", "notes.txt", "somebody"]);
  place.close();
});

test("a chain that was kept is left whole, refused to whoever does not ask for it, and goes on for who does", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  await night(place, engine, "n1", { onDestroy: "keep" });
  await run(place, (session) => engine.destroy(session));
  expect(await place.violations(["n1"])).toEqual([]);
  await expect(night(place, engine, "n2")).rejects.toMatchObject({ code: "directory-not-empty", remedy: expect.stringContaining("adopt") });
  await night(place, engine, "n2", { onExisting: "adopt", createUrn: OTHER });
  expect(await place.violations(["n1", "n2"])).toEqual([]);
  expect(place.record()?.generations[1]?.kind).toBe("differential");
  place.close();
});

test("the old half of a replacement has no say in what the new one has taken over", async () => {
  const place = await ChainScene.open();
  const old = new ChainEngine();
  await night(place, old, "n1");
  const replaced = new ChainEngine();
  await night(place, replaced, "n2");
  expect(replaced.current?.chainId).not.toBe(old.current?.chainId);
  await run(place, (session) => old.copy().destroy(session));
  expect(await place.violations(["n1", "n2"])).toEqual([]);
  // The engine never heard of the new half: the next up takes the chain back.
  await night(place, old, "n3");
  expect(place.record()?.chainId).toBe(old.current?.chainId);
  expect(await place.violations(["n1", "n2", "n3"])).toEqual([]);
  place.close();
});

test.each([
  ["is no JSON", () => "{", "chain-record-damaged"],
  ["names a directory above", (text: string) => text.replaceAll('"n1"', '"../n1"'), "chain-record-damaged"],
  ["was made elsewhere", (text: string) => text.replace(/"canonicalPath": "[^"]*"/, '"canonicalPath": "/elsewhere"'), "directory-moved"],
  ["is gone", () => undefined, "chain-record-missing"],
])("a record that %s stops an up and changes nothing", async (_, change, code) => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  await night(place, engine, "n1");
  const file = path.join(place.directory, CHAIN_FILE);
  const good = fs.readFileSync(file, "utf8");
  const bad = change(good);
  if (bad === undefined) fs.rmSync(file);
  else fs.writeFileSync(file, bad);
  await run(place, (session) => engine.refresh(session));
  expect(engine.current?.status).toBe("damaged");
  await expect(night(place, engine, "n2")).rejects.toMatchObject({ code });
  fs.writeFileSync(file, good);
  await night(place, engine, "n2");
  expect(await place.violations(["n1", "n2"])).toEqual([]);
  place.close();
});

test("a create that can make nothing leaves nothing", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  await expect(night(place, engine, "n1", { virtualMachine: "NONE" })).rejects.toMatchObject({ code: "virtual-machine-not-found" });
  await place.scene.lab.configureMachine({ virtualMachine: "SQL01", replica: true });
  await expect(night(place, engine, "n1")).rejects.toMatchObject({ code: "replica" });
  expect(engine.current).toBeUndefined();
  expect(await place.violations([])).toEqual([]);
  place.close();
});

test("a point that is only crash-consistent is destroyed again where application consistency is asked for", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  await place.scene.lab.configureMachine({ virtualMachine: "SQL01", guestBackup: "fallsBack" });
  await expect(night(place, engine, "n1")).rejects.toMatchObject({ code: "not-application-consistent" });
  const up = await night(place, engine, "n1", { consistency: "application-if-possible" });
  expect(up.warnings.join()).toContain("crash-consistent");
  expect(await place.violations(["n1"])).toEqual([]);
  expect(place.record()?.generations[0]?.consistency).toBe("crash");
  place.close();
});
