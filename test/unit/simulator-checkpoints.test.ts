import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import type { Answer, CheckpointJob, CheckpointRequest, MachineCheckpoints } from "../../provider/host/port";
import { type Fault, openSimulatorHost, Simulator } from "../../provider/host/simulator/index";
import { type Bench, errorOf, filesBelow, openBench, pause } from "./simulator-lab";

const WEB01 = "3EB01000-0000-4000-8000-00000000000A";
const EMPTY = 4 * 1024 * 1024;

async function bench(...faults: Fault[]): Promise<Bench> {
  const opened = await openBench();
  await opened.lab.configure({ pointJobDuration: 0, mergeDuration: 0 });
  await opened.lab.setFaults(faults);
  return opened;
}

async function create({ host }: Bench, wanted: Partial<CheckpointRequest> = {}) {
  const request = { virtualMachineId: WEB01, consistency: "application", ignoreUnsupportedDisks: false, ...wanted } as const;
  return (await host.createCheckpoints([request]))[0];
}

function jobOf(answer: Answer<{ readonly kind: string }> | undefined): string {
  if (!answer?.ok) throw answer?.error;
  if (!("path" in answer.value)) throw new Error(answer.value.kind);
  return String(answer.value.path);
}

async function lookAt({ host }: Bench, job: string): Promise<CheckpointJob | undefined> {
  const [answer] = (await host.poll({ jobs: [], checkpointJobs: [job], tasks: [] })).checkpointJobs;
  if (!answer?.ok) throw answer?.error;
  return answer.value;
}

async function ended(at: Bench, answer: Answer<{ readonly kind: string }> | undefined): Promise<CheckpointJob | undefined> {
  for (;;) {
    const job = await lookAt(at, jobOf(answer));
    if (!job || ![2, 3, 4].includes(job.jobState)) return job;
    await pause(5);
  }
}

async function listed({ host }: Bench, virtualMachineId = WEB01): Promise<MachineCheckpoints> {
  const [answer] = await host.listCheckpoints([virtualMachineId]);
  if (!answer?.ok) throw answer?.error;
  return answer.value;
}

async function jobs({ host }: Bench): Promise<readonly CheckpointJob[]> {
  const [answer] = await host.findCheckpointJobs([WEB01]);
  if (!answer?.ok) throw answer?.error;
  return answer.value.jobs;
}

async function made(at: Bench, wanted: Partial<CheckpointRequest> = {}): Promise<string> {
  const job = await ended(at, await create(at, wanted));
  if (job?.checkpointId === undefined) throw new Error(JSON.stringify(job));
  return job.checkpointId;
}

async function convert({ host }: Bench, checkpointId: string) {
  return (await host.convertCheckpoints([{ virtualMachineId: WEB01, checkpointId }]))[0];
}

async function merged(at: Bench): Promise<MachineCheckpoints> {
  for (;;) {
    const now = await listed(at);
    if (!now.isMerging) return now;
    await pause(5);
  }
}

async function exported({ host, directory }: Bench, checkpointId: string) {
  const exportDirectory = directory();
  const request = { virtualMachineId: WEB01, checkpointId, intent: "preserveChain", exportDirectory } as const;
  return { exportDirectory, answer: (await host.exportCheckpoints([request]))[0] };
}

const write = ({ lab }: Bench, offset: number, bytes: number) =>
  lab.writeToDisk({ virtualMachine: "WEB01", disk: "WEB01.vhdx", offset, bytes, seed: offset });

