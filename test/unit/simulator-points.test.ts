import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import type { Answer, PointJob, PointStart } from "../../provider/host/port";
import { type Fault, openSimulatorHost, Simulator } from "../../provider/host/simulator/index";
import { type Bench, errorOf, exportWhole, look, openBench, pause, requestFor, start } from "./simulator-lab";

const WEB01 = "3EB01000-0000-4000-8000-00000000000A";
const POINT = "Microsoft:3EB01000-0000-4000-8000-000000000001";

async function bench(...faults: Fault[]): Promise<Bench> {
  const opened = await openBench();
  await opened.lab.configure({ pointJobDuration: 0 });
  await opened.lab.setFaults(faults);
  return opened;
}

async function create({ host }: Bench, consistency: "application" | "crash" = "application"): Promise<Answer<PointStart> | undefined> {
  return (await host.createReferencePoints([{ virtualMachineId: WEB01, consistency }]))[0];
}

function jobOf(answer: Answer<{ readonly kind: string }> | undefined): string {
  if (!answer?.ok) throw answer?.error;
  if (!("path" in answer.value)) throw new Error(answer.value.kind);
  return String(answer.value.path);
}

async function lookAt({ host }: Bench, path: string): Promise<PointJob | undefined> {
  const [answer] = (await host.poll({ jobs: [], pointJobs: [path], tasks: [] })).pointJobs;
  if (!answer?.ok) throw answer?.error;
  return answer.value;
}

async function ended(at: Bench, path: string): Promise<PointJob | undefined> {
  for (;;) {
    const job = await lookAt(at, path);
    if (!job || ![2, 3, 4].includes(job.jobState)) return job;
    await pause(5);
  }
}

async function points({ lab }: Bench) {
  return (await lab.describe()).virtualMachines.find((machine) => machine.id === WEB01)?.referencePoints ?? [];
}

describe("faults of the calls and jobs that make points", () => {
  it.each([32768, 32769, 32770, 32771, 32772, 32773, 32774, 32775, 32776, 32777, 32778])("returnCode %i", async (code) => {
    const at = await bench({ fault: "returnCode", code, method: "createReferencePoints", count: 1 });
    expect(errorOf(await create(at)).details.returnCode).toBe(code);
    expect((await at.lab.pointCalls()).map((call) => call.returnCode)).toEqual([code]);
    expect(await points(at)).toHaveLength(1);
    expect((await ended(at, jobOf(await create(at))))?.jobState).toBe(7);
  });

  it("are not those of exports, which say of no verb", async () => {
    const at = await bench({ fault: "returnCode", code: 32768 }, { fault: "jobFails" }, { fault: "connectionLostBefore" });
    expect((await ended(at, jobOf(await create(at))))?.jobState).toBe(7);
  });

  const method = "createReferencePoints";
  it.each<[Fault, number | undefined, number]>([
    [{ fault: "jobFails", method, atPercent: 60, errorCode: 32774 }, 10, 1],
    [{ fault: "jobFails", method, atPercent: 100 }, 10, 2],
    [{ fault: "jobVanishes", method, atPercent: 60 }, undefined, 1],
    [{ fault: "jobVanishes", method, atPercent: 100 }, undefined, 2],
    [{ fault: "jobTerminated", method, atPercent: 60 }, 8, 1],
    [{ fault: "jobTerminated", method, atPercent: 100 }, 8, 2],
    [{ fault: "jobCompletesWithWarnings", method }, 32768, 2],
  ])("%j: ends in JobState %s with %i points", async (fault, jobState, count) => {
    const at = await bench(fault);
    await at.lab.configure({ pointJobDuration: 30 });
    const job = await ended(at, jobOf(await create(at)));
    expect(job?.jobState).toBe(jobState);
    expect(await points(at)).toHaveLength(count);
    if (job) expect("referencePointId" in job).toBe(count === 2);
    await at.lab.clearFaults();
    expect((await ended(at, jobOf(await create(at))))?.jobState).toBe(7);
  });

  it("jobStalls: until it is terminated", async () => {
    const at = await bench({ fault: "jobStalls", method, atPercent: 40 });
    const job = jobOf(await create(at));
    await pause(50);
    expect(await lookAt(at, job)).toMatchObject({ jobState: 4, percentComplete: 40 });
    await at.host.terminateJobs([job]);
    expect(await lookAt(at, job)).toMatchObject({ jobState: 8, percentComplete: 40 });
    expect(await points(at)).toHaveLength(1);
    expect((await at.lab.pointCalls()).map((call) => call.method)).toEqual(["CreateReferencePoint", "RequestStateChange"]);
  });

  it("a lost connection: before the call nothing has happened, after it a job tells", async () => {
    const at = await bench({ fault: "connectionLostBefore", method, count: 1 }, { fault: "connectionLostAfter", method, count: 1 });
    for (const jobs of [0, 1]) {
      await expect(create(at)).rejects.toMatchObject({ kind: "connectionLost" });
      const [found] = await at.host.findPointJobs([WEB01]);
      expect(found?.ok && found.value.jobs).toHaveLength(jobs);
    }
  });

  it("those of a destroyed point leave it or do not", async () => {
    const destroying = "destroyReferencePoints";
    for (const [fault, count] of [
      [{ fault: "jobFails", method: destroying, atPercent: 60 }, 1],
      [{ fault: "jobFails", method: destroying, atPercent: 100 }, 0],
    ] as const) {
      const at = await bench(fault);
      const [answer] = await at.host.destroyReferencePoints([{ virtualMachineId: WEB01, referencePointId: POINT }]);
      expect((await ended(at, jobOf(answer)))?.jobState).toBe(10);
      expect(await points(at)).toHaveLength(count);
    }
  });

  it("where no job is started, the method itself fails", async () => {
    const at = await bench({ fault: "jobFails", method, errorCode: 32774 });
    await at.lab.configure({ synchronousPoints: true });
    expect(errorOf(await create(at))).toMatchObject({ kind: "inUse", details: { returnCode: 32774 } });
    expect(await points(at)).toHaveLength(1);
    await at.lab.clearFaults();
    const made = await create(at);
    expect(made?.ok && made.value).toEqual({ kind: "completed", referencePointId: (await points(at)).at(-1)?.id });
  });
});

