import { expect, it } from "vitest";
import { kind, value } from "./answers";
import type { ExportTrial } from "./export-trial";

export function machines(trial: () => ExportTrial): void {
  it("tells what it is, and that nothing is wrong with what the account may use", async () => {
    const { faults, managementService, computerName, account } = await trial().host.inspect();
    expect([faults, managementService]).toEqual([[], "running"]);
    expect([computerName, account].map((text) => text.trim() !== "")).toEqual([true, true]);
  });

  it("answers one answer an item, in order, and none for nothing", async () => {
    const { host, stage } = trial();
    const answers = await host.findVirtualMachines([stage.machine, "no such machine", stage.sharedName]);
    expect(answers.map((answer) => value(answer).length)).toEqual([1, 0, 2]);
    expect(await host.findVirtualMachines([])).toEqual([]);
    expect(await host.poll({ jobs: [], tasks: [] })).toEqual({ jobs: [], pointJobs: [], checkpointJobs: [], tasks: [] });
  });

  it("lists every machine by id and name, and the host itself is none", async () => {
    const { host, stage } = trial();
    const listed = value(await host.listVirtualMachines());
    const found = (await host.findVirtualMachines([stage.machine, stage.sharedName])).flatMap(value);
    expect(found).toHaveLength(3);
    for (const machine of found) expect(listed).toContainEqual({ id: machine.id, name: machine.name });
    expect(new Set(listed.map(({ id }) => id)).size).toBe(listed.length);
    for (const { id } of listed) expect(id).toMatch(/^[0-9A-F-]{36}$/);
  });

  it("finds machines by name in any case and by GUID", async () => {
    const { host, stage } = trial();
    const [byName] = await host.findVirtualMachines([stage.machine.toLowerCase()]);
    const [machine] = value(byName);
    const [byId] = await host.findVirtualMachines([machine?.id.toLowerCase() ?? ""]);
    expect(value(byId)).toEqual([machine]);
    expect(machine?.id).toMatch(/^[0-9A-F-]{36}$/);
  });

  it("tells of each disk how much is in use, where it can, and never more than there is", async () => {
    const { disks } = await trial().machine();
    for (const { bytes, allocatedBytes = 0 } of disks) {
      expect(allocatedBytes).toBeGreaterThan(0);
      expect(allocatedBytes).toBeLessThanOrEqual(bytes);
    }
  });

  it("tells of no disk how much is in use that lies in more files than one", async () => {
    const { host, stage } = trial();
    const [answer] = await host.findVirtualMachines([stage.chainedMachine]);
    const disks = value(answer).flatMap((machine) => machine.disks);
    const told = disks.flatMap(({ path, allocatedBytes }) => (allocatedBytes === undefined ? [] : [/[^\\/]+$/.exec(path)?.[0]]));
    expect([disks.length, told]).toEqual([4, ["plain.vhdx", "old.vhd"]]);
  });

  it("lists points with their disks, and one unknown machine does not fail another", async () => {
    const { host } = trial();
    const machine = await trial().machine();
    const [none, some] = await host.listReferencePoints(["00000000-0000-0000-0000-000000000000", machine.id]);
    expect(kind(none)).toBe("notFound");
    const points = value(some);
    expect(points.length).toBeGreaterThan(1);
    for (const point of points) {
      expect(point.id).toMatch(/^Microsoft:[0-9A-F-]{36}$/);
      expect(point.virtualMachineId).toBe(machine.id);
      // Hyper-V does not regard the case of these ids.
      expect(lowerCase(point.diskIds)).toEqual(lowerCase(machine.disks.map((disk) => disk.instanceId)));
    }
    // The stage's points are listed oldest first; a host that tells no order tells it of none.
    const orders = points.map(({ order }) => order);
    expect(
      orders.every((order) => order === undefined) || orders.every((order, at) => at === 0 || Number(orders[at - 1]) < Number(order)),
    ).toBe(true);
  });
}

function lowerCase(ids: readonly string[]): string[] {
  return ids.map((id) => id.toLowerCase()).sort();
}
