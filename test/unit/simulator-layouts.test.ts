import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import type { LabConfiguration } from "../../provider/host/simulator/index";
import { type Bench, errorOf, exportWhole, filesBelow, look, openBench, pause, requestFor, start, watch } from "./simulator-lab";

const hypervExtensions = ["vmcx", "vmrs", "vmgs", "vhd", "vhdx", "vhds", "avhd", "avhdx", "hrl"];
const hypervFolders = /virtual machines|virtual hard disks|snapshots/i;

/** A machine with checkpoints, with disks of every kind, two of which have the same file name. */
const disks = [
  { name: "data.vhdx", folder: "c/fast", bytes: 30_000 },
  { name: "data.vhdx", folder: "d/slow", bytes: 40_000 },
  { name: "data.vhd", bytes: 20_000 },
  { name: "old_5D2B6F0A-1111-4222-8333-444455556666.avhdx", bytes: 50_000 },
  { name: "shared.vhds", bytes: 10_000 },
];

const layouts: [string, LabConfiguration][] = [
  ["hyperv", {}],
  ["hyperv, jobs that name nothing", { jobNames: "nothing" }],
  ["opaque", { exportNames: "opaque" }],
  ["opaque, jobs that name nothing", { exportNames: "opaque", jobNames: "nothing" }],
  ["opaque, synchronous", { exportNames: "opaque", synchronousExports: true }],
];

async function openMachine(
  configuration: LabConfiguration,
): Promise<Bench & { readonly machine: string; readonly diskIds: readonly string[] }> {
  const bench = await openBench({ machines: "none" });
  await bench.lab.configure(configuration);
  const machine = await bench.lab.addVirtualMachine({ name: "VM", disks });
  const diskIds = machine.disks.map((disk) => disk.instanceId);
  for (const seed of [1, 2]) {
    for (const disk of diskIds) await bench.lab.writeToDisk({ virtualMachine: "VM", disk, offset: 100 * seed, bytes: 5000, seed });
    await bench.lab.addReferencePoint({ virtualMachine: "VM", kind: "rct" });
  }
  return { ...bench, machine: machine.id, diskIds };
}

async function exportOf(bench: Bench, which: number, base?: number): Promise<string> {
  const directory = bench.directory();
  const [answer] = await bench.host.exportReferencePoints([await requestFor(bench.lab, "VM", directory, which, base)]);
  if (!answer?.ok) throw answer?.error;
  if (answer.value.kind === "job") expect((await watch(bench.host, answer.value.path))?.jobState).toBe(7);
  return directory;
}

function extensions(directory: string): string[] {
  return filesBelow(directory).map((file) => path.extname(file).slice(1));
}

describe.each(layouts)("an export whose names are %s", (_, configuration) => {
  it("restores every disk byte for byte, full and differential", async () => {
    const bench = await openMachine(configuration);
    const exports = [await exportOf(bench, 0), await exportOf(bench, 1, 0)];
    const points = (await bench.lab.describe()).virtualMachines[0]?.referencePoints ?? [];
    for (const length of [1, 2]) {
      const into = path.join(bench.root, `restored-${length}`);
      const restored = await bench.lab.restore({ exports: exports.slice(0, length), into });
      expect(restored.disks.map((disk) => disk.instanceId)).toEqual(bench.diskIds);
      for (const disk of restored.disks) {
        const wanted = { virtualMachine: "VM", disk: disk.instanceId, referencePoint: points[length - 1]?.id ?? "" };
        expect(disk.sha256).toBe(await bench.lab.diskSha256(wanted));
        expect(fs.readFileSync(disk.path).equals(await bench.lab.readDisk(wanted))).toBe(true);
      }
    }
  });

  it("is found to lack, or to have altered, any one of its files", async () => {
    const bench = await openMachine(configuration);
    const exports = [await exportOf(bench, 0)];
    const into = path.join(bench.root, "restored");
    const files = filesBelow(exports[0] ?? "");
    expect(files).toHaveLength(disks.length + 3);
    for (const name of files) {
      const file = path.join(exports[0] ?? "", name);
      const content = fs.readFileSync(file);
      fs.rmSync(file);
      await expect(bench.lab.restore({ exports, into }), name).rejects.toMatchObject({ kind: "notFound" });
      const altered = Buffer.from(content);
      altered[altered.length >> 1] = (altered[altered.length >> 1] ?? 0) ^ 1;
      fs.writeFileSync(file, altered);
      await expect(bench.lab.restore({ exports, into }), name).rejects.toThrow(/was altered|is damaged|is missing|bytes/);
      fs.writeFileSync(file, content);
    }
    await bench.lab.restore({ exports, into });
  });
});