describe("machines of which no point is made", () => {
  it.each([
    [{ passThroughDisk: true }, "passThroughDisk", 10, 32770],
    [{ replica: true }, "replica", undefined, 32770],
    [{ checkpointRunning: true }, "checkpointRunning", undefined, 32775],
    [{ guestBackup: "fails" }, "guestBackupOff", 10, 32768],
  ] as const)("%j", async (condition, refusal, jobState, code) => {
    const at = await bench();
    await at.lab.configureMachine({ virtualMachine: "WEB01", ...condition });
    const answer = await create(at);
    if (jobState === undefined) expect(errorOf(answer).details).toMatchObject({ returnCode: code, refusal });
    else expect(await ended(at, jobOf(answer))).toMatchObject({ jobState, errorCode: code, refusal });
    expect(await points(at)).toHaveLength(1);
    const well = { passThroughDisk: false, replica: false, checkpointRunning: false, guestBackup: "works" } as const;
    await at.lab.configureMachine({ virtualMachine: WEB01, ...well });
    expect((await ended(at, jobOf(await create(at))))?.jobState).toBe(7);
  });

  it("one whose disk is a VHD set", async () => {
    const at = await bench();
    const { id } = await at.lab.addVirtualMachine({ name: "SET01", disks: [{ name: "shared.vhds", bytes: 1024 }] });
    const [answer] = await at.host.createReferencePoints([{ virtualMachineId: id, consistency: "crash" }]);
    expect(await ended(at, jobOf(answer))).toMatchObject({ jobState: 10, errorCode: 32770, refusal: "sharedDisk" });
  });

  it("a guest without its backup service gives crash consistency for application, and for crash what was asked", async () => {
    const at = await bench();
    await at.lab.configureMachine({ virtualMachine: "WEB01", guestBackup: "fallsBack" });
    for (const consistency of ["application", "crash"] as const) await ended(at, jobOf(await create(at, consistency)));
    expect((await points(at)).slice(1).map((point) => point.consistency)).toEqual(["crash", "crash"]);
    await at.lab.configureMachine({ virtualMachine: "WEB01", guestBackup: "fails" });
    expect((await ended(at, jobOf(await create(at, "crash"))))?.jobState).toBe(7);
  });

  it("what there is none of is refused", async () => {
    const { lab } = await bench();
    const wrong = { virtualMachine: "WEB01", guestBackup: "perhaps" } as unknown as Parameters<typeof lab.configureMachine>[0];
    await expect(lab.configureMachine(wrong)).rejects.toMatchObject({
      kind: "invalidParameter",
      message: expect.stringContaining("guestBackup"),
    });
    await expect(lab.configureMachine({ virtualMachine: "nobody" })).rejects.toMatchObject({ kind: "notFound" });
    await expect(lab.configure({ pointJobDuration: "soon" })).rejects.toMatchObject({ kind: "invalidParameter" });
  });
});

