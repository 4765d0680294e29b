import { cpSync, existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { opOf } from "./test-stack";
import { CLAIM, DATA_DISK, filesIn, machines, points, SYSTEM_DISK, Workplace } from "./workplace";

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.open();
});
afterAll(() => place.close());

const calls = async () => (await place.lab.calls()).length;
const canonicalPathIn = (directory: string) =>
  (JSON.parse(readFileSync(join(directory, CLAIM), "utf8")) as { canonicalPath: string }).canonicalPath;

/** The path of a disk of SQL01 on the host. */
async function diskPath(file: string): Promise<string> {
  return join(place.lab.directory, "disks", machines.sql01, file.split("/").at(-1) ?? "");
}

describe("the same machine or disk, named anew, is no change", () => {
  it("a renamed machine whose program follows, and one that took over the old name is another", async () => {
    const [virtualMachine, renamed] = ["APP01", "APP01-retired"];
    const first = await place.lab.addVirtualMachine({ name: virtualMachine, disks: [{ name: "a.vhdx", bytes: 64 * 1024 }] });
    const { id: referencePoint } = await place.lab.addReferencePoint({ virtualMachine, kind: "rct" });
    const stack = await place.stack();
    const exportDirectory = place.directory();
    expect(await stack.up(place.program({ exportDirectory, virtualMachine, referencePoint }))).toMatchObject({ ok: true });
    const { id } = stack.resource();
    const called = await calls();

    await place.lab.renameVirtualMachine({ virtualMachine, name: renamed });
    const follows = place.program({ exportDirectory, virtualMachine: renamed, referencePoint });
    for (const run of [await stack.preview(follows), await stack.up(follows), await stack.up(follows)]) {
      expect([run.ok, opOf(run)]).toEqual([true, "same"]);
    }
    expect(await stack.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
    expect([stack.resource().id, await calls()]).toEqual([id, called]);
    expect(opOf(await stack.up(place.program({ exportDirectory, virtualMachine: first.id, referencePoint })))).toBe("same");

    const second = await place.lab.addVirtualMachine({ name: "APP02", disks: [{ name: "a.vhdx", bytes: 64 * 1024 }] });
    const other = await place.lab.addReferencePoint({ virtualMachine: second.id, kind: "rct" });
    const elsewhere = place.directory();
    const another = await stack.up(place.program({ exportDirectory: elsewhere, virtualMachine: "APP02", referencePoint: other.id }));
    expect(opOf(another)).toContain("replace");
    await place.expectRestorable([elsewhere], other.id, "APP02");
    await stack.destroy();
  });

  it("disks by file name, path, instance id, and all of them by name where none was named", async () => {
    const stack = await place.stack();
    const exportDirectory = place.directory();
    const [data, system] = [DATA_DISK, SYSTEM_DISK].map((file) => file.split("/").at(-1) ?? "") as [string, string];
    const up = async (disksToExport?: string[]) =>
      opOf(await stack.up(place.program({ exportDirectory, ...(disksToExport && { disksToExport }) })));
    expect(await up()).toBe("create");
    const { id } = stack.resource();
    const called = await calls();
    expect(await up([data, system])).toBe("same");
    expect(await up([await diskPath(data), system.toUpperCase()])).toBe("same");
    const { virtualMachines } = await place.lab.describe();
    const ids = virtualMachines.find((machine) => machine.name === "SQL01")?.disks.map(({ instanceId }) => instanceId);
    expect(await up(ids)).toBe("same");
    expect(await up()).toBe("same");
    expect([stack.resource().id, await calls()]).toEqual([id, called]);
    expect(await up([data])).toContain("replace");
    expect(filesIn(exportDirectory)).not.toContain(SYSTEM_DISK);
    expect(await up([await diskPath(data)])).toBe("same");
    expect(await up([await diskPath(system)])).toContain("replace");
    await stack.destroy();
  });

  it("a host that does not answer: nothing is replaced, the preview warns, and the up that reaches it tells", async () => {
    const virtualMachine = "MAIL01";
    await place.lab.addVirtualMachine({ name: virtualMachine, disks: [{ name: "a.vhdx", bytes: 64 * 1024 }] });
    const { id: referencePoint } = await place.lab.addReferencePoint({ virtualMachine, kind: "rct" });
    const stack = await place.stack();
    const exportDirectory = place.directory();
    await stack.up(place.program({ exportDirectory, virtualMachine, referencePoint }));
    const whole = filesIn(exportDirectory);
    const { id } = stack.resource();
    await place.lab.renameVirtualMachine({ virtualMachine, name: "MAIL02" });
    const follows = place.program({ exportDirectory, virtualMachine: "MAIL02", referencePoint });
    await place.lab.setFaults([{ fault: "hostUnreachable" }]);
    try {
      const preview = await stack.preview(follows);
      expect([preview.ok, opOf(preview)]).toEqual([true, "update"]);
      expect(preview.messages.map(({ text }) => text).join("\n")).toContain("virtualMachine is taken to mean the same");
      const failed = await stack.up(follows);
      expect(failed.ok).toBe(false);
      expect(failed.text).toContain("Code: host-unreachable");
    } finally {
      await place.lab.clearFaults();
    }
    expect([stack.resource().id, filesIn(exportDirectory)]).toEqual([id, whole]);
    expect(opOf(await stack.up(follows))).toBe("same");
    await stack.destroy();
  });

  it("an export that was given up is adopted under the machine's new name", async () => {
    const virtualMachine = "SHOP01";
    await place.lab.addVirtualMachine({ name: virtualMachine, disks: [{ name: "a.vhdx", bytes: 64 * 1024 }] });
    const { id: referencePoint } = await place.lab.addReferencePoint({ virtualMachine, kind: "rct" });
    const stack = await place.stack();
    const exportDirectory = place.directory();
    await stack.up(place.program({ exportDirectory, virtualMachine, referencePoint, onDestroy: "keep" }));
    await stack.destroy();
    await place.lab.renameVirtualMachine({ virtualMachine, name: "SHOP02" });
    const called = await calls();
    const adopting = place.program({ exportDirectory, virtualMachine: "SHOP02", referencePoint, onExisting: "adopt" });
    expect(await stack.up(adopting)).toMatchObject({ ok: true });
    expect(await calls()).toBe(called);
    await stack.destroy();
  });
});

describe("an export whose directory lies elsewhere now", () => {
  it.each([
    ["its volume has got another letter", "adopt"],
    ["its volume has got another letter", "fail"],
    ["somebody has moved it", "fail"],
  ] as const)("%s (%s): the program follows, and it is an update", async (how, onExisting) => {
    const stack = await place.stack();
    const [before, after] = [place.directory(), place.directory()];
    mkdirSync(before);
    const [old, now] = [join(before, "sql01"), join(how === "somebody has moved it" ? before : after, "sql01-moved")];
    expect(await stack.up(place.program({ exportDirectory: old, onExisting }))).toMatchObject({ ok: true });
    const { id } = stack.resource();
    const whole = filesIn(old);
    const called = await calls();
    if (how === "somebody has moved it") renameSync(old, now);
    else {
      renameSync(before, after);
      renameSync(join(after, "sql01"), now);
    }
    const program = place.program({ exportDirectory: now, onExisting });
    expect(opOf(await stack.preview(program))).toBe("update");
    const moved = await stack.up(program);
    expect([moved.ok, opOf(moved)]).toEqual([true, "update"]);
    expect(stack.resource()).toMatchObject({ id, outputs: { exportDirectory: now, status: "intact" } });
    expect([await calls(), canonicalPathIn(now), filesIn(now)]).toEqual([called, now, whole]);
    expect(opOf(await stack.up(program))).toBe("same");
    expect(await stack.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
    await place.expectRestorable([now], points.sql01[1]);
    expect(await stack.destroy()).toMatchObject({ ok: true });
    expect(existsSync(now)).toBe(false);
  });

  it("moved and replaced in one up is refused, also where it would be adopted; done as the error says, both work", async () => {
    const stack = await place.stack();
    const [before, after] = [place.directory(), place.directory()];
    mkdirSync(before);
    const [old, now] = [join(before, "sql01"), join(after, "sql01")];
    expect(await stack.up(place.program({ exportDirectory: old }))).toMatchObject({ ok: true });
    const { id } = stack.resource();
    renameSync(before, after);
    const whole = filesIn(now);
    const other = { exportDirectory: now, referencePoint: points.sql01[2] };
    for (const run of [
      await stack.preview(place.program(other)),
      await stack.up(place.program(other)),
      await stack.up(place.program({ exportDirectory: now, triggers: [1], onExisting: "adopt" })),
    ]) {
      expect(run.ok).toBe(false);
      expect(run.text).toContain("Run pulumi up with exportDirectory as the only change first");
      expect(run.text).toContain("Code: directory-moved");
      expect([stack.resource().id, filesIn(now), canonicalPathIn(now)]).toEqual([id, whole, old]);
    }
    expect(opOf(await stack.up(place.program({ exportDirectory: now })))).toBe("update");
    const replaced = await stack.up(place.program(other));
    expect([replaced.ok, opOf(replaced).includes("replace")]).toEqual([true, true]);
    await place.expectRestorable([now], points.sql01[2]);
    expect(await stack.destroy()).toMatchObject({ ok: true });
    expect(existsSync(now)).toBe(false);
  });

  it("a copy, while the directory itself is there: it is no update, and the old one is deleted only when the new one is whole", async () => {
    const stack = await place.stack();
    const [old, now] = [place.directory(), place.directory()];
    await stack.up(place.program({ exportDirectory: old }));
    const { id } = stack.resource();
    cpSync(old, now, { recursive: true });
    const whole = filesIn(old);
    const refused = await stack.up(place.program({ exportDirectory: now }));
    expect(refused.ok).toBe(false);
    expect(refused.text).toContain("Code: directory-not-empty");
    expect([stack.resource().id, filesIn(old), canonicalPathIn(now)]).toEqual([id, whole, old]);
    expect(opOf(await stack.up(place.program({ exportDirectory: now, onExisting: "adopt" })))).toContain("replace");
    expect([existsSync(old), filesIn(now), canonicalPathIn(now)]).toEqual([false, whole, now]);
    await stack.destroy();
  });
});
