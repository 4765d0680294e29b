import { expect, it } from "vitest";
import { sha256Of } from "../../provider/domain/values/sha256";
import { kind, value } from "./answers";
import type { ExportTrial } from "./export-trial";

const NO_MACHINE = "00000000-0000-0000-0000-000000000000";
const NO_POINT = "Microsoft:00000000-0000-0000-0000-000000000000";

export function points(trial: () => ExportTrial): void {
  it("makes one point of every disk, with the consistency that was asked for, in one call", async () => {
    const machine = await trial().machine();
    for (const consistency of ["application", "crash"] as const) {
      const calls = await trial().stage.pointCalls(machine.id);
      const id = await trial().madePoint(consistency);
      expect(await trial().stage.pointCalls(machine.id)).toBe(calls + 1);
      const [listed] = await trial().host.listReferencePoints([machine.id]);
      const made = value(listed).find((point) => point.id === id);
      expect(made).toMatchObject({ id: expect.stringMatching(/^Microsoft:[0-9A-F-]{36}$/), kind: "rct", consistency });
      expect(made?.diskIds).toEqual(machine.disks.map((disk) => disk.instanceId));
    }
  });

  it("makes a point that can be exported, and be the base of the next", async () => {
    const { id } = await trial().machine();
    const base = await trial().madePoint();
    const full = { virtualMachineId: id, referencePointId: base, disksToExport: [] };
    const [first, second] = [await trial().place(), await trial().place()];
    const [fullAnswer] = await trial().host.exportReferencePoints([{ ...full, exportDirectory: first.directory }]);
    await trial().over(fullAnswer);
    const referencePointId = await trial().madePoint();
    const [answer] = await trial().host.exportReferencePoints([
      { ...full, referencePointId, baseReferencePointId: base, exportDirectory: second.directory },
    ]);
    await trial().over(answer);
    // Nothing was written in between.
    expect(await trial().bytesBelow(second.directory)).toBeLessThan(await trial().bytesBelow(first.directory));
  });

  it("destroys a point in one call, and nothing where it is gone", async () => {
    const virtualMachineId = (await trial().machine()).id;
    const id = await trial().madePoint();
    const others = (await trial().pointIds()).filter((one) => one !== id);
    const calls = await trial().stage.pointCalls(virtualMachineId);
    const [answer] = await trial().host.destroyReferencePoints([{ virtualMachineId, referencePointId: id }]);
    await trial().pointWorkOver(answer);
    expect(await trial().pointIds()).toEqual(others);
    const gone = await trial().host.destroyReferencePoints([
      { virtualMachineId, referencePointId: id },
      { virtualMachineId: NO_MACHINE, referencePointId: id },
      { virtualMachineId, referencePointId: NO_POINT },
    ]);
    expect(gone).toEqual([
      { ok: true, value: { kind: "absent" } },
      { ok: false, error: expect.objectContaining({ kind: "notFound" }) },
      { ok: true, value: { kind: "absent" } },
    ]);
    expect(await trial().stage.pointCalls(virtualMachineId)).toBe(calls + 1);
    expect(await trial().host.destroyReferencePoints([])).toEqual([]);
  });

  it("does not call a machine's point absent that is another machine's", async () => {
    const [other] = value((await trial().host.findVirtualMachines([trial().stage.disklessMachine]))[0]);
    const before = await trial().pointIds();
    const [answer] = await trial().host.destroyReferencePoints([{ virtualMachineId: other?.id ?? "", referencePointId: before[0] ?? "" }]);
    expect(answer).toEqual({ ok: true, value: { kind: "absent" } });
    expect(await trial().pointIds()).toEqual(before);
  });

  it("calls no method once a condition does not hold, and does not ask for one where nothing is left to change", async () => {
    const { host, stage, files } = trial();
    const virtualMachineId = (await trial().machine()).id;
    const referencePointId = await trial().madePoint();
    const { directory } = await trial().place();
    await files.write(trial().at(directory, "record"), "theirs");
    const unlike = { directory, path: "record", sha256: sha256Of("mine") };
    const onlyIf = { ...unlike, sha256: sha256Of("theirs") };
    const calls = await stage.pointCalls(virtualMachineId);
    const before = await trial().pointIds();
    expect(kind((await host.createReferencePoints([{ virtualMachineId, consistency: "crash", onlyIf: unlike }]))[0])).toBe(
      "preconditionFailed",
    );
    expect(kind((await host.destroyReferencePoints([{ virtualMachineId, referencePointId, onlyIf: unlike }]))[0])).toBe(
      "preconditionFailed",
    );
    expect(await stage.pointCalls(virtualMachineId)).toBe(calls);
    expect(await trial().pointIds()).toEqual(before);
    await trial().pointWorkOver((await host.destroyReferencePoints([{ virtualMachineId, referencePointId, onlyIf }]))[0]);
    const [gone] = await host.destroyReferencePoints([{ virtualMachineId, referencePointId, onlyIf: unlike }]);
    expect(gone).toEqual({ ok: true, value: { kind: "absent" } });
    await trial().pointWorkOver((await host.createReferencePoints([{ virtualMachineId, consistency: "crash", onlyIf }]))[0]);
    expect(await stage.pointCalls(virtualMachineId)).toBe(calls + 2);
  });

  it("answers each request for itself, and none for nothing", async () => {
    const { id } = await trial().machine();
    const request = { virtualMachineId: id, consistency: "crash" } as const;
    const answers = await trial().host.createReferencePoints([{ ...request, virtualMachineId: NO_MACHINE }, request]);
    expect(answers.map(kind)).toEqual(["notFound", "ok"]);
    await trial().pointWorkOver(answers[1]);
    expect(await trial().host.createReferencePoints([])).toEqual([]);
    expect(await trial().host.findPointJobs([])).toEqual([]);
  });
}
