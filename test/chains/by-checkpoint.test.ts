import * as fs from "node:fs";
import * as path from "node:path";
import { expect, test } from "vitest";
import type { ChainInputs } from "../../provider/domain/export-chain/properties";
import { MANIFEST_FILE } from "../../provider/domain/records/record-names";
import { HostError } from "../../provider/host/port";
import { ChainEngine } from "../support/chain-engine";
import { night, run } from "../support/chain-run";
import { ChainScene } from "../support/chain-scene";
import { Death } from "../support/death";
import type { Intervention } from "../support/decorated-host";
import { withoutMachine } from "../support/lost-machine";
import { Session } from "../support/session";

const open = () => ChainScene.open({}, "checkpoint");

/** An up that dies at a call. */
async function killed(place: ChainScene, engine: ChainEngine, label: string, key: string, when: "before" | "after" = "after") {
  await place.work();
  const death = new Death({ key, when });
  const session = new Session(place.scene, death.intervene);
  await Promise.race([engine.up(session, place.inputs({ generation: label })), death.moment]);
  expect(death.happened).toBe(true);
  await session.close();
  await place.remember();
}

async function calls(place: ChainScene, method: string): Promise<number> {
  return (await place.scene.lab.checkpointCalls()).filter((call) => call.method === method && call.returnCode <= 4096).length;
}

const refusing = (method: "removeCheckpoints" | "convertCheckpoints" | "exportCheckpoints", code = 32768) =>
  [{ fault: "returnCode", code, method }] as const;

test("thirty nights can each be restored, with one point of the chain and no checkpoint after each, and never more than two points", async () => {
  const place = await open();
  const engine = new ChainEngine();
  let most = 0;
  const watch: Intervention = async (_, go) => {
    most = Math.max(most, (await place.pointsThere()).length - place.foreignPoints.length);
    return go();
  };
  for (let number = 1; number <= 30; number++) {
    await night(place, engine, `n${number}`, {}, watch);
    const labels = engine.current?.generations.map((line) => line.split(" ")[0] ?? "") ?? [];
    expect(labels.at(-1)).toBe(`n${number}`);
    expect(await place.violations(labels)).toEqual([]);
    expect(engine.current).toMatchObject({ status: "intact", problems: [], warnings: [] });
  }
  expect(most).toBe(2);
  expect(
    place
      .record()
      ?.generations.map(({ kind }) => kind)
      .slice(0, 4),
  ).toEqual(["full", "differential", "differential", "full"]);
  const [newest] = place.record()?.generations.slice(-1) ?? [];
  expect(newest).toMatchObject({ consistency: "application", checkpointId: expect.stringMatching(/^Microsoft:/) });
  expect(newest?.checkpointId).not.toBe(newest?.referencePointId);
  await run(place, (session) => engine.destroy(session));
  expect(await place.violations([])).toEqual([]);
  place.close();
});

test("somebody's recovery checkpoint is a reason to refuse, with its age, and is left alone; a person's is neither", async () => {
  const place = await open();
  const engine = new ChainEngine();
  const { lab } = place.scene;
  const createdAt = new Date(Date.now() - 4 * 3_600_000).toISOString();
  const { id } = await lab.addCheckpoint({ virtualMachine: "SQL01", createdAt });
  await expect(night(place, engine, "n1")).rejects.toMatchObject({
    code: "foreign-checkpoint",
    reason: expect.stringMatching(new RegExp(`${id}.*4h[0-9ms]* old`)),
  });
  expect((await place.checkpointsThere()).checkpoints).toEqual([id]);
  expect((await lab.checkpointCalls()).length).toBe(0);
  await lab.removeCheckpoint(id);
  const { id: persons } = await lab.addCheckpoint({ virtualMachine: "SQL01", type: "user" });
  await night(place, engine, "n1");
  expect(engine.current?.status).toBe("intact");
  expect((await place.checkpointsThere()).checkpoints).toEqual([persons]);
  expect(await place.restoreProblems()).toEqual([]);
  place.close();
});