describe("while a checkpoint stands", () => {
  it("its files grow by what the machine writes, and by nothing that it writes twice", async () => {
    const at = await bench();
    const [own] = (await listed(at)).disks;
    await made(at);
    const bytes = async () => (await listed(at)).disks.map((disk) => disk.bytes);
    expect(await bytes()).toEqual([EMPTY]);
    await write(at, 0, 4096);
    expect(await bytes()).toEqual([EMPTY + 4096]);
    await write(at, 2048, 4096);
    expect(await bytes()).toEqual([EMPTY + 6144]);
    const { checkpoints, disks } = await listed(at);
    expect(disks[0]?.path).toBe(path.join(path.dirname(own?.path ?? ""), `WEB01_${checkpoints[0]?.id.slice("Microsoft:".length)}.avhdx`));
    const [machine] = (await at.lab.describe()).virtualMachines.filter(({ id }) => id === WEB01);
    expect(machine?.diskFiles).toEqual(disks);
    expect(machine?.disks[0]).not.toHaveProperty("allocatedBytes");
  });

  it("another may be made above it, and what it holds are the files of the first", async () => {
    const at = await bench();
    const first = await at.lab.addCheckpoint({ virtualMachine: "WEB01", name: "Somebody's", createdAt: "2026-11-20T03:00:00.000Z" });
    await write(at, 0, 512);
    const second = await made(at);
    const { checkpoints } = await listed(at);
    expect(checkpoints.map(({ id, name, createdAt }) => [id, name, createdAt])).toEqual([
      [first.id, "Somebody's", "2026-11-20T03:00:00.000Z"],
      [second, "WEB01 - Backup", expect.any(String)],
    ]);
    expect(checkpoints[1]?.disks[0]?.path).toContain(first.id.slice("Microsoft:".length));
    await ended(at, await convert(at, second));
    const now = await merged(at);
    expect(now.checkpoints.map(({ id }) => id)).toEqual([first.id]);
    expect(now.disks[0]?.path).toContain(first.id.slice("Microsoft:".length));
  });
});

describe("a conversion", () => {
  it("gives a point of the checkpoint's moment, whatever was written since", async () => {
    const at = await bench();
    const then = await at.lab.diskSha256({ virtualMachine: "WEB01", disk: "WEB01.vhdx" });
    const checkpointId = await made(at);
    await write(at, 0, 4096);
    const referencePoint = (await ended(at, await convert(at, checkpointId)))?.referencePointId ?? "";
    expect(referencePoint).not.toBe(checkpointId);
    expect(await at.lab.diskSha256({ virtualMachine: "WEB01", disk: "WEB01.vhdx", referencePoint })).toBe(then);
    expect(await at.lab.diskSha256({ virtualMachine: "WEB01", disk: "WEB01.vhdx" })).not.toBe(then);
  });

  it("may leave neither checkpoint nor point listed for a while", async () => {
    const at = await bench();
    const checkpointId = await made(at);
    await at.lab.configure({ pointListingDelay: 150, mergeDuration: "1m" });
    const answer = await convert(at, checkpointId);
    const job = await ended(at, answer);
    expect(job).toMatchObject({ jobState: 7 });
    expect(job).not.toHaveProperty("referencePointId");
    expect(await listed(at)).toMatchObject({ checkpoints: [], isMerging: true });
    const points = async () => (await at.lab.describe()).virtualMachines.find(({ id }) => id === WEB01)?.referencePoints.length;
    expect(await points()).toBe(1);
    await pause(200);
    expect(await points()).toBe(2);
    expect(await lookAt(at, jobOf(answer))).toHaveProperty("referencePointId");
  });

  it("does all its work in the call where no job is started", async () => {
    const at = await bench();
    await at.lab.configure({ synchronousCheckpoints: true });
    const [first] = [await create(at)];
    const { checkpoints } = await listed(at);
    expect(first).toEqual({ ok: true, value: { kind: "completed", checkpointId: checkpoints[0]?.id } });
    const answer = await convert(at, checkpoints[0]?.id ?? "");
    const points = (await at.lab.describe()).virtualMachines.find(({ id }) => id === WEB01)?.referencePoints;
    expect(answer).toEqual({ ok: true, value: { kind: "completed", referencePointId: points?.at(-1)?.id } });
    expect((await merged(at)).disks[0]?.path).toMatch(/WEB01\.vhdx$/);
  });
});

