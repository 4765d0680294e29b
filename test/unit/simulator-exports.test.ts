import * as fs from "node:fs";
import * as path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Bench, errorOf, exportWhole, filesBelow, look, openBench, pause, requestFor, start, watch } from "./simulator-lab";

async function expectRestored(bench: Bench, machine: string, directories: readonly string[], which: number): Promise<void> {
  const point = (await bench.lab.describe()).virtualMachines.find((one) => one.name === machine)?.referencePoints.at(which);
  const { disks } = await bench.lab.restore({ exports: directories, into: path.join(bench.root, "restored") });
  expect(disks.length).toBeGreaterThan(0);
  for (const disk of disks) {
    const wanted = await bench.lab.diskSha256({ virtualMachine: machine, disk: disk.name, referencePoint: point?.id ?? "" });
    expect([disk.name, disk.sha256]).toEqual([disk.name, wanted]);
    expect(fs.statSync(disk.path).size).toBe(disk.bytes);
  }
}

async function chainOf(bench: Bench, machine: string, count: number): Promise<string[]> {
  const directories: string[] = [];
  for (let index = 0; index < count; index++) {
    const directory = bench.directory();
    const job = await exportWhole(bench.host, await requestFor(bench.lab, machine, directory, index, index === 0 ? undefined : index - 1));
    expect(job?.jobState).toBe(7);
    directories.push(directory);
  }
  return directories;
}

