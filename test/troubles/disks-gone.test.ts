import { expect, test } from "vitest";
import type { Answer, ReferencePoint } from "../../provider/host/port";
import type { Intervention } from "../support/decorated-host";
import { Engine } from "../support/engine";
import { finished } from "../support/engine-state";
import { violations } from "../support/invariants";
import { Scene } from "../support/scene";
import { destroy, disturbedUp, killedUp, up } from "../support/steps";

async function diskIds(scene: Scene): Promise<string[]> {
  const { virtualMachines } = await scene.lab.describe();
  return (virtualMachines[0]?.disks ?? []).map(({ instanceId }) => instanceId);
}

/** A host whose points call the machine's disks by the same ids in another letter case. */
const lowerCasePoints: Intervention = async (call, run) => {
  const answer = await run();
  if (call.method !== "listReferencePoints") return answer;
  const lower = (point: ReferencePoint) => ({ ...point, diskIds: point.diskIds.map((id) => id.toLowerCase()) });
  return (answer as Answer<ReferencePoint[]>[]).map((one) => (one.ok ? { ...one, value: one.value.map(lower) } : one));
};

test("a point that covers a disk which the machine no longer has is refused with both lists; the disks that are left can be named", async () => {
  const scene = await Scene.open();
  const engine = new Engine();
  const [system = "", data = ""] = await diskIds(scene);
  await scene.lab.removeDisk({ virtualMachine: "SQL01", disk: data });
  const { code, reason } = await up(scene, engine);
  expect(code).toBe("disk-not-on-machine");
  expect(reason).toContain(`no longer has the disk ${data}; the point covers the disks ${system}, ${data}, SQL01 has the disk ${system}`);
  expect(engine.current).toBeUndefined();
  expect(await scene.calls()).toBe(0);
  expect(await violations(scene, [])).toEqual([]);

  expect((await up(scene, engine, { disksToExport: [system] })).code).toBeUndefined();
  finished(engine);
});

test("a differential of a disk that the base does not cover is refused with both lists; the disks that it covers can be named", async () => {
  const scene = await Scene.open();
  const engine = new Engine();
  const [system = "", data = ""] = await diskIds(scene);
  const base = await scene.lab.addReferencePoint({ virtualMachine: "SQL01", kind: "rct", diskIds: [system] });
  const point = await scene.lab.addReferencePoint({ virtualMachine: "SQL01", kind: "rct" });
  const arguments_ = { referencePoint: point.id, baseReferencePoint: base.id };
  const { code, reason } = await up(scene, engine, arguments_);
  expect(code).toBe("disk-not-in-base");
  expect(reason).toContain(`does not cover the disk ${data} of SQL01; to be exported are the disks ${system}, ${data}`);
  expect(reason).toContain(`the base covers the disk ${system}`);
  expect(await scene.calls()).toBe(0);

  expect((await up(scene, engine, { ...arguments_, disksToExport: [system] })).code).toBeUndefined();
  finished(engine);
});

test("letter case makes no disk another one: neither of the point nor of the base", async () => {
  const scene = await Scene.open();
  const engine = new Engine();
  const [base, point] = scene.points;
  const arguments_ = { referencePoint: point, baseReferencePoint: base };
  expect((await disturbedUp(scene, engine, lowerCasePoints, arguments_)).code).toBeUndefined();
  expect(finished(engine).kind).toBe("differential");
  expect((await diskIds(scene)).every((id) => id !== id.toLowerCase())).toBe(true);
});

test("letter case hides no lost disk either", async () => {
  const scene = await Scene.open();
  const [, data = ""] = await diskIds(scene);
  await scene.lab.removeDisk({ virtualMachine: "SQL01", disk: data });
  const { code, reason } = await disturbedUp(scene, new Engine(), lowerCasePoints);
  expect(code).toBe("disk-not-on-machine");
  expect(reason).toContain(`no longer has the disk ${data.toLowerCase()}`);
});

test("a disk that is taken from the machine between the look at it and the call: the export that lacks it is not called one", async () => {
  const scene = await Scene.open({ synchronousExports: false });
  const engine = new Engine();
  const [system = "", data = ""] = await diskIds(scene);
  const { code, reason } = await disturbedUp(scene, engine, async (call, run) => {
    if (call.method === "exportReferencePoints") await scene.lab.removeDisk({ virtualMachine: "SQL01", disk: data });
    return run();
  });
  expect(code).toBe("export-incomplete");
  expect(reason).toContain(`the job has exported the disks ${system}; asked for were ${system}, ${data}`);
  expect(engine.current?.status).toBe("incomplete");
  expect((await up(scene, engine)).code).toBe("disk-not-on-machine");
  expect(engine.current?.status).toBe("incomplete");
});

test("an export that was killed after its job had started is finished, although the machine has lost a disk since", async () => {
  for (const key of ["exportReferencePoints#1", "poll-jobs#1", "startTasks#1", "replaceTextFiles#1"]) {
    for (const isNamed of [false, true]) {
      const scene = await Scene.open();
      const engine = new Engine();
      const disks = await diskIds(scene);
      const changes = isNamed ? { disksToExport: disks } : {};
      await killedUp(scene, engine, { key, when: "after" }, changes);
      await scene.lab.removeDisk({ virtualMachine: "SQL01", disk: disks[1] ?? "" });
      expect((await up(scene, engine, changes)).code).toBeUndefined();
      finished(engine);
      expect(await violations(scene, [{ directory: scene.inputs().exportDirectory, point: scene.points[0] }])).toEqual([]);
      expect(await scene.calls()).toBe(1);
    }
  }
});

test("an export that was killed before its call is not called when the machine has lost a disk since, on any host", async () => {
  for (const settings of [{}, { jobNames: "nothing" }, { synchronousExports: true }] as const) {
    const scene = await Scene.open(settings);
    const engine = new Engine();
    const [, data = ""] = await diskIds(scene);
    await killedUp(scene, engine, { key: "exportReferencePoints#1", when: "before" });
    await scene.lab.removeDisk({ virtualMachine: "SQL01", disk: data });
    for (let night = 1; night <= 2; night++) {
      const { code, reason } = await up(scene, engine);
      expect(code).toBe("disk-not-on-machine");
      expect(reason).toContain(`no longer has the disk ${data}`);
      expect(engine.current?.status).toBe("incomplete");
    }
    expect(await scene.calls()).toBe(0);
    expect((await destroy(scene, engine)).code).toBeUndefined();
    expect(await violations(scene, [])).toEqual([]);
  }
});
