import { describe, expect, it } from "vitest";
import { claimFormat } from "../../provider/domain/records/claim";
import { ownerOfUrn } from "../../provider/domain/records/owner";
import { recordText } from "../../provider/domain/records/record-file";
import { CLAIM_FILE } from "../../provider/domain/records/record-names";
import { declaredInputs } from "../../provider/domain/reference-point-export/declared-inputs";
import type { ExportState } from "../../provider/domain/reference-point-export/outputs";
import type { ExportInputs, ExportPropertyName } from "../../provider/domain/reference-point-export/properties";
import { type DirectoryReport, type DirectoryRequest, HostError, type VirtualMachine } from "../../provider/host/port";
import { declaredAnew } from "../../provider/lifecycle/operations/declared-anew";
import { BatchedHost } from "../../provider/lifecycle/session/batched-host";
import { Operation } from "../../provider/lifecycle/session/operation";
import { hastyClock } from "../support/hasty-clock";

const [VM, OTHER] = ["5A010000-0000-4000-8000-00000000000A", "5A010000-0000-4000-8000-00000000000B"] as const;
const [BEFORE, NOW] = ["E:\\Exports\\sql01", "F:\\Exports\\sql01"] as const;
const disks = [
  { instanceId: "Microsoft:1", path: "D:\\VMs\\data.vhdx", bytes: 5 },
  { instanceId: "Microsoft:2", path: "D:\\VMs\\system.vhdx", bytes: 5 },
];
const target = {
  virtualMachineId: VM,
  virtualMachineName: "SQL01",
  referencePointId: "Microsoft:5A010000-0000-4000-8000-000000000001",
  consistency: "crash" as const,
};
const inputs = declaredInputs({
  host: { kind: "local" },
  virtualMachine: "SQL01",
  exportDirectory: BEFORE,
  disksToExport: ["data.vhdx"],
  createUrn: "urn:pulumi:dev::ops::t::x",
});
const olds: ExportState = { ...inputs, ...target, exportId: "id", status: "intact", problems: [], warnings: [] };

const directory = (exportId: string, canonicalPath: string = BEFORE): DirectoryReport => {
  const claim = {
    format: claimFormat,
    version: 1,
    exportId,
    owner: ownerOfUrn(olds.createUrn),
    canonicalPath,
    claimedAt: "2026-11-24T00:00:00Z",
    finished: {
      target: { ...target, disksToExport: ["Microsoft:1"], disks: disks.slice(0, 1) },
      manifestSha256: "a",
      files: [],
      emptyFolders: [],
    },
  };
  return { kind: "directory", canonicalPath, entries: [], texts: { [CLAIM_FILE]: recordText(claim) }, freeBytes: undefined };
};

interface Played {
  readonly machines?: Readonly<Record<string, readonly VirtualMachine[]>>;
  readonly directories?: Readonly<Record<string, DirectoryReport>>;
  readonly unreachable?: boolean;
}

async function anewOf(news: Partial<ExportInputs>, { machines = {}, directories = {}, unreachable = false }: Played) {
  const warnings: string[] = [];
  const answer = async <T, I>(items: readonly I[], of: (item: I) => T) => {
    if (unreachable) throw new HostError("unreachable", "The host does not answer.");
    return items.map((item) => ({ ok: true, value: of(item) }));
  };
  const host = {
    pathStyle: "windows",
    findVirtualMachines: (queries: readonly string[]) => answer(queries, (query) => machines[query] ?? []),
    readDirectories: (requests: readonly DirectoryRequest[]) =>
      answer(requests, ({ directory: asked }) => directories[asked] ?? { kind: "parentMissing" }),
  };
  const surroundings = {
    host: new BatchedHost(host as never, 0),
    hostName: "hv01",
    clock: hastyClock,
    progress: () => {},
    warn: (text: string) => warnings.push(text),
    newExportId: () => "x",
  };
  const operation = () => new Operation(surroundings, 10_000, "timeouts.create");
  const anew = await declaredAnew(Object.keys(news) as ExportPropertyName[], operation, operation, olds, { ...inputs, ...news });
  return { anew, warnings };
}

const machine = (id: string, name: string, of = disks): VirtualMachine => ({ id, name, disks: of });