test("a base that goes at any call between the plan and the export's own: a full one is made in the same night", async () => {
  for (const last of ["listReferencePoints#1", "replaceTextFiles#4", "readDirectories#4", "createTextFiles#1", "readDirectories#6"]) {
    const place = await open();
    const engine = new ChainEngine();
    await night(place, engine, "n1");
    const base = place.record()?.generations.at(-1)?.referencePointId ?? "";
    let isGone = false;
    const goes: Intervention = async ({ key }, go) => {
      const answer = await go();
      if (!isGone && key === last) {
        isGone = true;
        await place.scene.lab.removeReferencePoint(base);
      }
      return answer;
    };
    const session = await night(place, engine, "n2", {}, goes);
    expect([isGone, session.warnings.join()]).toEqual([true, expect.stringContaining("The generation is begun anew.")]);
    expect(place.record()?.generations.at(-1)).toMatchObject({ label: "n2", kind: "full", reason: "basePointGone" });
    expect(await place.violations(["n1", "n2"])).toEqual([]);
    place.close();
  }
});

test("an export that is refused for another argument than its base keeps its own error, also where nobody can look for the base", async () => {
  for (const isBlind of [false, true]) {
    const place = await open();
    const engine = new ChainEngine();
    await night(place, engine, "n1");
    await place.scene.lab.setFaults([...refusing("exportCheckpoints", 32773)]);
    let isCalled = false;
    const blind: Intervention = async ({ method }, go) => {
      isCalled ||= method === "exportCheckpoints";
      if (isBlind && isCalled && method === "listReferencePoints") throw new HostError("accessDenied", "not now");
      return go();
    };
    await expect(night(place, engine, "n2", {}, blind)).rejects.toMatchObject({ code: "method-refused" });
    expect((await place.checkpointsThere()).checkpoints).toEqual([]);
    await place.scene.lab.setFaults([]);
    await night(place, engine, "n2");
    expect(await place.violations(["n1", "n2"])).toEqual([]);
    place.close();
  }
});

test("another product's checkpoint that comes while ours is made is neither taken nor removed", async () => {
  const place = await open();
  const engine = new ChainEngine();
  // It comes right before the call that a kill cuts off: two could be meant.
  let foreign = "";
  await place.work();
  const death = new Death({ key: "createCheckpoints#1", when: "after" });
  const session = new Session(place.scene, async (call, go) => {
    if (call.key === "createCheckpoints#1") foreign = (await place.scene.lab.addCheckpoint({ virtualMachine: "SQL01" })).id;
    return death.intervene(call, go);
  });
  await place.scene.lab.configure({ synchronousCheckpoints: true });
  await Promise.race([engine.up(session, place.inputs({ generation: "n1" })), death.moment]);
  await session.close();
  const both = (await place.checkpointsThere()).checkpoints;
  expect(both).toHaveLength(2);
  await expect(night(place, engine, "n1")).rejects.toMatchObject({ code: "foreign-checkpoint" });
  expect((await place.checkpointsThere()).checkpoints).toEqual(both);
  // A person decides.
  for (const id of both) await place.scene.lab.removeCheckpoint(id);
  await night(place, engine, "n1");
  expect(await place.violations(["n1"])).toEqual([]);
  expect(both).toContain(foreign);
  place.close();
});

test.each([
  ["exportCheckpoints", "method-refused"],
  ["convertCheckpoints", "method-refused"],
] as const)("where %s is refused, the checkpoint goes at once, and the next up makes the generation", async (method, code) => {
  const place = await open();
  const engine = new ChainEngine();
  await night(place, engine, "n1");
  await place.scene.lab.setFaults(refusing(method));
  await expect(night(place, engine, "n2")).rejects.toMatchObject({ code });
  expect((await place.checkpointsThere()).checkpoints).toEqual([]);
  expect(await place.restoreProblems()).toEqual([]);
  await place.scene.lab.clearFaults();
  await night(place, engine, "n2");
  expect(await place.violations(["n1", "n2"])).toEqual([]);
  expect(place.record()?.generations.at(-1)?.kind).toBe("differential");
  place.close();
});