describe("exports", () => {
  it("are full without a base and differential with one, and restore byte for byte", async () => {
    const bench = await openBench();
    const chain = await chainOf(bench, "SQL01", 3);
    expect(filesBelow(chain[0] ?? "")).toContain("Virtual Hard Disks/SQL01-data.vhdx");
    expect(filesBelow(chain[1] ?? "")).toContain("Virtual Hard Disks/SQL01-data.avhdx");
    for (const length of [1, 2, 3]) await expectRestored(bench, "SQL01", chain.slice(0, length), length - 1);
  });

  it("of log-based points hold the replica log", async () => {
    const bench = await openBench();
    const chain = await chainOf(bench, "DC01", 2);
    expect(filesBelow(chain[1] ?? "")).toContain("Virtual Hard Disks/DC01.hrl");
    await expectRestored(bench, "DC01", chain, 1);
  });

  it("of a real file have its bytes, and zeros behind", async () => {
    const bench = await openBench({ machines: "none" });
    const source = path.join(bench.root, "source.bin");
    const content = Buffer.from("a real file ".repeat(50_000));
    fs.writeFileSync(source, content);
    await bench.lab.addVirtualMachine({
      name: "REAL",
      disks: [
        { name: "real", source, bytes: content.length + 5000 },
        { name: "plain.vhdx", source },
      ],
    });
    await bench.lab.addReferencePoint({ virtualMachine: "REAL", kind: "rct" });
    fs.rmSync(source);
    const directory = bench.directory();
    await exportWhole(bench.host, await requestFor(bench.lab, "REAL", directory));
    const exported = (name: string) => fs.readFileSync(path.join(directory, "Virtual Hard Disks", name));
    // toEqual compares bytes one by one, which takes twenty seconds.
    expect(exported("real.vhdx").equals(Buffer.concat([content, Buffer.alloc(5000)]))).toBe(true);
    expect(exported("plain.vhdx").equals(content)).toBe(true);
    await expectRestored(bench, "REAL", [directory], 0);
  });

  it("of a thin disk take what is in use on the volume, and the host tells how much that is", async () => {
    const bench = await openBench({ machines: "none" });
    const source = path.join(bench.root, "source.bin");
    const [MiB, KiB] = [1024 * 1024, 1024];
    fs.writeFileSync(source, Buffer.alloc(MiB, "content"));
    const disks = [
      { name: "thin.vhdx", source, bytes: 64 * MiB },
      { name: "thick.vhdx", bytes: MiB },
    ];
    await bench.lab.addVirtualMachine({ name: "THIN", disks });
    const write = { virtualMachine: "THIN", disk: "thin.vhdx", bytes: 64 * KiB, seed: 1 };
    // Twice the same place, once across the end of the source.
    for (const offset of [10 * MiB, 10 * MiB, MiB - 32 * KiB]) await bench.lab.writeToDisk({ ...write, offset });
    await bench.lab.addReferencePoint({ virtualMachine: "THIN", kind: "rct" });
    const [machine] = await bench.host.findVirtualMachines(["THIN"]);
    expect(machine?.ok && machine.value[0]?.disks.map(({ bytes, allocatedBytes }) => [bytes, allocatedBytes])).toEqual([
      [64 * MiB, MiB + 96 * KiB],
      [MiB, MiB],
    ]);
    const directory = bench.directory();
    await exportWhole(bench.host, await requestFor(bench.lab, "THIN", directory));
    const { size, blocks } = fs.statSync(path.join(directory, "Virtual Hard Disks", "thin.vhdx"));
    expect(size).toBe(64 * MiB);
    // Windows keeps no holes without being asked to.
    if (process.platform !== "win32") expect(blocks * 512).toBeLessThan(8 * MiB);
    await expectRestored(bench, "THIN", [directory], 0);
  });

  it("restore whatever was written between any points", async () => {
    const size = 40_000;
    const write = fc.record({ offset: fc.nat(size - 1), bytes: fc.integer({ min: 1, max: size }), seed: fc.nat(1000) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(write, { maxLength: 6 }), { minLength: 2, maxLength: 4 }),
        fc.constantFrom("rct", "log"),
        async (rounds, kind) => {
          const bench = await openBench({ machines: "none" });
          await bench.lab.addVirtualMachine({ name: "VM", disks: [{ name: "d", bytes: size }] });
          for (const writes of rounds) {
            for (const one of writes) {
              await bench.lab.writeToDisk({ virtualMachine: "VM", disk: "d", ...one, bytes: Math.min(one.bytes, size - one.offset) });
            }
            await bench.lab.addReferencePoint({ virtualMachine: "VM", kind });
          }
          const chain = await chainOf(bench, "VM", rounds.length);
          await expectRestored(bench, "VM", chain, rounds.length - 1);
        },
      ),
      { numRuns: 25 },
    );
  });

  it("are never written over files that are there", async () => {
    const bench = await openBench();
    const directory = bench.directory();
    await exportWhole(bench.host, await requestFor(bench.lab, "WEB01", directory));
    const [again] = await bench.host.exportReferencePoints([await requestFor(bench.lab, "WEB01", directory)]);
    expect(errorOf(again).message).toContain("in the export directory already");
  });

  it("complete before the method returns, when the lab says so", async () => {
    const bench = await openBench();
    await bench.lab.configure({ synchronousExports: true, bytesPerSecond: 10 });
    const directory = bench.directory();
    const [answer] = await bench.host.exportReferencePoints([await requestFor(bench.lab, "SQL01", directory)]);
    expect(answer).toEqual({ ok: true, value: { kind: "completed" } });
    await expectRestored(bench, "SQL01", [directory], -1);
    expect((await bench.lab.describe()).jobs).toEqual([]);
    await bench.lab.setFaults([{ fault: "jobFails", errorCode: 32778, errorDescription: "No memory." }]);
    const [failed] = await bench.host.exportReferencePoints([await requestFor(bench.lab, "SQL01", bench.directory())]);
    expect(errorOf(failed)).toMatchObject({ kind: "outOfMemory", details: { returnCode: 32778 } });
  });

  it("refuse a base of another type or machine", async () => {
    const bench = await openBench();
    await bench.lab.addReferencePoint({ virtualMachine: "DC01", kind: "rct" });
    const mixed = await requestFor(bench.lab, "DC01", bench.directory(), 2, 1);
    const foreign = {
      ...(await requestFor(bench.lab, "SQL01", bench.directory(), 2)),
      baseReferencePointId: mixed.baseReferencePointId ?? "",
    };
    for (const answer of await bench.host.exportReferencePoints([mixed, foreign])) expect(errorOf(answer).details.returnCode).toBe(32773);
  });

  it("of some disks hold those alone", async () => {
    const bench = await openBench();
    const request = await requestFor(bench.lab, "SQL01", bench.directory());
    const disk = (await bench.lab.describe()).virtualMachines[0]?.disks[1];
    await exportWhole(bench.host, { ...request, disksToExport: [disk?.instanceId ?? ""] });
    expect(filesBelow(request.exportDirectory).filter((file) => file.startsWith("Virtual Hard"))).toEqual([
      "Virtual Hard Disks/SQL01-data.vhdx",
    ]);
  });
});

