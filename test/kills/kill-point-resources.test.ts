import { describe, expect, test } from "vitest";
import { declaredPoint } from "../../provider/domain/reference-point/declared-point";
import type { PointInputs } from "../../provider/domain/reference-point/properties";
import { Death } from "../support/death";
import { simulatorGround } from "../support/ground";
import { withoutMachine } from "../support/lost-machine";
import { PointLife, PointProcess } from "../support/point-life";
import { Points } from "../support/points";
import { Scene } from "../support/scene";
import { listed, provePointKills, recordsOf, urnOf } from "./point-stories";

const points = new Points("HYPERV_KILL_POINT", "kills of reference points, each recovered by one run");

provePointKills(simulatorGround, points, "test/kills/kill-point-resources.test.ts");

test("what a killed run has made under other triggers is named and left, once nobody has destroyed it", async () => {
  const scene = await Scene.open({ pointJobDuration: 20 });
  const declare = (night: string) =>
    declaredPoint({
      host: { kind: "simulator", directory: scene.labDirectory },
      virtualMachine: "SQL01",
      createUrn: "urn:pulumi:dev::ops::pulumi-nodejs:dynamic/hyperv:ReferencePoint::sql01",
      triggers: [night],
    });
  const death = new Death({ key: "createReferencePoints#1", when: "after" });
  const killed = new PointProcess(scene, death.intervene);
  await Promise.race([new PointLife().up(killed, declare("one")), death.moment]);
  await killed.close();
  await new Promise((resolve) => setTimeout(resolve, 100));
  const forgotten = (await listed(scene)).at(-1) ?? "";
  expect(scene.points).not.toContain(forgotten);
  const life = new PointLife();
  const next = new PointProcess(scene);
  await life.up(next, declare("two"));
  expect(next.warnings).toEqual([expect.stringContaining(forgotten)]);
  expect(await listed(scene)).toEqual([...scene.points, forgotten, life.current?.referencePointId]);
  await life.destroy(next);
  expect(await listed(scene)).toEqual([...scene.points, forgotten]);
  await next.close();
});

test("a point that somebody has destroyed is made anew by a create that finds its record", async () => {
  const scene = await Scene.open({ pointJobDuration: 0 });
  const declared = declaredPoint({
    host: { kind: "simulator", directory: scene.labDirectory },
    virtualMachine: "SQL01",
    createUrn: "urn:pulumi:dev::ops::pulumi-nodejs:dynamic/hyperv:ReferencePoint::sql01",
  });
  const first = new PointLife();
  const process = new PointProcess(scene);
  await first.up(process, declared);
  await scene.lab.removeReferencePoint(first.current?.referencePointId ?? "");
  await process.close();
  const next = new PointProcess(scene);
  const life = new PointLife();
  await life.up(next, declared);
  expect(await listed(scene)).toEqual([...scene.points, life.current?.referencePointId]);
  await life.destroy(next);
  expect(await listed(scene)).toEqual([...scene.points]);
  await next.close();
});

/** A create that dies once the host has done as it was called. */
async function killedCreate(scene: Scene, declared: PointInputs, key = "createReferencePoints#1"): Promise<void> {
  const death = new Death({ key, when: "after" });
  const killed = new PointProcess(scene, death.intervene);
  await Promise.race([new PointLife().up(killed, declared), death.moment]);
  await killed.close();
}

function declaredOn(scene: Scene, changes: Partial<PointInputs> = {}): PointInputs {
  const host = { kind: "simulator", directory: scene.labDirectory } as const;
  return declaredPoint({ host, virtualMachine: "SQL01", createUrn: urnOf(scene), timeouts: scene.timeouts, ...changes });
}

test("what a killed create has begun is found under the former name of its resource, once, and not by another that has the name now", async () => {
  const scene = await Scene.open({ pointJobDuration: 20 });
  const declared = declaredOn(scene);
  const renamed = { ...declared, createUrn: `${declared.createUrn}-renamed`, formerUrns: [declared.createUrn] };
  await killedCreate(scene, declared);
  const process = new PointProcess(scene);
  const life = new PointLife();
  await life.up(process, renamed);
  expect(process.warnings).toEqual([]);
  expect(await listed(scene)).toEqual([...scene.points, life.current?.referencePointId]);
  expect(await recordsOf(scene, process)).toMatchObject([{ owner: { urn: renamed.createUrn }, entries: [{ id: life.current?.recordId }] }]);
  // A new resource of the old name is no killed create.
  const namesake = new PointLife();
  await namesake.up(process, declared);
  const again = new PointLife();
  await again.up(process, { ...renamed, createUrn: `${declared.createUrn}-again` });
  expect(process.warnings).toEqual([]);
  expect(new Set([life, namesake, again].map(({ current }) => current?.referencePointId)).size).toBe(3);
  for (const one of [life, namesake, again]) await one.destroy(process);
  expect(await listed(scene)).toEqual([...scene.points]);
  await process.close();
});