describe("names that tell nothing", () => {
  it("lie in the directory itself and in nested folders, none of them Hyper-V's", async () => {
    const bench = await openMachine({ exportNames: "opaque" });
    const files = filesBelow(await exportOf(bench, 0));
    const depths = new Set(files.map((file) => file.split("/").length));
    expect(depths.has(1)).toBe(true);
    expect(Math.max(...depths)).toBeGreaterThan(2);
    for (const file of files) {
      expect(file).not.toMatch(hypervFolders);
      for (const word of ["data", "old", "shared", "VM", bench.machine]) expect(file).not.toContain(word);
    }
  });

  it("are shared by no two exports", async () => {
    const bench = await openMachine({ exportNames: "opaque" });
    const [first, second] = [filesBelow(await exportOf(bench, 0)), filesBelow(await exportOf(bench, 0))];
    expect(first.filter((file) => second.includes(file))).toEqual([]);
  });

  it("of a job that names them have extensions that Hyper-V does not write, the configuration's and a disk's among them", async () => {
    const bench = await openMachine({ exportNames: "opaque" });
    const directory = bench.directory();
    const job = await exportWhole(bench.host, await requestFor(bench.lab, "VM", directory, 0));
    const named = (job?.exportedFiles ?? []).map((file) => path.relative(directory, file.path));
    expect([...named].sort()).toEqual(filesBelow(directory));
    const strange = (job?.exportedFiles ?? []).filter((file) => !hypervExtensions.includes(path.extname(file.path).slice(1)));
    expect(strange.map((file) => file.namedBy).sort()).toEqual(["configuration", "log"]);
  });

  it.each([{ jobNames: "nothing" }, { synchronousExports: true }] as LabConfiguration[])(
    "have extensions that Hyper-V writes where no job names them: %j",
    async (configuration) => {
      const bench = await openMachine({ exportNames: "opaque", ...configuration });
      for (const directory of [await exportOf(bench, 0), await exportOf(bench, 1, 0)]) {
        expect(extensions(directory).filter((extension) => !hypervExtensions.includes(extension))).toEqual([]);
        expect(extensions(directory)).toEqual(expect.arrayContaining(["vmcx", "vmrs", "vmgs"]));
      }
    },
  );

  it("stay the same when the lab is told otherwise while the job runs", async () => {
    const bench = await openMachine({ exportNames: "opaque", bytesPerSecond: 20_000 });
    const directory = bench.directory();
    const job = await start(bench.host, await requestFor(bench.lab, "VM", directory, 0));
    while (filesBelow(directory).length < 1) {
      await look(bench.host, job);
      await pause(10);
    }
    const begun = filesBelow(directory);
    await bench.lab.configure({ exportNames: "hyperv", jobNames: "nothing", bytesPerSecond: "unlimited" });
    const end = await watch(bench.host, job);
    expect(end?.jobState).toBe(7);
    expect(filesBelow(directory)).toEqual(expect.arrayContaining(begun));
    expect(filesBelow(directory).some((file) => hypervFolders.test(file))).toBe(false);
    expect(end?.exportedFiles).toHaveLength(disks.length + 3);
  });
});

describe("Hyper-V's names", () => {
  it("keep two disks with one file name apart", async () => {
    const bench = await openMachine({});
    const files = filesBelow(await exportOf(bench, 1, 0)).filter((file) => file.startsWith("Virtual Hard Disks"));
    expect(new Set(files.map((file) => file.toLowerCase())).size).toBe(disks.length);
    expect(files).toContain("Virtual Hard Disks/data.avhdx");
  });

  it("keep the extension of the disk in a full export", async () => {
    const bench = await openMachine({});
    const found = new Set(extensions(await exportOf(bench, 0)));
    expect(found).toEqual(new Set(["vhdx", "vhd", "avhdx", "vhds", "vmcx", "vmrs", "vmgs"]));
  });
});

describe("a job that names nothing", () => {
  it("lists neither files nor disks, running or ended", async () => {
    const bench = await openMachine({ jobNames: "nothing", bytesPerSecond: 100_000 });
    const job = await start(bench.host, await requestFor(bench.lab, "VM", bench.directory(), 0));
    for (;;) {
      const found = await look(bench.host, job);
      expect(found?.exportedFiles).toEqual([]);
      expect(found).not.toHaveProperty("exportedDisks");
      if (found?.jobState === 7) break;
      await pause(20);
    }
  });
});