describe("a new checkpoint", () => {
  it("is listed later than its job ends, where it is so", async () => {
    const at = await bench();
    await at.lab.configure({ checkpointListingDelay: 150 });
    const answer = await create(at);
    const job = await ended(at, answer);
    expect(job).toMatchObject({ jobState: 7 });
    expect(job).not.toHaveProperty("checkpointId");
    expect((await listed(at)).checkpoints).toEqual([]);
    await pause(200);
    expect((await listed(at)).checkpoints.map(({ id }) => id)).toEqual([(await lookAt(at, jobOf(answer)))?.checkpointId]);
  });

  it.each([
    [{ passThroughDisk: true }, "passThroughDisk", 10, 32770],
    [{ replica: true }, "replica", undefined, 32770],
    [{ checkpointRunning: true }, "checkpointRunning", undefined, 32775],
    [{ guestBackup: "fails" }, "guestBackupOff", 10, 32768],
    [{ chainLocked: true }, undefined, 10, 32768],
  ] as const)("is refused: %j", async (condition, refusal, jobState, code) => {
    const at = await bench();
    await at.lab.configureMachine({ virtualMachine: "WEB01", ...condition });
    const answer = await create(at);
    if (jobState === undefined) expect(errorOf(answer).details).toMatchObject({ returnCode: code, refusal });
    else expect(await ended(at, answer)).toMatchObject({ jobState, errorCode: code, ...(refusal && { refusals: [refusal] }) });
    expect((await listed(at)).checkpoints).toEqual([]);
  });

  it("that was to leave disks out and failed for another reason says that as well", async () => {
    const at = await bench();
    await at.lab.configureMachine({ virtualMachine: "WEB01", passThroughDisk: true, guestBackup: "fails" });
    const job = await ended(at, await create(at, { ignoreUnsupportedDisks: true }));
    expect(job).toMatchObject({ jobState: 10, refusals: ["passThroughDisk", "guestBackupOff"] });
  });

  it("leaves out what it cannot hold where it is asked to", async () => {
    const at = await bench();
    await at.lab.configureMachine({ virtualMachine: "WEB01", passThroughDisk: true });
    const { unsupportedDisks } = await listed(at);
    expect(unsupportedDisks).toEqual([{ instanceId: expect.stringContaining(`Microsoft:${WEB01}\\`), why: "passThroughDisk" }]);
    await made(at, { ignoreUnsupportedDisks: true });
    expect((await listed(at)).checkpoints[0]?.disks).toHaveLength(1);
  });

  it.each([
    ["works", "application", "application"],
    ["fallsBack", "application", "crash"],
    ["fails", "crash", "crash"],
  ] as const)(
    "of a guest whose backup service %s, asked for %s, becomes a point that is %s consistent",
    async (guestBackup, asked, got) => {
      const at = await bench();
      await at.lab.configureMachine({ virtualMachine: "WEB01", guestBackup });
      await ended(at, await convert(at, await made(at, { consistency: asked })));
      const points = (await at.lab.describe()).virtualMachines.find(({ id }) => id === WEB01)?.referencePoints;
      expect(points?.at(-1)?.consistency).toBe(got);
    },
  );

  it("is refused while disks are merged", async () => {
    const at = await bench();
    const checkpointId = await made(at);
    await at.lab.configure({ mergeDuration: "1m" });
    await ended(at, await convert(at, checkpointId));
    expect(errorOf(await create(at))).toMatchObject({ kind: "invalidState", details: { refusal: "checkpointRunning" } });
  });
});