test("a point that a killed create had finished under a former name is named and left", async () => {
  const scene = await Scene.open({ pointJobDuration: 20 });
  const declared = declaredOn(scene);
  // The last write of the record is that of the point.
  await killedCreate(scene, declared, "replaceTextFiles#3");
  const finished = (await listed(scene)).at(-1) ?? "";
  const process = new PointProcess(scene);
  const life = new PointLife();
  await life.up(process, { ...declared, createUrn: `${declared.createUrn}-renamed`, formerUrns: [declared.createUrn] });
  expect(process.warnings).toEqual([expect.stringContaining(finished)]);
  expect(await listed(scene)).toEqual([...scene.points, finished, life.current?.referencePointId]);
  await process.close();
});

test("a point that another resource of the host has made of the machine is its, and not a killed run's", async () => {
  const scene = await Scene.open({ pointJobDuration: 20 });
  const [mine, other] = [declaredOn(scene), declaredOn(scene, { createUrn: `${urnOf(scene)}-other` })];
  const death = new Death({ key: "createReferencePoints#1", when: "before" });
  const killed = new PointProcess(scene, death.intervene);
  await Promise.race([new PointLife().up(killed, mine), death.moment]);
  await killed.close();
  const lives: PointLife[] = [];
  // Two runs, so that neither knows the other by its own calls.
  for (const declared of [other, mine]) {
    const process = new PointProcess(scene);
    const life = new PointLife();
    await life.up(process, declared);
    expect(process.warnings).toEqual([]);
    lives.push(life);
    await process.close();
  }
  expect(await listed(scene)).toEqual([...scene.points, ...lives.map(({ current }) => current?.referencePointId)]);
});

describe("an unfinished point whose machine has come back under another GUID", () => {
  /** What a killed run has left, and the engine's state of it, with another machine that has the name now. */
  const stage = async (isOldThere: boolean) => {
    const scene = await Scene.open({ pointJobDuration: 0 });
    const declared = declaredOn(scene);
    await killedCreate(scene, declared);
    const calm = new PointProcess(scene);
    const [record] = await recordsOf(scene, calm);
    await calm.close();
    const [entry] = record?.entries ?? [];
    const old = { virtualMachineId: entry?.virtualMachineId ?? "", virtualMachineName: "SQL01" };
    const made = (await listed(scene)).at(-1) ?? "";
    if (isOldThere) await scene.lab.renameVirtualMachine({ virtualMachine: old.virtualMachineId, name: "SQL01-old" });
    const restored = await scene.lab.addVirtualMachine({ name: "SQL01", disks: [{ name: "data.vhdx", bytes: 40 * 1024 }] });
    const process = new PointProcess(scene, isOldThere ? undefined : withoutMachine(old.virtualMachineId));
    const life = new PointLife();
    life.current = { ...declared, ...old, recordId: entry?.id ?? "", status: "incomplete", problems: ["point-unfinished: it was killed"] };
    return { scene, declared, process, life, old, made, restored };
  };
  const pointsOf = async (scene: Scene, id: string) =>
    (await scene.lab.describe()).virtualMachines.find((machine) => machine.id === id)?.referencePoints.map((point) => point.id);

  test("is made of the new one; what was proved of the old one is destroyed", async () => {
    const { scene, declared, process, life, old, made, restored } = await stage(true);
    expect(scene.points).not.toContain(made);
    await life.up(process, declared);
    expect(life.current).toMatchObject({ status: "intact", virtualMachineId: restored.id });
    expect(await pointsOf(scene, restored.id)).toEqual([life.current?.referencePointId]);
    expect(await pointsOf(scene, old.virtualMachineId)).toEqual([...scene.points]);
    const [record, ...others] = await recordsOf(scene, process);
    expect(others).toEqual([]);
    const { referencePointId, recordId: id } = life.current ?? {};
    expect(record?.entries).toMatchObject([{ id, virtualMachineId: restored.id, referencePointId }]);
    await life.destroy(process);
    expect(await pointsOf(scene, restored.id)).toEqual([]);
    await process.close();
  });

  test.each(["update", "create"])("where the old one is not there: the %s names what nobody can tell", async (verb) => {
    const { scene, declared, process, life, old, restored } = await stage(false);
    if (verb === "create") life.current = undefined;
    await life.up(process, declared);
    expect(process.warnings).toEqual([expect.stringContaining(old.virtualMachineId)]);
    expect(life.current).toMatchObject({ status: "intact", virtualMachineId: restored.id });
    const [record] = await recordsOf(scene, process);
    expect(record?.entries).toMatchObject([{ id: life.current?.recordId, virtualMachineId: restored.id }]);
    await life.destroy(process);
    expect(await recordsOf(scene, process)).toEqual([]);
    await process.close();
  });
});
