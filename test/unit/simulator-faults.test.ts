import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import { HostError } from "../../provider/host/port";
import { type Fault, faultTable, openSimulatorHost } from "../../provider/host/simulator/index";
import { type Bench, errorOf, exportWhole, filesBelow, look, openBench, pause, requestFor, start, watch } from "./simulator-lab";

async function withFaults(...faults: Fault[]): Promise<Bench> {
  const bench = await openBench();
  await bench.lab.setFaults(faults);
  return bench;
}

async function exportFails(bench: Bench) {
  const [answer] = await bench.host.exportReferencePoints([await requestFor(bench.lab, "WEB01", bench.directory())]);
  return errorOf(answer);
}

describe("faults", () => {
  it.each([32768, 32769, 32770, 32771, 32772, 32773, 32774, 32775, 32776, 32777, 32778])("returnCode %i", async (code) => {
    const bench = await withFaults({ fault: "returnCode", code, count: 1 });
    const error = await exportFails(bench);
    expect(error.details.returnCode).toBe(code);
    expect((await bench.lab.calls()).map((call) => call.returnCode)).toEqual([code]);
    expect((await exportWhole(bench.host, await requestFor(bench.lab, "WEB01", bench.directory())))?.jobState).toBe(7);
  });

  it("jobFails: with code, text and a part of the files", async () => {
    const bench = await withFaults({ fault: "jobFails", atPercent: 30, errorCode: 32774, errorDescription: "The chain is locked." });
    const directory = bench.directory();
    const job = await exportWhole(bench.host, await requestFor(bench.lab, "SQL01", directory));
    expect(job).toMatchObject({
      jobState: 10,
      errorCode: 32774,
      errorDescription: "The chain is locked.",
      percentComplete: 30,
      exportedFiles: [{ path: path.join(directory, "Virtual Hard Disks/SQL01-system.vhdx"), namedBy: "log" }],
    });
    expect(job?.exportedDisks).toBeUndefined();
    expect(filesBelow(directory)).toEqual(["Virtual Hard Disks/SQL01-system.vhdx"]);
  });

  it("jobStalls: until it is terminated", async () => {
    const bench = await withFaults({ fault: "jobStalls", atPercent: 40 });
    const job = await start(bench.host, await requestFor(bench.lab, "WEB01", bench.directory()));
    await pause(100);
    const first = await look(bench.host, job);
    await pause(100);
    const second = await look(bench.host, job);
    expect([first?.jobState, second?.jobState]).toEqual([4, 4]);
    expect(second?.bytesWritten).toBe(first?.bytesWritten);
    await bench.host.terminateJobs([job]);
    expect((await look(bench.host, job))?.jobState).toBe(8);
  });

  it("jobVanishes: without a configuration before its end, with every file at 100", async () => {
    const bench = await withFaults({ fault: "jobVanishes", atPercent: 60, count: 1 }, { fault: "jobVanishes", atPercent: 100, count: 1 });
    const [early, late] = [bench.directory(), bench.directory()];
    expect(await exportWhole(bench.host, await requestFor(bench.lab, "WEB01", early))).toBeUndefined();
    expect(filesBelow(early).some((file) => file.endsWith(".vmcx"))).toBe(false);
    expect(await exportWhole(bench.host, await requestFor(bench.lab, "WEB01", late))).toBeUndefined();
    await bench.lab.restore({ exports: [late], into: path.join(bench.root, "restored") });
  });

  it("jobCompletesWithWarnings: 32768 with every file", async () => {
    const bench = await withFaults({ fault: "jobCompletesWithWarnings", warning: "A disk was slow." });
    const directory = bench.directory();
    const job = await exportWhole(bench.host, await requestFor(bench.lab, "WEB01", directory));
    expect(job).toMatchObject({ jobState: 32768, percentComplete: 100, errorCode: 0, errorDescription: "A disk was slow." });
    await bench.lab.restore({ exports: [directory], into: path.join(bench.root, "restored") });
  });

  it("jobTerminated: from outside", async () => {
    const bench = await withFaults({ fault: "jobTerminated", atPercent: 10 });
    expect(await exportWhole(bench.host, await requestFor(bench.lab, "WEB01", bench.directory()))).toMatchObject({ jobState: 8 });
  });

  it("connectionLostBefore and connectionLostAfter: the method has not, and has, run", async () => {
    const bench = await withFaults({ fault: "connectionLostBefore", count: 1 }, { fault: "connectionLostAfter", count: 1 });
    const request = await requestFor(bench.lab, "WEB01", bench.directory());
    await expect(bench.host.exportReferencePoints([request])).rejects.toMatchObject({ kind: "connectionLost" });
    expect(await bench.lab.calls()).toEqual([]);
    await expect(bench.host.exportReferencePoints([request])).rejects.toMatchObject({ kind: "connectionLost" });
    expect((await bench.lab.calls()).map((call) => call.returnCode)).toEqual([4096]);
    const [jobs] = await bench.host.findExportJobs([request.exportDirectory]);
    expect(jobs?.ok && jobs.value).toHaveLength(1);
  });

  it("hostUnreachable: every verb, or the one that is named", async () => {
    const bench = await withFaults({ fault: "hostUnreachable", method: "poll" });
    await expect(bench.host.poll({ jobs: [], tasks: [] })).rejects.toMatchObject({ kind: "unreachable" });
    await bench.host.findVirtualMachines([]);
    await bench.lab.setFaults([{ fault: "hostUnreachable" }]);
    await expect(bench.host.findVirtualMachines([])).rejects.toMatchObject({ kind: "unreachable" });
    await bench.lab.clearFaults();
    await bench.host.findVirtualMachines([]);
  });

  it("volumeMissing: nothing below is seen, written or exported, and a running job fails", async () => {
    const bench = await openBench();
    await bench.lab.configure({ bytesPerSecond: 1024 });
    const directory = bench.directory();
    const other = bench.directory();
    const job = await start(bench.host, await requestFor(bench.lab, "WEB01", directory));
    await bench.lab.setFaults([{ fault: "volumeMissing", path: directory }]);
    const read = await bench.host.readDirectories(
      [directory, path.join(directory, "below"), other].map((one) => ({ directory: one, texts: [], list: true })),
    );
    expect(read.map((one) => one.ok && one.value.kind)).toEqual(["volumeMissing", "volumeMissing", "directory"]);
    expect(errorOf((await bench.host.createDirectories([{ directory: path.join(directory, "x") }]))[0]).kind).toBe("volumeMissing");
    expect(await watch(bench.host, job)).toMatchObject({ jobState: 10 });
    const [refused] = await bench.host.exportReferencePoints([await requestFor(bench.lab, "WEB01", directory)]);
    expect(errorOf(refused).details.returnCode).toBe(32773);
  });

  it("diskFull: in the job, or in a verb that is named", async () => {
    const bench = await withFaults({ fault: "diskFull", atPercent: 70, count: 1 });
    const directory = bench.directory();
    const job = await exportWhole(bench.host, await requestFor(bench.lab, "WEB01", directory));
    expect(job).toMatchObject({ jobState: 10, errorCode: 32768 });
    expect(job?.errorDescription).toContain("0x80070070");
    await bench.lab.setFaults([{ fault: "diskFull", method: "createTextFiles" }]);
    const [answer] = await bench.host.createTextFiles([{ directory, canonicalPath: directory, path: "x", text: "" }]);
    expect(errorOf(answer).kind).toBe("noSpace");
  });

  it("fileInUse: the verbs that work with files, as often as it says", async () => {
    const bench = await openBench();
    const directory = bench.directory();
    await bench.lab.setFaults([{ fault: "fileInUse", path: directory, count: 2 }]);
    const place = { directory, canonicalPath: directory };
    const [removed] = await bench.host.startTasks([{ ...place, kind: "remove", files: ["x"] }]);
    expect(errorOf(removed).kind).toBe("fileInUse");
    const [moved] = await bench.host.moveFiles([{ ...place, from: "a", to: "b" }]);
    expect(errorOf(moved).kind).toBe("fileInUse");
    expect((await bench.host.startTasks([{ ...place, kind: "remove", files: ["x"] }]))[0]?.ok).toBe(true);
  });

  it("accessDenied: the directory and below", async () => {
    const bench = await openBench();
    const directory = bench.directory();
    await bench.lab.setFaults([{ fault: "accessDenied", path: directory }]);
    const [denied] = await bench.host.exportReferencePoints([await requestFor(bench.lab, "WEB01", directory)]);
    expect(errorOf(denied)).toMatchObject({ kind: "accessDenied", details: { returnCode: 32769 } });
    const [read] = await bench.host.readDirectories([{ directory, texts: [], list: true }]);
    expect(errorOf(read).kind).toBe("accessDenied");
  });

  it("slowListing: takes the time it says", async () => {
    const bench = await withFaults({ fault: "slowListing", delay: "150ms" });
    const from = performance.now();
    await bench.host.readDirectories([{ directory: bench.root, texts: [], list: true }]);
    expect(performance.now() - from).toBeGreaterThan(140);
  });

  it("is narrowed by machine, point and path", async () => {
    const bench = await withFaults({ fault: "returnCode", code: 32777, virtualMachine: "sql01" });
    expect((await exportWhole(bench.host, await requestFor(bench.lab, "WEB01", bench.directory())))?.jobState).toBe(7);
    const request = await requestFor(bench.lab, "SQL01", bench.directory(), 0);
    expect((await bench.host.exportReferencePoints([request]))[0]?.ok).toBe(false);
    await bench.lab.setFaults([
      { fault: "returnCode", code: 32777, referencePoint: request.referencePointId.replace("Microsoft:", "").toLowerCase() },
    ]);
    expect((await bench.host.exportReferencePoints([request]))[0]?.ok).toBe(false);
    await bench.lab.setFaults([{ fault: "returnCode", code: 32777, path: `${request.exportDirectory}-other` }]);
    expect((await exportWhole(bench.host, request))?.jobState).toBe(7);
  });

  it("counts across sessions, anew when set again, and obeys chance", async () => {
    const bench = await withFaults({ fault: "hostUnreachable", count: 2 });
    const other = openSimulatorHost(bench.labDirectory);
    const tries = async () => {
      const results: boolean[] = [];
      for (const host of [bench.host, other, bench.host]) {
        results.push(
          await host.findVirtualMachines([]).then(
            () => true,
            () => false,
          ),
        );
      }
      return results;
    };
    expect(await tries()).toEqual([false, false, true]);
    await bench.lab.setFaults([{ fault: "hostUnreachable", count: 2 }]);
    expect(await tries()).toEqual([false, false, true]);
    await bench.lab.setFaults([{ fault: "hostUnreachable", probability: 0 }]);
    expect(await tries()).toEqual([true, true, true]);
    await bench.lab.setFaults([{ fault: "hostUnreachable", probability: 1 }]);
    expect(await tries()).toEqual([false, false, false]);
    await other.close();
  });

  it("refuses what it does not know, and names it", async () => {
    const bench = await openBench();
    const bad = [
      { fault: "jobExplodes" },
      { fault: "jobFails", atPercent: 101 },
      { fault: "volumeMissing" },
      { fault: "jobStalls", at: 5 },
      null,
    ];
    for (const one of bad) await expect(bench.lab.setFaults([one as unknown as Fault])).rejects.toBeInstanceOf(HostError);
    await expect(bench.lab.setFaults([{ fault: "jobExplodes" } as unknown as Fault])).rejects.toThrow(/jobExplodes.*known: returnCode/);
  });

  it.each([
    "",
    "{",
    "null",
    "[1]",
    '{"version":2,"faults":[]}',
    '[{"fault":"__proto__"}]',
    '{"__proto__":{"x":1},"faults":[{}]}',
    '[{"fault":"returnCode","code":1}]',
  ])("says that the fault file is bad: %s", async (text) => {
    const bench = await openBench();
    fs.writeFileSync(path.join(bench.labDirectory, "faults.json"), text);
    const error = await bench.host.findVirtualMachines(["SQL01"]).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: "damagedState", details: { path: path.join(bench.labDirectory, "faults.json") } });
    expect((error as HostError).details.remedy).toContain("delete it");
  });

  it("is described in one table", async () => {
    expect(new Set(faultTable.map((row) => row.name)).size).toBe(faultTable.length);
    for (const row of faultTable) expect(row.sentence).toMatch(/\.$/);
  });
});