describe("a disk", () => {
  it("that was taken from the machine is left out of the exports of its points, and not listed", async () => {
    const bench = await openMachine({});
    const [gone, ...left] = bench.diskIds;
    await bench.lab.removeDisk({ virtualMachine: "VM", disk: gone ?? "" });
    const described = (await bench.lab.describe()).virtualMachines[0];
    expect(described?.disks.map((disk) => disk.instanceId)).toEqual(left);
    expect(described?.referencePoints[0]?.diskIds).toEqual(bench.diskIds);
    const job = await exportWhole(bench.host, await requestFor(bench.lab, "VM", bench.directory(), 0));
    expect(job).toMatchObject({ jobState: 7, exportedDisks: left });
    const asked = { ...(await requestFor(bench.lab, "VM", bench.directory(), 0)), disksToExport: [gone ?? ""] };
    expect(errorOf((await bench.host.exportReferencePoints([asked]))[0])).toMatchObject({ kind: "invalidParameter" });
  });

  it("that is taken from the machine while a job exports it is exported to the end", async () => {
    const bench = await openMachine({ bytesPerSecond: 20_000 });
    const directory = bench.directory();
    const request = await requestFor(bench.lab, "VM", directory, 0);
    const job = await start(bench.host, request);
    await bench.lab.removeDisk({ virtualMachine: "VM", disk: "shared.vhds" });
    await bench.lab.configure({ bytesPerSecond: "unlimited" });
    expect(await watch(bench.host, job)).toMatchObject({ jobState: 7, exportedDisks: bench.diskIds });
    const restored = await bench.lab.restore({ exports: [directory], into: path.join(bench.root, "restored") });
    const wanted = await bench.lab.diskSha256({ virtualMachine: "VM", disk: "shared.vhds", referencePoint: request.referencePointId });
    expect(restored.disks.find((disk) => disk.name === "shared.vhds")?.sha256).toBe(wanted);
  });

  it("is the same in any letter case: of the point, the request and the machine", async () => {
    const bench = await openMachine({});
    const lower = bench.diskIds.map((id) => id.toLowerCase());
    const added = await bench.lab.addReferencePoint({ virtualMachine: "VM", kind: "rct", diskIds: lower });
    expect(added.diskIds).toEqual(lower);
    expect(lower).not.toEqual(bench.diskIds);
    const exports = [await exportOf(bench, 0), await exportOf(bench, 2, 0)];
    const restored = await bench.lab.restore({ exports, into: path.join(bench.root, "restored") });
    for (const { instanceId, sha256 } of restored.disks)
      expect(sha256).toBe(await bench.lab.diskSha256({ virtualMachine: "VM", disk: instanceId, referencePoint: added.id }));
    const one = { ...(await requestFor(bench.lab, "VM", bench.directory(), 2)), disksToExport: [bench.diskIds[1] ?? ""] };
    expect((await exportWhole(bench.host, one))?.exportedDisks).toEqual([lower[1]]);
  });

  it("that the base does not cover makes a chain that no restore takes", async () => {
    const bench = await openMachine({});
    const [first] = bench.diskIds;
    const { id } = await bench.lab.addReferencePoint({ virtualMachine: "VM", kind: "rct", diskIds: [first ?? ""] });
    await bench.lab.addReferencePoint({ virtualMachine: "VM", kind: "rct" });
    const exports = [await exportOf(bench, 2), await exportOf(bench, 3, 2)];
    await expect(bench.lab.restore({ exports, into: path.join(bench.root, "restored") })).rejects.toThrow(
      /of which there is no full export/,
    );
    expect((await bench.lab.describe()).virtualMachines[0]?.referencePoints.find((point) => point.id === id)?.diskIds).toEqual([first]);
  });

  it("of a point must be one of the machine's, once", async () => {
    const bench = await openMachine({});
    const [first = ""] = bench.diskIds;
    for (const diskIds of [["no such disk"], [first, first.toLowerCase()]])
      await expect(bench.lab.addReferencePoint({ virtualMachine: "VM", kind: "rct", diskIds })).rejects.toMatchObject({
        kind: "invalidParameter",
      });
  });

  it("is named by its instance id where two have one name", async () => {
    const bench = await openMachine({});
    const where = { virtualMachine: "VM", disk: "data.vhdx" };
    await expect(bench.lab.removeDisk(where)).rejects.toThrow(/several disks named data.vhdx.*instance id/);
    await expect(bench.lab.removeDisk({ ...where, disk: "none" })).rejects.toMatchObject({ kind: "notFound" });
    await expect(bench.lab.addDisk({ virtualMachine: "VM", disk: { name: "data.vhdx", folder: "data", bytes: 5 } })).resolves.toBeDefined();
    await expect(bench.lab.addDisk({ virtualMachine: "VM", disk: { name: "Data.vhdx", folder: "data", bytes: 5 } })).rejects.toThrow(
      /another folder/,
    );
    const twice = { name: "OTHER", disks: [disks[0], disks[0]].map((disk) => ({ name: "d.vhdx", ...disk })) };
    await expect(bench.lab.addVirtualMachine(twice)).rejects.toThrow(/another folder/);
    for (const folder of ["../up", "/etc", "a//b", ""])
      await expect(bench.lab.addVirtualMachine({ name: "OTHER", disks: [{ name: "d.vhdx", folder, bytes: 5 }] })).rejects.toMatchObject({
        kind: "invalidParameter",
      });
  });
});

describe("settings", () => {
  it("say synchronous in either way", async () => {
    const bench = await openBench();
    expect((await bench.lab.describe()).settings).toMatchObject({ synchronousExports: false, exportNames: "hyperv", jobNames: "files" });
    await bench.lab.configure({ synchronousExports: true, exportNames: "opaque", jobNames: "nothing" });
    expect((await bench.lab.describe()).settings).toMatchObject({
      synchronousExports: true,
      completion: "synchronous",
      exportNames: "opaque",
      jobNames: "nothing",
    });
    await bench.lab.configure({ completion: "job" });
    expect((await bench.lab.describe()).settings.synchronousExports).toBe(false);
  });
});