describe("jobs", () => {
  it("advance by the clock, and their configuration comes last", async () => {
    const bench = await openBench();
    await bench.lab.configure({ bytesPerSecond: 20 * 1024 * 1024, jobStartDelay: "50ms" });
    const directory = bench.directory();
    const job = await start(bench.host, await requestFor(bench.lab, "SQL01", directory));
    expect((await look(bench.host, job))?.jobState).toBe(3);
    const percents: number[] = [];
    for (let found = await look(bench.host, job); found?.jobState !== 7; found = await look(bench.host, job)) {
      percents.push(found?.percentComplete ?? -1);
      expect(filesBelow(directory).some((file) => file.endsWith(".vmcx"))).toBe(false);
      for (const file of found?.exportedFiles ?? []) expect(fs.existsSync(file.path)).toBe(true);
      expect(found?.exportedDisks).toBeUndefined();
      await pause(15);
    }
    expect(percents).toEqual([...percents].sort((left, right) => left - right));
    expect(new Set(percents).size).toBeGreaterThan(4);
  });

  it("follow a change of speed from where they are", async () => {
    const bench = await openBench();
    await bench.lab.configure({ bytesPerSecond: 1000 });
    const job = await start(bench.host, await requestFor(bench.lab, "WEB01", bench.directory()));
    expect((await look(bench.host, job))?.jobState).toBe(4);
    await bench.lab.configure({ bytesPerSecond: "unlimited" });
    expect((await watch(bench.host, job))?.jobState).toBe(7);
  });

  it("are forgotten after their lifetime, and free their machine at once", async () => {
    const bench = await openBench();
    await bench.lab.configure({ finishedJobLifetime: "300ms" });
    const job = await start(bench.host, await requestFor(bench.lab, "WEB01", bench.directory()));
    expect((await watch(bench.host, job))?.jobState).toBe(7);
    await exportWhole(bench.host, await requestFor(bench.lab, "WEB01", bench.directory()));
    await pause(350);
    expect(await look(bench.host, job)).toBeUndefined();
    expect((await bench.lab.describe()).jobs).toEqual([]);
  });

  it("fail when their directory is removed, and do not make it again", async () => {
    const bench = await openBench();
    await bench.lab.configure({ bytesPerSecond: 4 * 1024 * 1024 });
    const directory = bench.directory();
    const job = await start(bench.host, await requestFor(bench.lab, "SQL01", directory));
    await pause(100);
    await look(bench.host, job);
    fs.rmSync(directory, { recursive: true });
    const end = await watch(bench.host, job);
    expect(end?.jobState).toBe(10);
    expect(end?.errorDescription).toContain("removed");
    expect(fs.existsSync(directory)).toBe(false);
    fs.mkdirSync(directory);
    expect(filesBelow(directory)).toEqual([]);
  });

  it("fail when a file of theirs is removed", async () => {
    const bench = await openBench();
    await bench.lab.configure({ bytesPerSecond: 2 * 1024 * 1024 });
    const directory = bench.directory();
    const job = await start(bench.host, await requestFor(bench.lab, "SQL01", directory));
    while (!fs.existsSync(path.join(directory, "Virtual Hard Disks", "SQL01-data.vhdx"))) {
      await look(bench.host, job);
      await pause(20);
    }
    fs.rmSync(path.join(directory, "Virtual Hard Disks", "SQL01-system.vhdx"));
    expect((await watch(bench.host, job))?.jobState).toBe(10);
  });

  it("go on when their point is removed", async () => {
    const bench = await openBench();
    await bench.lab.configure({ bytesPerSecond: 1000 });
    const request = await requestFor(bench.lab, "WEB01", bench.directory());
    const job = await start(bench.host, request);
    await bench.lab.removeReferencePoint(request.referencePointId);
    await bench.lab.configure({ bytesPerSecond: "unlimited" });
    expect((await watch(bench.host, job))?.jobState).toBe(7);
    await expect(bench.lab.removeReferencePoint(request.referencePointId)).rejects.toMatchObject({ kind: "notFound" });
  });
});