test("an up whose time is over in the middle of an export, or that is never answered, leaves no checkpoint", async () => {
  const place = await open();
  const engine = new ChainEngine();
  await night(place, engine, "n1");
  const hasty = { timeouts: { ...place.scene.timeouts, create: "1500ms" } };
  await place.scene.lab.setFaults([{ fault: "jobStalls", atPercent: 30, method: "exportCheckpoints" }]);
  await expect(night(place, engine, "n2", hasty)).rejects.toMatchObject({ code: "timed-out" });
  expect((await place.checkpointsThere()).checkpoints).toEqual([]);
  await place.scene.lab.clearFaults();
  // The write that says that the export is written, and every other one of the record, once the checkpoint is known.
  for (const key of ["replaceTextFiles#4", "replaceTextFiles#6", "replaceTextFiles#9"]) {
    let isSent = false;
    const silent: Intervention = async (call, go) => {
      if (call.key !== key) return go();
      isSent = true;
      await go();
      return new Promise(() => {});
    };
    await expect(night(place, engine, "n2", hasty, silent)).rejects.toMatchObject({ code: "timed-out" });
    expect(isSent).toBe(true);
    expect((await place.checkpointsThere()).checkpoints).toEqual([]);
  }
  await night(place, engine, "n2");
  expect(await place.violations(["n1", "n2"])).toEqual([]);
  place.close();
});

test("an up whose time is over while it writes its record leaves no checkpoint, also where the write is done after the look for it", async () => {
  const place = await open();
  const engine = new ChainEngine();
  await night(place, engine, "n1");
  const hasty = { timeouts: { ...place.scene.timeouts, create: "1500ms" } };
  for (const key of ["replaceTextFiles#3", "replaceTextFiles#4", "replaceTextFiles#9"]) {
    let write: (() => Promise<unknown>) | undefined;
    let isLate = false;
    const late: Intervention = async (call, go) => {
      if (call.key === key) {
        write = go;
        return new Promise(() => {});
      }
      const answer = await go();
      if (write && !isLate && call.method === "readDirectories") {
        isLate = true;
        await write();
      }
      return answer;
    };
    await expect(night(place, engine, "n2", hasty, late)).rejects.toMatchObject({ code: "timed-out" });
    expect(isLate).toBe(true);
    expect((await place.checkpointsThere()).checkpoints).toEqual([]);
  }
  await night(place, engine, "n2");
  expect(await place.violations(["n1", "n2"])).toEqual([]);
  place.close();
});

test("a checkpoint of ours that cannot be removed is a problem with its size in every refresh, until it is gone", async () => {
  const place = await open();
  const engine = new ChainEngine();
  await night(place, engine, "n1");
  await place.scene.lab.setFaults([...refusing("exportCheckpoints"), ...refusing("removeCheckpoints")]);
  const failing = night(place, engine, "n2");
  await expect(failing).rejects.toMatchObject({ code: "method-refused" });
  for (let refresh = 0; refresh < 2; refresh++) {
    await place.work();
    const session = await run(place, (each) => engine.refresh(each));
    expect(engine.current?.status).toBe("incomplete");
    expect(engine.current?.problems).toContainEqual(
      expect.stringMatching(
        /^checkpoint-left: Microsoft:\S+ of SQL01: it is \S+ old, and its files have \d+(\.\d+)? MiB; .*DestroySnapshot.*Run the command/,
      ),
    );
    expect(session.warnings.join("\n")).toContain("checkpoint-left");
  }
  await expect(run(place, (session) => engine.destroy(session))).rejects.toMatchObject({ code: "method-refused" });
  expect((await place.checkpointsThere()).checkpoints).toHaveLength(1);
  await place.scene.lab.clearFaults();
  await run(place, (session) => engine.refresh(session));
  expect((await place.checkpointsThere()).checkpoints).toEqual([]);
  expect(engine.current?.problems.join()).not.toContain("checkpoint-left");
  await night(place, engine, "n2");
  expect(await place.violations(engine.current?.generations.map((line) => line.split(" ")[0] ?? "") ?? [])).toEqual([]);
  place.close();
});

test("a merge that fails, or lasts too long, is told, and the generation is whole", async () => {
  const place = await open();
  const engine = new ChainEngine();
  await place.scene.lab.setFaults([{ fault: "mergeFails" }]);
  const failed = await night(place, engine, "n1");
  expect(failed.warnings.join("\n")).toMatch(/could not be merged: .*The backup is whole/);
  expect(engine.current).toMatchObject({ status: "intact", warnings: [expect.stringContaining("could not be merged")] });
  await place.scene.lab.clearFaults();
  await night(place, engine, "n2");
  expect(await place.violations(["n1", "n2"])).toEqual([]);
  await place.scene.lab.configure({ mergeDuration: 2000 });
  const slow = await night(place, engine, "n3", { timeouts: { ...place.scene.timeouts, merge: "200ms" } });
  expect(slow.warnings.join("\n")).toContain("were not merged within timeouts.merge = 200ms");
  expect(slow.progress.join("\n")).toMatch(/merging the disks of SQL01 \d+ %/);
  expect(engine.current?.status).toBe("intact");
  // The night after waits for it.
  await night(place, engine, "n4", { timeouts: { ...place.scene.timeouts, merge: "10s" } });
  expect(await place.violations(["n1", "n2", "n3", "n4"])).toEqual([]);
  place.close();
});