describe("a job about a point", () => {
  it("goes on while nobody looks", async () => {
    const at = await bench();
    await at.lab.configure({ pointJobDuration: 60 });
    const job = jobOf(await create(at));
    await at.host.close();
    await pause(80);
    const other = { ...at, host: openSimulatorHost(at.labDirectory) };
    const [listed] = await other.host.listReferencePoints([WEB01]);
    expect(listed?.ok && listed.value).toHaveLength(2);
    expect((await lookAt(other, job))?.jobState).toBe(7);
    await other.host.close();
  });

  it("covers what the disks hold when the method is called", async () => {
    const at = await bench();
    await at.lab.configure({ pointJobDuration: 60 });
    const now = await at.lab.diskSha256({ virtualMachine: "WEB01", disk: "WEB01.vhdx" });
    const job = jobOf(await create(at));
    await at.lab.writeToDisk({ virtualMachine: "WEB01", disk: "WEB01.vhdx", offset: 0, bytes: 512, seed: 1 });
    const referencePoint = (await ended(at, job))?.referencePointId ?? "";
    expect(await at.lab.diskSha256({ virtualMachine: "WEB01", disk: "WEB01.vhdx", referencePoint })).toBe(now);
  });

  it("names its point when that is listed, which may be later than its end", async () => {
    const at = await bench();
    await at.lab.configure({ pointListingDelay: 150 });
    const path = jobOf(await create(at));
    const job = await ended(at, path);
    expect(job).toMatchObject({ jobState: 7 });
    expect(job).not.toHaveProperty("referencePointId");
    expect(await points(at)).toHaveLength(1);
    await pause(200);
    expect((await lookAt(at, path))?.referencePointId).toBe((await points(at)).at(-1)?.id);
  });

  it("is listed for its lifetime", async () => {
    const at = await bench();
    await at.lab.configure({ finishedJobLifetime: 100 });
    const path = jobOf(await create(at));
    expect((await ended(at, path))?.jobState).toBe(7);
    await pause(150);
    expect(await lookAt(at, path)).toBeUndefined();
    const [found] = await at.host.findPointJobs([WEB01]);
    expect(found?.ok && found.value.jobs).toEqual([]);
  });

  it("is in the description of the lab", async () => {
    const at = await bench();
    const job = await ended(at, jobOf(await create(at)));
    expect((await at.lab.describe()).pointJobs).toEqual([job]);
  });
});

describe("a point that is destroyed while it is exported", () => {
  const destroyed = async (destroyWhileExporting: "refused" | "exportGoesOn" | "exportFails", referencePointId = POINT) => {
    const at = await bench();
    await at.lab.configure({ bytesPerSecond: 1024 * 1024, destroyWhileExporting });
    const job = await start(at.host, await requestFor(at.lab, "WEB01", at.directory()));
    const [answer] = await at.host.destroyReferencePoints([{ virtualMachineId: WEB01, referencePointId }]);
    return { at, job, answer };
  };

  it("is refused", async () => {
    const { at, answer } = await destroyed("refused");
    expect(errorOf(answer)).toMatchObject({ kind: "inUse", details: { returnCode: 32774 } });
    expect(await points(at)).toHaveLength(1);
  });

  it("or goes, and the export is finished", async () => {
    const { at, job, answer } = await destroyed("exportGoesOn");
    expect((await ended(at, jobOf(answer)))?.jobState).toBe(7);
    expect(await points(at)).toEqual([]);
    await at.lab.configure({ bytesPerSecond: "unlimited" });
    for (let found = await look(at.host, job); found?.jobState !== 7; found = await look(at.host, job)) expect(found?.jobState).toBe(4);
  });

  it("or goes, and the export fails", async () => {
    const { at, job, answer } = await destroyed("exportFails");
    expect((await ended(at, jobOf(answer)))?.jobState).toBe(7);
    expect(await look(at.host, job)).toMatchObject({ jobState: 10, errorCode: 32768 });
  });

  it("and an export that is over stands in nobody's way", async () => {
    const at = await bench();
    await exportWhole(at.host, await requestFor(at.lab, "WEB01", at.directory()));
    const [answer] = await at.host.destroyReferencePoints([{ virtualMachineId: WEB01, referencePointId: POINT }]);
    expect((await ended(at, jobOf(answer)))?.jobState).toBe(7);
  });
});

describe("a lab of before points could be made", () => {
  it("is used as it is", async () => {
    const at = await bench();
    await at.host.close();
    const folder = path.join(at.labDirectory, "state");
    for (const name of fs.readdirSync(folder)) {
      const { pointJobs: _, pointCalls: __, ...state } = JSON.parse(fs.readFileSync(path.join(folder, name), "utf8"));
      for (const setting of ["pointJobDuration", "pointListingDelay", "pointCompletion", "destroyWhileExporting"])
        delete state.settings[setting];
      fs.writeFileSync(path.join(folder, name), JSON.stringify(state));
    }
    const { settings, pointJobs } = await (await Simulator.open(at.labDirectory)).describe();
    expect(settings).toMatchObject({
      pointJobDuration: 250,
      pointListingDelay: 0,
      synchronousPoints: false,
      destroyWhileExporting: "refused",
    });
    expect(pointJobs).toEqual([]);
  });
});
