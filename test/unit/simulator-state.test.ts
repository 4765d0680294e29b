import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import { HostError } from "../../provider/host/port";
import { openSimulatorHost, Simulator } from "../../provider/host/simulator/index";
import { filesBelow, openBench, pause, requestFor, temporaryDirectory, watch } from "./simulator-lab";

const dist = path.resolve(import.meta.dirname, "..", "..", "dist", "host", "simulator", "index.js");

/** Another process with `lab`, `host` and what the program is given in `input`. */
function run(directory: string, program: string, input: unknown = {}): { readonly child: ChildProcess; readonly end: Promise<string> } {
  const text = `
    const { Simulator, openSimulatorHost } = require(${JSON.stringify(dist)});
    (async () => {
      const lab = await Simulator.open(${JSON.stringify(directory)});
      const host = openSimulatorHost(${JSON.stringify(directory)});
      const input = ${JSON.stringify(input)};
      ${program}
    })().catch((error) => { console.error(error); process.exit(1); });`;
  const child = spawn(process.execPath, ["-e", text], { stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  child.stdout?.on("data", (piece) => {
    out += String(piece);
  });
  child.stderr?.on("data", (piece) => {
    out += String(piece);
  });
  const end = new Promise<string>((resolve, reject) => {
    child.on("close", (code, signal) => (code === 0 || signal ? resolve(out) : reject(new Error(out))));
  });
  return { child, end };
}

function generations(labDirectory: string): string[] {
  return fs.readdirSync(path.join(labDirectory, "state")).sort((left, right) => Number.parseInt(left, 10) - Number.parseInt(right, 10));
}

const namings = ["hyperv", "opaque"] as const;

describe("the lab's state", () => {
  it("is the same for processes that open one empty directory at once", async () => {
    const directory = path.join(temporaryDirectory(), "lab");
    const print = "console.log(JSON.stringify((await lab.describe()).virtualMachines));";
    const outputs = await Promise.all([run(directory, print), run(directory, print), run(directory, print)].map((one) => one.end));
    expect(new Set(outputs).size).toBe(1);
    expect(outputs[0]).toContain("SQL01");
  });

  it("loses no change of two processes", async () => {
    const directory = path.join(temporaryDirectory(), "lab");
    const lab = await Simulator.open(directory, { machines: "none" });
    const add = "for (let n = 0; n < 40; n++) await lab.addVirtualMachine({ name: input.name + n, disks: [] });";
    const mine = (async () => {
      for (let index = 0; index < 40; index++) await lab.addVirtualMachine({ name: `c${index}`, disks: [] });
    })();
    await Promise.all([run(directory, add, { name: "a" }).end, run(directory, add, { name: "b" }).end, mine]);
    const names = (await lab.describe()).virtualMachines.map((machine) => machine.name);
    expect(names).toHaveLength(120);
    expect(new Set(names).size).toBe(120);
    expect(generations(directory)).toHaveLength(3);
  });

  it("lets one of two processes export a machine", async () => {
    const bench = await openBench();
    await bench.lab.configure({ bytesPerSecond: 1000 });
    const requests = await Promise.all([1, 2, 3].map(() => requestFor(bench.lab, "WEB01", bench.directory())));
    const program =
      "const [a] = await host.exportReferencePoints([input]); console.log(a.ok ? 4096 : a.error.details.returnCode); process.exit(0);";
    const codes = await Promise.all(requests.map((request) => run(bench.labDirectory, program, request).end));
    expect(codes.map((code) => code.trim()).sort()).toEqual(["32775", "32775", "4096"]);
  });

  it.each(namings)("lets a job go on whose process was killed, and finishes it byte for byte, with %s names", async (exportNames) => {
    const bench = await openBench();
    await bench.lab.configure({ bytesPerSecond: 8 * 1024 * 1024, exportNames });
    const directory = bench.directory();
    const request = await requestFor(bench.lab, "SQL01", directory);
    const program = `
      const [a] = await host.exportReferencePoints([input]);
      console.log(a.value.path);
      for (;;) await host.poll({ jobs: [a.value.path], tasks: [] });`;
    const { child, end } = run(bench.labDirectory, program, request);
    while (filesBelow(directory).length === 0) await pause(5);
    await pause(200);
    child.kill("SIGKILL");
    const job = (await end).trim();
    const finished = await watch(bench.host, job);
    expect(finished?.jobState).toBe(7);
    expect(finished?.exportedFiles.map((file) => path.relative(directory, file.path)).sort()).toEqual(filesBelow(directory));
    const { disks } = await bench.lab.restore({ exports: [directory], into: path.join(bench.root, "restored") });
    for (const disk of disks) {
      expect(disk.sha256).toBe(
        await bench.lab.diskSha256({ virtualMachine: "SQL01", disk: disk.name, referencePoint: request.referencePointId }),
      );
    }
    expect(await bench.lab.calls()).toHaveLength(1);
  });

  it.each(namings)("is written by two processes for one job without a difference, with %s names", async (exportNames) => {
    const bench = await openBench();
    await bench.lab.configure({ bytesPerSecond: 16 * 1024 * 1024, exportNames });
    const directory = bench.directory();
    const request = await requestFor(bench.lab, "SQL01", directory);
    const [answer] = await bench.host.exportReferencePoints([request]);
    if (!answer?.ok || answer.value.kind !== "job") throw new Error("no job");
    const job = answer.value.path;
    const follow = "for (;;) { const [a] = (await host.poll({ jobs: [input], tasks: [] })).jobs; if (a.value.jobState > 4) break; }";
    await Promise.all([run(bench.labDirectory, follow, job).end, run(bench.labDirectory, follow, job).end, watch(bench.host, job)]);
    await bench.lab.restore({ exports: [directory], into: path.join(bench.root, "restored") });
  });

  it("survives processes that are killed at any moment", async () => {
    const directory = path.join(temporaryDirectory(), "lab");
    const lab = await Simulator.open(directory, { machines: "none" });
    for (let round = 0; round < 8; round++) {
      const { child, end } = run(directory, "for (let n = 0; ; n++) { await lab.addVirtualMachine({ name: 'vm' + n, disks: [] }); }");
      await pause(120 + round * 17);
      child.kill("SIGKILL");
      await end;
      const before = (await lab.describe()).virtualMachines.length;
      await lab.addVirtualMachine({ name: `after ${round}`, disks: [] });
      expect((await lab.describe()).virtualMachines).toHaveLength(before + 1);
    }
  });

  it.each(["", "{", "null", "[]", '{"format":"hyperv-simulator-lab","version":2}', '{"__proto__":{"polluted":true}}'])(
    "says which file is damaged: %s",
    async (text) => {
      const bench = await openBench();
      const newest = generations(bench.labDirectory).at(-1) ?? "";
      const file = path.join(bench.labDirectory, "state", newest);
      fs.writeFileSync(file, text);
      const error = await bench.host.findVirtualMachines(["SQL01"]).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(HostError);
      expect(error).toMatchObject({ kind: "damagedState", details: { path: file } });
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
      fs.rmSync(file);
      const [answer] = await bench.host.findVirtualMachines(["SQL01"]);
      expect(answer?.ok && answer.value).toHaveLength(1);
    },
  );

  it("is not written when nothing changes, and begins anew when its folder is deleted", async () => {
    const bench = await openBench();
    const before = generations(bench.labDirectory);
    await bench.lab.describe();
    await bench.host.findVirtualMachines(["SQL01"]);
    await bench.host.poll({ jobs: ["x"], tasks: [] });
    expect(generations(bench.labDirectory)).toEqual(before);
    fs.rmSync(bench.labDirectory, { recursive: true });
    await bench.host.prepare();
    const [answer] = await bench.host.findVirtualMachines(["SQL01"]);
    expect(answer?.ok && answer.value).toHaveLength(1);
    expect(generations(bench.labDirectory)).toEqual(["1.json"]);
  });

  it("clears away what killed processes left", async () => {
    const bench = await openBench();
    const left = path.join(bench.labDirectory, "state", "9.0123456789abcdef.tmp");
    fs.writeFileSync(left, "half");
    fs.utimesSync(left, new Date(0), new Date(0));
    await bench.lab.configure({ jobStartDelay: 1 });
    expect(fs.existsSync(left)).toBe(false);
  });

  it("touches nothing when a host is only constructed", async () => {
    const directory = path.join(temporaryDirectory(), "lab");
    const host = openSimulatorHost(directory);
    await host.close();
    expect(fs.existsSync(directory)).toBe(false);
  });

  it("answers for a thousand machines at once", async () => {
    const bench = await openBench({ machines: "none" });
    await Promise.all(
      Array.from({ length: 1000 }, (_, index) => bench.lab.addVirtualMachine({ name: `vm${index}`, disks: [{ name: "d", bytes: 4096 }] })),
    );
    await Promise.all(
      Array.from({ length: 1000 }, (_, index) => bench.lab.addReferencePoint({ virtualMachine: `vm${index}`, kind: "rct" })),
    );
    const answers = await bench.host.findVirtualMachines(Array.from({ length: 1000 }, (_, index) => `VM${index}`));
    const ids = answers.flatMap((answer) => (answer.ok ? answer.value.map((machine) => machine.id) : []));
    expect(ids).toHaveLength(1000);
    expect((await bench.host.listReferencePoints(ids)).every((answer) => answer.ok)).toBe(true);
  });

  it("is made by a create alone: every look at a lab that is not there is refused, and makes nothing", async () => {
    const root = temporaryDirectory();
    for (const directory of [path.join(root, "absent"), path.join(root, "empty")]) {
      if (directory.endsWith("empty")) fs.mkdirSync(directory);
      const host = openSimulatorHost(directory);
      const looks = [
        () => host.readDirectories([{ directory: root, texts: [], list: true }]),
        () => host.surveyDirectories([]),
        () => host.findVirtualMachines(["SQL01"]),
        () => host.findExportJobs([root]),
        () => host.poll({ jobs: [], tasks: [] }),
      ];
      for (const look of looks)
        await expect(look()).rejects.toMatchObject({ kind: "unreachable", message: expect.stringContaining(directory) });
      expect(filesBelow(root)).toEqual([]);
      await host.prepare();
      expect((await host.findVirtualMachines(["SQL01"]))[0]).toMatchObject({ ok: true, value: [{ name: "SQL01" }] });
      await host.close();
      fs.rmSync(directory, { recursive: true });
    }
  });

  it("that is not there answers a look ahead as the one that a create would make, and is not made by it", async () => {
    const directory = path.join(temporaryDirectory(), "lab");
    const host = openSimulatorHost(directory);
    host.imagine();
    expect((await host.findVirtualMachines(["SQL01"]))[0]).toMatchObject({ ok: true, value: [{ name: "SQL01" }] });
    await host.close();
    expect(fs.existsSync(directory)).toBe(false);
  });

  it("refuses settings that make no sense", async () => {
    const bench = await openBench();
    const numbers = [{ bytesPerSecond: 0 }, { jobStartDelay: "soon" }, { jobStartDelay: -1 }];
    const names = [{ completion: "never" }, { speed: 1 }, { exportNames: "odd" }, { jobNames: "some" }];
    for (const bad of [...numbers, ...names, { synchronousExports: true, completion: "job" }]) {
      await expect(bench.lab.configure(bad as never)).rejects.toMatchObject({ kind: "invalidParameter" });
    }
    await bench.lab.configure({ freeBytes: 123 });
    const [made] = await bench.host.createDirectories([{ directory: path.join(bench.root, "x") }]);
    expect(made?.ok && made.value.freeBytes).toBe(123);
  });
});