test("a guest that gives no application consistency: refused, taken where that is allowed, as the point tells", async () => {
  const place = await open();
  const engine = new ChainEngine();
  const { lab } = place.scene;
  await lab.configureMachine({ virtualMachine: "SQL01", guestBackup: "fallsBack" });
  await expect(night(place, engine, "n1")).rejects.toMatchObject({ code: "not-application-consistent" });
  expect((await place.pointsThere()).sort()).toEqual([...place.foreignPoints].sort());
  const weak = await night(place, engine, "n1", { consistency: "application-if-possible" });
  expect(weak.warnings.join("\n")).toContain("is only crash-consistent");
  expect(place.record()?.generations.at(-1)?.consistency).toBe("crash");
  expect(await place.violations(["n1"])).toEqual([]);
  await lab.configureMachine({ virtualMachine: "SQL01", guestBackup: "fails" });
  await expect(night(place, engine, "n2")).rejects.toMatchObject({ code: "guest-backup-off" });
  const fallen = await night(place, engine, "n2", { consistency: "application-if-possible" });
  expect(fallen.warnings.join("\n")).toContain("gets a checkpoint that is only crash-consistent");
  expect(await place.violations(["n1", "n2"])).toEqual([]);
  place.close();
});

test("disks that no checkpoint holds are refused before one is made, or left out and named", async () => {
  const place = await open();
  const engine = new ChainEngine();
  await place.scene.lab.configureMachine({ virtualMachine: "SQL01", passThroughDisk: true });
  await expect(night(place, engine, "n1")).rejects.toMatchObject({
    code: "pass-through-disk",
    remedy: expect.stringContaining("ignoreUnsupportedDisks"),
  });
  expect(await calls(place, "CreateSnapshot")).toBe(0);
  const made = await night(place, engine, "n1", { ignoreUnsupportedDisks: true });
  expect(made.warnings.join("\n")).toContain("the backup lacks them");
  const manifest = JSON.parse(fs.readFileSync(path.join(place.directory, "n1", MANIFEST_FILE), "utf8"));
  expect(manifest.warnings).toEqual([
    expect.stringMatching(/^no checkpoint can hold these disks of SQL01, so the backup lacks them: \S+$/),
  ]);
  expect(await place.violations(["n1"])).toEqual([]);
  place.close();
});

test("a machine whose disk files Hyper-V keeps open has no generation until it restarts, and no checkpoint is left", async () => {
  const place = await open();
  const engine = new ChainEngine();
  await night(place, engine, "n1");
  await place.scene.lab.configureMachine({ virtualMachine: "SQL01", chainLocked: true });
  await expect(night(place, engine, "n2")).rejects.toMatchObject({ code: "job-failed" });
  expect((await place.checkpointsThere()).checkpoints).toEqual([]);
  await place.scene.lab.restart("SQL01");
  await night(place, engine, "n2");
  expect(await place.violations(["n1", "n2"])).toEqual([]);
  place.close();
});

test("a checkpoint that somebody removes in the middle is made anew, once", async () => {
  const place = await open();
  const engine = new ChainEngine();
  await night(place, engine, "n1");
  await killed(place, engine, "n2", "exportCheckpoints#1", "before");
  const [id = ""] = (await place.checkpointsThere()).checkpoints;
  await place.scene.lab.removeCheckpoint(id);
  await night(place, engine, "n2");
  expect(await place.violations(["n1", "n2"])).toEqual([]);
  expect(await calls(place, "CreateSnapshot")).toBe(3);
  place.close();
});

