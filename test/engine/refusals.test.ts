import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ReferencePointExportArgs } from "pulumi-hyperv-reference-point";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { opOf, type TestStack } from "./test-stack";
import { filesIn, machines, points, Workplace } from "./workplace";

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.open();
});
afterAll(() => place.close());

describe("what cannot be meant is refused before anything is claimed", () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await place.stack();
  });

  it.each<[string, Partial<ReferencePointExportArgs>, string, readonly string[]]>([
    ["two machines of that name", { virtualMachine: "TEST01" }, "virtual-machine-ambiguous", machines.test01],
    ["no such machine", { virtualMachine: "SQL99" }, "virtual-machine-not-found", ["SQL99"]],
    ["another machine's point", { referencePoint: points.web01 }, "reference-point-not-found", points.sql01],
    ["several points and none named", { referencePoint: undefined as never }, "reference-point-ambiguous", points.sql01],
    [
      "a machine without points",
      { virtualMachine: "FILE01", referencePoint: undefined as never },
      "reference-point-not-found",
      ["the machine has no reference points"],
    ],
    ["another machine's base", { baseReferencePoint: points.web01 }, "base-reference-point-not-found", points.sql01],
    ["the point as its own base", { baseReferencePoint: points.sql01[1] }, "base-reference-point-same", []],
    ["a later base", { baseReferencePoint: points.sql01[2] }, "base-reference-point-not-older", [points.sql01[1]]],
    ["no such disk", { disksToExport: ["other.vhdx"] }, "disk-not-found", ["SQL01-system.vhdx", "SQL01-data.vhdx"]],
  ])("%s", async (_, args, code, named) => {
    const exportDirectory = place.directory();
    const run = await stack.up(place.program({ exportDirectory, ...args }));
    expect(run.ok).toBe(false);
    expect(run.text).toContain(`Code: ${code}`);
    expect(run.text).toContain("What to do: ");
    for (const one of named) expect(run.text).toContain(one);
    expect(existsSync(exportDirectory)).toBe(false);
    expect(stack.resources()).toEqual([]);
  });
});

describe("not enough space", () => {
  it("is said before the host is asked; with space the next up finishes", async () => {
    const stack = await place.stack();
    const exportDirectory = place.directory();
    const program = place.program({ exportDirectory });
    await place.lab.configure({ freeBytes: 1000 });
    const calls = (await place.lab.calls()).length;
    const refused = await stack.up(program);
    expect(refused.ok).toBe(false);
    expect(refused.text).toContain("Code: not-enough-space");
    expect(refused.text).toMatch(/need 7 MiB, the volume has \S+ \S+ free/);
    expect((await place.lab.calls()).length).toBe(calls);
    await place.lab.configure({ freeBytes: "native" });
    // Nothing was written, so there is nothing to finish: it is made from the start.
    expect(stack.resources()).toEqual([]);
    expect(await stack.up(program)).toMatchObject({ ok: true });
    expect(stack.resource().outputs.status).toBe("intact");
    await place.expectRestorable([exportDirectory], points.sql01[1]);
  });
});

describe("space for a thin disk", () => {
  it("is asked for what is in use", async () => {
    const [stack, MiB] = [await place.stack(), 1024 * 1024];
    const source = join(place.scratch, "thin-source.bin");
    writeFileSync(source, Buffer.alloc(MiB, 1));
    await place.lab.addVirtualMachine({ name: "THIN", disks: [{ name: "thin.vhdx", source, bytes: 64 * MiB }] });
    await place.lab.addReferencePoint({ virtualMachine: "THIN", kind: "rct" });
    const args = { virtualMachine: "THIN", referencePoint: undefined as never };
    const exportDirectory = place.directory();
    await place.lab.configure({ freeBytes: MiB / 2 });
    const refused = await stack.up(place.program({ ...args, exportDirectory }));
    expect([refused.ok, refused.text.includes("need 1 MiB, the volume has 512 KiB free")]).toEqual([false, true]);
    await place.lab.configure({ freeBytes: 8 * MiB });
    expect(await stack.up(place.program({ ...args, exportDirectory }))).toMatchObject({ ok: true });
    await place.lab.configure({ freeBytes: "native" });
    expect(await stack.destroy()).toMatchObject({ ok: true });
  });
});

