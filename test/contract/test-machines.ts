import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { sha256Of } from "../../provider/domain/values/sha256";
import type { TestMachineRequest } from "../../provider/host/port";
import { kind, value } from "./answers";
import type { ExportTrial } from "./export-trial";

const NO_MACHINE = "00000000-0000-0000-0000-000000000000";
const MIB = 1024 * 1024;
const CONTENT = "known to the probe ";

export function testMachines(trial: () => ExportTrial): void {
  async function request(more: Partial<TestMachineRequest> = {}): Promise<TestMachineRequest> {
    const { directory, canonicalPath } = await trial().place();
    const name = `probe ${randomUUID()}`;
    return { directory, canonicalPath, name, mark: randomUUID(), diskFile: "disk.vhdx", diskBytes: 64 * MIB, content: CONTENT, ...more };
  }
  const named = async (name: string) => value((await trial().host.findVirtualMachines([name]))[0]);

  it("are made with one disk, in which the known bytes are, and go when GUID, name and notes are theirs", async () => {
    const { host, files } = trial();
    const asked = await request();
    const { virtualMachineId, calls } = value((await host.createTestMachines([asked]))[0]);
    expect(calls.map(({ method }) => method)).toEqual(
      expect.arrayContaining(["DefineSystem", "CreateVirtualHardDisk", "AddResourceSettings"]),
    );
    expect(calls.every(({ returnCode }) => returnCode === 0 || returnCode === 4096)).toBe(true);
    const [machine, ...more] = await named(asked.name);
    const disk = trial().at(asked.directory, asked.diskFile);
    expect([machine?.id, more, machine?.disks.map(({ path }) => path)]).toEqual([virtualMachineId, [], [disk]]);
    const bytes = Buffer.from(await files.read(disk));
    expect(bytes.length).toBeGreaterThanOrEqual(asked.diskBytes);
    const begin = bytes.indexOf(CONTENT);
    const known = Buffer.alloc(MIB, CONTENT);
    expect(bytes.subarray(begin, begin + MIB).equals(known)).toBe(true);
    expect(bytes.indexOf(CONTENT, begin + MIB)).toBe(-1);
    const key = { virtualMachineId, name: asked.name, mark: asked.mark };
    for (const other of [
      { ...key, name: asked.name.toUpperCase() },
      { ...key, mark: randomUUID() },
    ]) {
      expect(value((await host.removeTestMachines([other]))[0])).toEqual({ kind: "foreign", calls: [] });
    }
    expect(await named(asked.name)).toHaveLength(1);
    expect(value((await host.removeTestMachines([key]))[0])).toMatchObject({ kind: "removed", calls: [{ method: "DestroySystem" }] });
    expect(await named(asked.name)).toEqual([]);
    expect(await files.size(disk)).toBe(bytes.length);
    const absent = await host.removeTestMachines([key, { ...key, virtualMachineId: NO_MACHINE }]);
    expect(absent.map(value)).toEqual([
      { kind: "absent", calls: [] },
      { kind: "absent", calls: [] },
    ]);
  });

  it("go with their points", async () => {
    const asked = await request();
    const { virtualMachineId } = value((await trial().host.createTestMachines([asked]))[0]);
    await trial().pointWorkOver((await trial().host.createReferencePoints([{ virtualMachineId, consistency: "crash" }]))[0]);
    expect(value((await trial().host.listReferencePoints([virtualMachineId]))[0])).toHaveLength(1);
    value((await trial().host.removeTestMachines([{ virtualMachineId, name: asked.name, mark: asked.mark }]))[0]);
    expect(kind((await trial().host.listReferencePoints([virtualMachineId]))[0])).toBe("notFound");
  });

  it("are not made beside a machine of that name, a file of that name, or in a folder that has moved", async () => {
    const { host, files, stage } = trial();
    const taken = await request({ name: stage.machine });
    const occupied = await request();
    await files.write(trial().at(occupied.directory, occupied.diskFile), "somebody's");
    const moved = await request({ canonicalPath: trial().at(occupied.directory, "elsewhere") });
    const machines = await named(stage.machine);
    const answers = [await host.createTestMachines([taken]), await host.createTestMachines([occupied, moved])].flat();
    expect(answers.map(kind)).toEqual(["invalidParameter", "invalidParameter", "movedDirectory"]);
    expect(await named(stage.machine)).toEqual(machines);
    expect([await named(occupied.name), await named(moved.name)]).toEqual([[], []]);
    expect(await files.list(taken.directory)).toEqual([]);
    expect(Buffer.from(await files.read(trial().at(occupied.directory, occupied.diskFile))).toString()).toBe("somebody's");
  });

  it("are neither made nor removed once a condition does not hold", async () => {
    const { host, files } = trial();
    const asked = await request();
    const record = { directory: asked.directory, path: "record" };
    const unlike = { ...record, sha256: sha256Of("mine") };
    expect(kind((await host.createTestMachines([{ ...asked, onlyIf: unlike }]))[0])).toBe("preconditionFailed");
    expect(await named(asked.name)).toEqual([]);
    await files.write(trial().at(asked.directory, "record"), "mine");
    const { virtualMachineId } = value((await host.createTestMachines([{ ...asked, onlyIf: unlike }]))[0]);
    const key = { virtualMachineId, name: asked.name, mark: asked.mark };
    const gone = { ...record, sha256: undefined };
    expect(kind((await host.removeTestMachines([{ ...key, onlyIf: gone }]))[0])).toBe("preconditionFailed");
    expect(await named(asked.name)).toHaveLength(1);
    expect(value((await host.removeTestMachines([{ ...key, onlyIf: unlike }]))[0]).kind).toBe("removed");
  });

  it("do not stand in for others: no machine goes by a name and notes that are not its own", async () => {
    const { id, name } = await trial().machine();
    for (const mark of ["", randomUUID()]) {
      expect(value((await trial().host.removeTestMachines([{ virtualMachineId: id, name, mark }]))[0]).kind).toBe("foreign");
    }
    expect((await trial().machine()).id).toBe(id);
  });

  it("have all told that their points say, and nothing of what is not there", async () => {
    const { host } = trial();
    const { id } = await trial().machine();
    const [point] = await trial().points();
    const [told, none, foreign, job, system] = await host.readInstances([
      { kind: "point", virtualMachineId: id, referencePointId: point },
      { kind: "point", virtualMachineId: id, referencePointId: `Microsoft:${NO_MACHINE}` },
      { kind: "point", virtualMachineId: NO_MACHINE, referencePointId: point },
      { kind: "job", path: "no path of a job" },
      { kind: "system" },
    ]);
    expect(value(told)).toMatchObject({
      className: "Msvm_VirtualSystemReferencePoint",
      properties: {
        InstanceID: point,
        VirtualSystemIdentifier: id,
        ResilientChangeTrackingIdentifiers: [expect.any(String), expect.any(String)],
      },
    });
    expect([none, foreign, job].map(value)).toEqual([undefined, undefined, undefined]);
    expect(value(system)).toMatchObject({ className: "Win32_OperatingSystem", properties: { Version: expect.stringMatching(/\d/) } });
    expect(await host.readInstances([])).toEqual([]);
    expect(await host.createTestMachines([])).toEqual([]);
    expect(await host.removeTestMachines([])).toEqual([]);
  });
}