describe("a merge", () => {
  const converted = async (at: Bench) => {
    const checkpointId = await made(at);
    await write(at, 0, 512);
    await ended(at, await convert(at, checkpointId));
  };
  const differences = async (at: Bench) => (await merged(at)).disks.filter(({ path: file }) => file.endsWith(".avhdx")).length;

  it("goes on while nobody looks, and tells how far it is", async () => {
    const at = await bench();
    await at.lab.configure({ mergeDuration: 300 });
    await converted(at);
    const [job] = (await jobs(at)).filter(({ work }) => work === "merge");
    expect(job).toMatchObject({ jobState: 4, virtualMachineId: WEB01 });
    expect(job?.percentComplete).toBeLessThan(100);
    expect(await listed(at)).toMatchObject({ checkpoints: [], isMerging: true });
    await at.host.close();
    await pause(350);
    const other = { ...at, host: openSimulatorHost(at.labDirectory) };
    expect(await listed(other)).toMatchObject({ isMerging: false });
    expect(await differences(other)).toBe(0);
    expect(await lookAt(other, job?.path ?? "")).toMatchObject({ jobState: 7, percentComplete: 100 });
    await other.host.close();
  });

  it.each<Fault>([
    { fault: "mergeFails", count: 1 },
    { fault: "mergeFails", method: "convertCheckpoints", atPercent: 90, count: 1 },
  ])("that fails leaves the machine on the checkpoint's files, and the next merges them as well: %j", async (fault) => {
    const at = await bench(fault);
    await converted(at);
    expect(await differences(at)).toBe(1);
    expect((await jobs(at)).find(({ work }) => work === "merge")).toMatchObject({ jobState: 10, errorCode: 32768 });
    expect((await listed(at)).checkpoints).toEqual([]);
    await converted(at);
    expect(await differences(at)).toBe(0);
  });

  it("that stalls goes on until its job is ended", async () => {
    const at = await bench({ fault: "mergeStalls", atPercent: 30, count: 1 });
    await at.lab.configure({ mergeDuration: 20 });
    await converted(at);
    await pause(50);
    const [job] = (await jobs(at)).filter(({ work }) => work === "merge");
    expect(job).toMatchObject({ jobState: 4, percentComplete: 30 });
    await at.host.terminateJobs([job?.path ?? ""]);
    expect(await lookAt(at, job?.path ?? "")).toMatchObject({ jobState: 8 });
    expect(await differences(at)).toBe(1);
  });

  it("fails while the chain is locked; a restart of the machine ends that, and merges", async () => {
    const at = await bench();
    const checkpointId = await made(at);
    await at.lab.configureMachine({ virtualMachine: "WEB01", chainLocked: true });
    await ended(at, await convert(at, checkpointId));
    expect(await differences(at)).toBe(1);
    expect(await ended(at, await create(at))).toMatchObject({ jobState: 10, errorCode: 32768 });
    await at.lab.restart("WEB01");
    expect(await differences(at)).toBe(0);
    await made(at);
  });

  it("fails where nobody has destroyed older points", async () => {
    const at = await bench();
    await at.lab.configure({ pointsThatMergesBear: 2 });
    await converted(at);
    expect(await differences(at)).toBe(0);
    await converted(at);
    expect(await differences(at)).toBe(1);
    for (const { id } of (await at.lab.describe()).virtualMachines.find(({ id }) => id === WEB01)?.referencePoints.slice(0, 2) ?? [])
      await at.lab.removeReferencePoint(id);
    await converted(at);
    expect(await differences(at)).toBe(0);
  });
});