describe("an export that did not finish", () => {
  it("is kept, survives a refresh, and is finished by the next up", async () => {
    const stack = await place.stack();
    const exportDirectory = place.directory();
    const program = place.program({ exportDirectory });
    await place.lab.setFaults([{ fault: "jobFails", count: 1, atPercent: 60, errorCode: 32768, errorDescription: "The disk is on fire." }]);
    const failed = await stack.up(program);
    expect(failed.ok).toBe(false);
    expect(failed.text).toMatch(/the job failed at (59|60) %/);
    for (const part of ["32768", "The disk is on fire.", "Code: job-failed"]) expect(failed.text).toContain(part);
    const { id, outputs, initErrors } = stack.resource();
    expect(outputs.status).toBe("incomplete");
    expect(String(initErrors)).toContain("The disk is on fire.");

    // The engine forgets by a refresh that the create failed.
    expect(await stack.refresh()).toMatchObject({ ok: true });
    expect(stack.resource().initErrors ?? []).toEqual([]);
    expect(stack.resource().outputs.status).toBe("incomplete");
    expect(opOf(await stack.preview(program))).toBe("update");

    const finished = await stack.up(program);
    expect(finished.ok).toBe(true);
    expect(opOf(finished)).toBe("update");
    expect(stack.resource()).toMatchObject({ id, outputs: { status: "intact", problems: [] } });
    await place.expectRestorable([exportDirectory], points.sql01[1]);
    expect(await stack.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
  });

  it("because its job stalled is removed by a destroy", async () => {
    const stack = await place.stack();
    const exportDirectory = place.directory();
    await place.lab.setFaults([{ fault: "jobStalls", count: 1, atPercent: 40 }]);
    const stalled = await stack.up(place.program({ exportDirectory, timeouts: { stall: "1s" } }));
    expect(stalled.ok).toBe(false);
    expect(stalled.text).toContain("Code: job-stalled");
    expect(stalled.text).toMatch(/stood still at (39|40) % for 1s; it was cancelled/);
    expect((filesIn(exportDirectory) ?? []).length).toBeGreaterThan(1);
    expect(await stack.destroy()).toMatchObject({ ok: true });
    expect(filesIn(exportDirectory)).toBeUndefined();
  });

  it("because the host was lost is removed by a destroy, its job, which still runs, cancelled", async () => {
    const stack = await place.stack();
    const exportDirectory = place.directory();
    await place.lab.configure({ bytesPerSecond: 100_000 });
    await place.lab.setFaults([{ fault: "hostUnreachable", method: "poll" }]);
    const lost = await stack.up(place.program({ exportDirectory, timeouts: { stall: "1s" } }));
    expect(lost.text).toContain("Code: host-unreachable");
    await place.lab.clearFaults();
    const job = async () => (await place.lab.describe()).jobs.find((one) => one.exportDirectory === exportDirectory);
    expect((await job())?.jobState).toBe(4);
    expect(await stack.destroy()).toMatchObject({ ok: true });
    expect((await job())?.jobState).toBe(8);
    await place.lab.configure({ bytesPerSecond: "unlimited" });
    expect(filesIn(exportDirectory)).toBeUndefined();
    expect(stack.resources()).toEqual([]);
  });

  it("is replaced by another one when the arguments changed", async () => {
    const stack = await place.stack();
    const exportDirectory = place.directory();
    await place.lab.setFaults([{ fault: "jobFails", count: 1 }]);
    expect((await stack.up(place.program({ exportDirectory }))).ok).toBe(false);
    const run = await stack.up(place.program({ exportDirectory, referencePoint: points.sql01[2] }));
    expect(run.ok).toBe(true);
    expect(opOf(run)).toContain("delete-replaced");
    await place.expectRestorable([exportDirectory], points.sql01[2]);
  });
});

describe("transient refusals", () => {
  it("are waited out", async () => {
    const stack = await place.stack();
    const exportDirectory = place.directory();
    await place.lab.setFaults([
      { fault: "returnCode", code: 32774, count: 2 },
      { fault: "connectionLostAfter", count: 1 },
    ]);
    const before = (await place.lab.calls()).filter(({ returnCode }) => returnCode === 4096).length;
    expect(await stack.up(place.program({ exportDirectory }))).toMatchObject({ ok: true });
    // The method ran although its answer was lost: it is not called again.
    expect((await place.lab.calls()).filter(({ returnCode }) => returnCode === 4096).length).toBe(before + 1);
    await place.expectRestorable([exportDirectory], points.sql01[1]);
  });
});