describe("what a host says of other names, on Windows", () => {
  it.each<[string, readonly VirtualMachine[], object]>([
    ["the same machine", [machine(VM.toLowerCase(), "DB01")], { virtualMachine: "nothing" }],
    ["another machine", [machine(OTHER, "DB01")], {}],
    ["none", [], {}],
    ["two, one of which is it", [machine(VM, "DB01"), machine(OTHER, "DB01")], {}],
  ])("a name: %s", async (_, found, anew) => {
    expect((await anewOf({ virtualMachine: "DB01" }, { machines: { DB01: found } })).anew).toEqual(anew);
  });

  const moved = [{ instanceId: "Microsoft:1", path: "G:\\Fast\\data.vhdx", bytes: 5 }, ...disks.slice(1)];
  const doubled = [...disks.slice(1), { instanceId: "Microsoft:3", path: "G:\\Fast\\data.vhdx", bytes: 5 }];
  it.each<[string, readonly string[], typeof disks, boolean]>([
    ["its path when it was exported", ["d:/vms/DATA.vhdx"], disks, true],
    ["its path now", ["G:\\Fast\\data.vhdx"], moved, true],
    ["its instance id", ["microsoft:1"], disks, true],
    ["another disk", ["system.vhdx"], disks, false],
    ["one more", ["data.vhdx", "system.vhdx"], disks, false],
    ["no disk at all", ["gone.vhdx"], disks, false],
    ["what two disks are called by now", ["DATA.VHDX"], doubled, false],
    ["where another disk lies now", ["G:\\Fast\\data.vhdx"], doubled, false],
  ])("disks: %s", async (_, disksToExport, there, isSame) => {
    const played = { machines: { [VM]: [machine(VM, "SQL01", there)] }, directories: { [BEFORE]: directory("id") } };
    expect((await anewOf({ disksToExport }, played)).anew).toEqual(isSame ? { disksToExport: "nothing" } : {});
  });

  it.each<[string, DirectoryReport, DirectoryReport, boolean]>([
    ["the volume has got another letter", { kind: "volumeMissing" }, directory("id"), true],
    ["another volume has the old letter", { kind: "parentMissing" }, directory("id"), true],
    ["the directory was moved", { kind: "absent" }, directory("id"), true],
    ["a run before has settled it", { kind: "absent" }, directory("id", NOW), true],
    ["the directory is there still", directory("id"), directory("id"), false],
    ["a file stands in its place", { kind: "notDirectory" }, directory("id"), false],
    ["another export is there", { kind: "absent" }, directory("other"), false],
    ["nothing is there", { kind: "absent" }, { kind: "absent" }, false],
  ])("a directory: %s", async (_, before, now, isUpdate) => {
    const { anew } = await anewOf({ exportDirectory: NOW }, { directories: { [BEFORE]: before, [NOW]: now } });
    expect(anew).toEqual(isUpdate ? { exportDirectory: "update" } : {});
  });

  it("a directory, beside another reason to replace the export: that waits until the move is settled", async () => {
    const played = { directories: { [BEFORE]: { kind: "absent" }, [NOW]: directory("id") } } as const;
    await expect(anewOf({ exportDirectory: NOW, triggers: [1] }, played)).rejects.toMatchObject({ code: "directory-moved" });
    const another = { directories: { [BEFORE]: { kind: "absent" }, [NOW]: directory("other") } } as const;
    expect((await anewOf({ exportDirectory: NOW, triggers: [1] }, another)).anew).toEqual({});
    expect((await anewOf({ exportDirectory: NOW, triggers: [1] }, { unreachable: true })).anew).toEqual({});
  });

  it("nothing, where it does not answer: taken for the same, and looked at again by the update", async () => {
    const { anew, warnings } = await anewOf({ virtualMachine: "DB01", exportDirectory: NOW }, { unreachable: true });
    expect(anew).toEqual({ virtualMachine: "update", exportDirectory: "update" });
    expect(warnings.map((text) => text.split("\n").at(-1))).toEqual([
      "Until the host answers, virtualMachine is taken to mean the same.",
      "Until the host answers, exportDirectory is taken to mean the same.",
    ]);
  });
});