describe("an export of a checkpoint", () => {
  it("writes what real ones were seen to write, under the checkpoint's GUID", async () => {
    const at = await bench();
    const checkpointId = await made(at);
    const { exportDirectory, answer } = await exported(at, checkpointId);
    expect(await ended(at, answer)).toMatchObject({ work: "export", jobState: 7, checkpointId });
    const guid = checkpointId.slice("Microsoft:".length);
    expect(filesBelow(exportDirectory)).toEqual([
      "Virtual Hard Disks/WEB01.vhdx",
      `Virtual Machines/${guid}.VMRS`,
      `Virtual Machines/${guid}.vmcx`,
      `Virtual Machines/${guid}.vmgs`,
    ]);
  });

  it("is of the checkpoint's moment, whatever is written while it runs", async () => {
    const at = await bench();
    await at.lab.configure({ bytesPerSecond: 20 * 1024 * 1024 });
    const sha256 = await at.lab.diskSha256({ virtualMachine: "WEB01", disk: "WEB01.vhdx" });
    const checkpointId = await made(at);
    const { exportDirectory, answer } = await exported(at, checkpointId);
    await write(at, 5 * 1024 * 1024, 4096);
    await ended(at, answer);
    const { disks } = await at.lab.restore({ exports: [exportDirectory], into: path.join(at.root, "restored") });
    expect(disks.map((disk) => disk.sha256)).toEqual([sha256]);
  });

  it("is in the description of the lab, apart from other exports, and in the log of calls about checkpoints", async () => {
    const at = await bench();
    const checkpointId = await made(at);
    const { exportDirectory, answer } = await exported(at, checkpointId);
    await ended(at, answer);
    const { jobs: others, checkpointJobs } = await at.lab.describe();
    expect(others).toEqual([]);
    expect(checkpointJobs.map(({ work }) => work)).toEqual(["create", "export"]);
    expect(await at.lab.calls()).toEqual([]);
    expect((await at.lab.checkpointCalls()).map(({ at: _, ...call }) => call)).toEqual([
      { method: "CreateSnapshot", virtualMachineId: WEB01, consistency: "application", returnCode: 4096 },
      { method: "ExportSystemDefinition", virtualMachineId: WEB01, checkpointId, exportDirectory, returnCode: 4096 },
    ]);
  });

  it.each<[Fault, number | undefined]>([
    [{ fault: "jobFails", method: "exportCheckpoints", atPercent: 30 }, 10],
    [{ fault: "jobVanishes", method: "exportCheckpoints" }, undefined],
    [{ fault: "jobTerminated", method: "exportCheckpoints" }, 8],
    [{ fault: "jobCompletesWithWarnings", method: "exportCheckpoints" }, 32768],
    [{ fault: "diskFull", atPercent: 10 }, 10],
  ])("%j: ends in JobState %s, and the checkpoint stands", async (fault, jobState) => {
    const at = await bench(fault);
    const checkpointId = await made(at);
    const { answer } = await exported(at, checkpointId);
    expect((await ended(at, answer))?.jobState).toBe(jobState);
    expect((await listed(at)).checkpoints.map(({ id }) => id)).toEqual([checkpointId]);
  });

  it("has no base that is younger, or of another kind", async () => {
    const at = await bench();
    const checkpointId = await made(at);
    const younger = await at.lab.addReferencePoint({ virtualMachine: "WEB01", kind: "rct" });
    const log = await at.lab.addReferencePoint({ virtualMachine: "WEB01", kind: "log" });
    for (const { id: baseReferencePointId } of [younger, log]) {
      const request = {
        virtualMachineId: WEB01,
        checkpointId,
        baseReferencePointId,
        intent: "merge",
        exportDirectory: at.directory(),
      } as const;
      expect(errorOf((await at.host.exportCheckpoints([request]))[0])).toMatchObject({
        kind: "invalidParameter",
        details: { returnCode: 32773 },
      });
    }
  });
});

describe("faults of the calls and jobs about checkpoints", () => {
  it.each(["createCheckpoints", "exportCheckpoints", "convertCheckpoints", "removeCheckpoints"] as const)(
    "returnCode of %s",
    async (method) => {
      const at = await bench();
      const checkpointId = await made(at);
      await at.lab.setFaults([{ fault: "returnCode", code: 32774, method }]);
      const answers = {
        createCheckpoints: () => create(at),
        exportCheckpoints: async () => (await exported(at, checkpointId)).answer,
        convertCheckpoints: () => convert(at, checkpointId),
        removeCheckpoints: async () => (await at.host.removeCheckpoints([{ virtualMachineId: WEB01, checkpointId }]))[0],
      };
      for (const [name, ask] of Object.entries(answers)) {
        if (name === method) expect(errorOf(await ask()).details.returnCode).toBe(32774);
      }
      expect((await listed(at)).checkpoints.map(({ id }) => id)).toEqual([checkpointId]);
    },
  );

  it.each<[Fault, number | undefined, boolean]>([
    [{ fault: "jobFails", method: "convertCheckpoints", atPercent: 60, errorCode: 32774 }, 10, false],
    [{ fault: "jobFails", method: "convertCheckpoints", atPercent: 100 }, 10, true],
    [{ fault: "jobVanishes", method: "convertCheckpoints", atPercent: 60 }, undefined, false],
    [{ fault: "jobVanishes", method: "convertCheckpoints", atPercent: 100 }, undefined, true],
    [{ fault: "jobTerminated", method: "convertCheckpoints", atPercent: 60 }, 8, false],
    [{ fault: "jobCompletesWithWarnings", method: "convertCheckpoints" }, 32768, true],
  ])("%j: ends in JobState %s; converted: %s", async (fault, jobState, isConverted) => {
    const at = await bench(fault);
    await at.lab.configure({ pointJobDuration: 30 });
    const checkpointId = await made(at);
    expect((await ended(at, await convert(at, checkpointId)))?.jobState).toBe(jobState);
    const points = (await at.lab.describe()).virtualMachines.find(({ id }) => id === WEB01)?.referencePoints;
    expect([points?.length, (await listed(at)).checkpoints.length]).toEqual(isConverted ? [2, 0] : [1, 1]);
  });

  it("a lost connection: before the call nothing has happened, after it a job tells", async () => {
    const method = "createCheckpoints";
    const at = await bench({ fault: "connectionLostBefore", method, count: 1 }, { fault: "connectionLostAfter", method, count: 1 });
    for (const count of [0, 1]) {
      await expect(create(at)).rejects.toMatchObject({ kind: "connectionLost" });
      expect(await jobs(at)).toHaveLength(count);
    }
  });
});