test.each(["a destroy", "a refresh", "an up"])("a machine that is gone has taken its checkpoint with it: %s goes on", async (what) => {
  const place = await open();
  const engine = new ChainEngine();
  await night(place, engine, "n1");
  await killed(place, engine, "n2", "exportCheckpoints#1");
  const gone = withoutMachine(place.record()?.virtualMachineId ?? "");
  if (what === "a destroy") {
    const session = await run(place, (each) => engine.destroy(each), gone);
    expect(session.warnings.join("\n")).toContain("is not there any more, nor is its checkpoint");
    expect(place.record()).toBeUndefined();
  } else if (what === "a refresh") {
    await run(place, (session) => engine.refresh(session), gone);
    expect(engine.current?.problems.join()).not.toContain("checkpoint-left");
    expect(place.record()?.attempt?.checkpoint).toBeUndefined();
  } else {
    await expect(night(place, engine, "n2", {}, gone)).rejects.toMatchObject({ code: "virtual-machine-not-found" });
    expect(place.record()?.attempt?.checkpoint).toBeUndefined();
  }
  if (what !== "a destroy") expect(await place.restoreProblems()).toEqual([]);
  place.close();
});

test("a volume that fills up in the middle leaves no checkpoint, and what keep lets go of makes room for another one", async () => {
  const place = await open();
  const engine = new ChainEngine();
  const one = { keep: { last: 1, daily: 0, weekly: 0, monthly: 0, yearly: 0 }, fullEvery: 1 };
  const all = { ...one, keep: { ...one.keep, last: 9 } };
  await night(place, engine, "n1", all);
  await night(place, engine, "n2", all);
  await place.scene.lab.setFaults([{ fault: "diskFull", atPercent: 50, method: "exportCheckpoints" }]);
  await expect(night(place, engine, "n3", all)).rejects.toMatchObject({ code: "job-failed" });
  expect((await place.checkpointsThere()).checkpoints).toEqual([]);
  expect(await place.restoreProblems()).toEqual([]);
  await place.scene.lab.setFaults([{ fault: "diskFull", atPercent: 50, method: "exportCheckpoints", count: 1 }]);
  const up = await night(place, engine, "n3", one);
  expect(up.warnings.join("\n")).toContain("makes room for it: n1");
  expect(await place.violations(["n3"])).toEqual([]);
  place.close();
});

test("a base that somebody has destroyed makes the next generation a full one, or an error before a checkpoint is made", async () => {
  const place = await open();
  const engine = new ChainEngine();
  await night(place, engine, "n1");
  await place.scene.lab.removeReferencePoint(place.record()?.generations[0]?.referencePointId ?? "");
  await expect(night(place, engine, "n2", { onLostBase: "fail" })).rejects.toMatchObject({ code: "chain-base-lost" });
  expect(await calls(place, "CreateSnapshot")).toBe(1);
  await night(place, engine, "n2");
  expect(place.record()?.generations.at(-1)).toMatchObject({ kind: "full", reason: "basePointGone" });
  expect(await place.violations(["n1", "n2"])).toEqual([]);
  place.close();
});

test("a chain keeps its way for life", async () => {
  const place = await open();
  const engine = new ChainEngine();
  await night(place, engine, "n1");
  await expect(night(place, engine, "n2", { via: "referencePoint" })).rejects.toMatchObject({ code: "chain-replacement-refused" });
  const other = new ChainEngine();
  const adopting = {
    via: "referencePoint",
    onExisting: "adopt",
    createUrn: "urn:pulumi:x::y::pulumi-nodejs:dynamic/hyperv:ExportChain::z",
  };
  const before = place.record();
  await expect(night(place, other, "n2", adopting as Partial<ChainInputs>)).rejects.toMatchObject({ code: "chain-way-changed" });
  expect(place.record()).toEqual(before);
  place.close();
});

test("two chains of one machine in one program take turns", async () => {
  const place = await open();
  const [one, two] = [new ChainEngine(), new ChainEngine()];
  const directory = place.scene.at("chains", "other");
  await place.work();
  await run(place, (session) =>
    Promise.all([
      one.up(session, place.inputs({ generation: "n1" })),
      two.up(
        session,
        place.inputs({ generation: "n1", directory, createUrn: "urn:pulumi:dev::ops::pulumi-nodejs:dynamic/hyperv:ExportChain::two" }),
      ),
    ]),
  );
  expect([one.current?.status, two.current?.status]).toEqual(["intact", "intact"]);
  expect((await place.checkpointsThere()).checkpoints).toEqual([]);
  expect((await place.pointsThere()).length).toBe(place.foreignPoints.length + 2);
  place.close();
});