describe("restore", () => {
  it.each<[string, (chain: string[]) => string[], RegExp]>([
    ["nothing", () => [], /at least one/],
    ["no full export first", (chain) => chain.slice(1), /must be a full export/],
    ["a gap", (chain) => [chain[0] ?? "", chain[2] ?? ""], /is on top of .*, but the export before it/],
    ["the wrong order", (chain) => [chain[0] ?? "", chain[2] ?? "", chain[1] ?? ""], /is on top of/],
    ["two full ones", (chain) => [chain[0] ?? "", chain[0] ?? ""], /only the first one may be/],
  ])("says that a chain is broken: %s", async (_, pick, message) => {
    const bench = await openBench();
    const chain = await chainOf(bench, "SQL01", 3);
    await expect(bench.lab.restore({ exports: pick(chain), into: path.join(bench.root, "out") })).rejects.toThrow(message);
  });

  it("says which file is damaged or missing", async () => {
    const bench = await openBench();
    const chain = await chainOf(bench, "SQL01", 2);
    const into = path.join(bench.root, "out");
    const file = path.join(chain[1] ?? "", "Virtual Hard Disks", "SQL01-data.avhdx");
    const content = fs.readFileSync(file);
    const altered = Buffer.from(content);
    altered[altered.length - 100] = (altered.at(-100) ?? 0) ^ 1;
    fs.writeFileSync(file, altered);
    await expect(bench.lab.restore({ exports: chain, into })).rejects.toThrow(/SQL01-data.avhdx was altered/);
    fs.writeFileSync(file, content.subarray(1));
    await expect(bench.lab.restore({ exports: chain, into })).rejects.toThrow(/SQL01-data.avhdx has \d+ bytes/);
    fs.rmSync(file);
    await expect(bench.lab.restore({ exports: chain, into })).rejects.toThrow(/SQL01-data.avhdx is missing/);
    fs.writeFileSync(file, content);
    fs.writeFileSync(
      path.join(chain[1] ?? "", "reference-point-export.manifest.json"),
      JSON.stringify({
        files: [{ path: "Virtual Hard Disks/SQL01-data.avhdx", bytes: content.length, sha256: "0".repeat(64), role: "disk" }],
      }),
    );
    await expect(bench.lab.restore({ exports: chain, into })).rejects.toThrow(/the manifest says/);
    fs.rmSync(path.join(chain[0] ?? "", "Virtual Machines"), { recursive: true });
    await expect(bench.lab.restore({ exports: chain, into })).rejects.toMatchObject({ kind: "notFound" });
  });

  it("writes nothing outside its folder, whatever a configuration says", async () => {
    const bench = await openBench();
    const [directory] = await chainOf(bench, "WEB01", 1);
    const folder = path.join(directory ?? "", "Virtual Machines");
    const file = path.join(folder, fs.readdirSync(folder).find((name) => name.endsWith(".vmcx")) ?? "");
    const text = fs.readFileSync(file, "utf8");
    for (const name of ["../escaped", "/tmp/escaped", "a/../../escaped", "..", ""]) {
      fs.writeFileSync(file, text.replaceAll('"WEB01.vhdx"', JSON.stringify(name)));
      await expect(bench.lab.restore({ exports: [directory ?? ""], into: path.join(bench.root, "deep", "out") })).rejects.toMatchObject({
        kind: "invalidParameter",
      });
    }
    expect(fs.existsSync(path.join(bench.root, "deep"))).toBe(false);
  });
});