describe("what somebody else does", () => {
  it("a checkpoint of any type is added and removed", async () => {
    const at = await bench();
    const added = await at.lab.addCheckpoint({ virtualMachine: WEB01, type: "user", name: "before the update" });
    expect(added).toMatchObject({
      name: "before the update",
      isRecovery: false,
      type: "Microsoft:Hyper-V:Snapshot:Realized",
      virtualMachineId: WEB01,
    });
    expect((await at.lab.describe()).virtualMachines.find(({ id }) => id === WEB01)?.checkpoints).toEqual([added]);
    await at.lab.removeCheckpoint(added.id);
    expect((await merged(at)).checkpoints).toEqual([]);
    await expect(at.lab.removeCheckpoint(added.id)).rejects.toMatchObject({ kind: "notFound" });
  });

  it("what there is none of is refused", async () => {
    const { lab } = await bench();
    const wrong = { virtualMachine: "WEB01", type: "other" } as unknown as Parameters<typeof lab.addCheckpoint>[0];
    await expect(lab.addCheckpoint(wrong)).rejects.toMatchObject({ kind: "invalidParameter" });
    await expect(lab.addCheckpoint({ virtualMachine: "WEB01", createdAt: "yesterday" })).rejects.toMatchObject({
      kind: "invalidParameter",
    });
    await expect(lab.addCheckpoint({ virtualMachine: "nobody" })).rejects.toMatchObject({ kind: "notFound" });
    await expect(lab.restart("nobody")).rejects.toMatchObject({ kind: "notFound" });
    await expect(lab.configure({ mergeDuration: "soon" })).rejects.toMatchObject({ kind: "invalidParameter" });
  });
});

describe("a lab of before there were checkpoints", () => {
  it("is used as it is", async () => {
    const at = await bench();
    await at.host.close();
    const folder = path.join(at.labDirectory, "state");
    for (const name of fs.readdirSync(folder)) {
      const state = JSON.parse(fs.readFileSync(path.join(folder, name), "utf8"));
      for (const list of ["checkpoints", "unmerged", "checkpointJobs", "checkpointCalls"]) delete state[list];
      for (const setting of ["checkpointListingDelay", "checkpointCompletion", "mergeDuration", "pointsThatMergesBear"])
        delete state.settings[setting];
      fs.writeFileSync(path.join(folder, name), JSON.stringify(state));
    }
    const { settings, checkpointJobs, virtualMachines } = await (await Simulator.open(at.labDirectory)).describe();
    expect(settings).toMatchObject({
      checkpointListingDelay: 0,
      synchronousCheckpoints: false,
      mergeDuration: 250,
      pointsThatMergesBear: "unlimited",
    });
    expect([checkpointJobs, ...virtualMachines.map((machine) => machine.checkpoints)].flat()).toEqual([]);
  });
});
