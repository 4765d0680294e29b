import { afterEach, beforeEach, expect, it } from "vitest";
import type { Answer, CheckpointJob, CheckpointRequest } from "../../provider/host/port";
import { value } from "../contract/answers";
import { describeThroughCim, error, pathOf } from "./cim-room";
import { creationRefusals, hostileIds, refusingConditions, wellConditions } from "./refused-creations";
import { until } from "./shell-room";

const WEB01 = "3EB01000-0000-4000-8000-00000000000A";
const FILE01 = "F11E0100-0000-4000-8000-00000000000A";
const CHECKPOINT = "Microsoft:00000000-0000-0000-0000-000000000000";

describeThroughCim("checkpoints made, exported and converted through CIM", (cim) => {
  let directories = 0;

  beforeEach(() =>
    cim().lab.configure({
      jobStartDelay: 0,
      pointJobDuration: 0,
      mergeDuration: 0,
      bytesPerSecond: "unlimited",
      synchronousCheckpoints: false,
    }),
  );
  afterEach(async () => {
    await cim().lab.clearFaults();
    for (const { checkpoints } of (await cim().lab.describe()).virtualMachines)
      for (const { id } of checkpoints) await cim().lab.removeCheckpoint(id);
  });

  const request = (virtualMachineId: string, wanted: Partial<CheckpointRequest> = {}) =>
    ({ virtualMachineId, consistency: "application", ignoreUnsupportedDisks: false, ...wanted }) as const;
  const create = async (virtualMachineId = WEB01, wanted: Partial<CheckpointRequest> = {}) =>
    (await cim().host.createCheckpoints([request(virtualMachineId, wanted)]))[0];
  const convert = async (checkpointId: string, virtualMachineId = WEB01) =>
    (await cim().host.convertCheckpoints([{ virtualMachineId, checkpointId }]))[0];
  const remove = async (checkpointId: string, virtualMachineId = WEB01) =>
    (await cim().host.removeCheckpoints([{ virtualMachineId, checkpointId }]))[0];
  const exportTo = async (checkpointId: string, exportDirectory: string, baseReferencePointId?: string) =>
    (
      await cim().host.exportCheckpoints([
        { virtualMachineId: WEB01, checkpointId, ...(baseReferencePointId && { baseReferencePointId }), intent: "merge", exportDirectory },
      ])
    )[0];
  const found = async (virtualMachineId = WEB01, on = cim().host) => value((await on.findCheckpointJobs([virtualMachineId]))[0]).jobs;
  const listed = async (virtualMachineId = WEB01) => value((await cim().host.listCheckpoints([virtualMachineId]))[0]);
  const look = async (path: string) => value((await cim().host.poll({ jobs: [], checkpointJobs: [path], tasks: [] })).checkpointJobs[0]);
  const ended = async (path: string): Promise<CheckpointJob | undefined> => {
    await until(async () => ![2, 3, 4].includes((await look(path))?.jobState ?? 0));
    return look(path);
  };
  const made = async (virtualMachineId = WEB01) => (await ended(pathOf(value(await create(virtualMachineId)))))?.checkpointId ?? "";
  const directory = async () => {
    const path = cim().room.path(`export-${++directories}`);
    value((await cim().host.createDirectories([{ directory: path }]))[0]);
    return path;
  };

  it.each(creationRefusals)(
    "a refusal in %s codes, for %i: %i is %s, of each method of the service",
    async (creationCodes, code, returnCode, kind) => {
      const checkpointId = await made();
      Object.assign(cim().wmi.moods, { creationCodes, language: "de" });
      const methods = ["createCheckpoints", "convertCheckpoints", "removeCheckpoints"] as const;
      await cim().lab.setFaults(methods.map((method) => ({ fault: "returnCode", code, method })));
      cim().wmi.requests.length = 0;
      for (const answer of [await create(), await convert(checkpointId), await remove(checkpointId)])
        expect(error(answer)).toMatchObject({ kind, details: { returnCode } });
      expect(cim().invocations()).toEqual(["CreateSnapshot", "ConvertToReferencePoint", "DestroySnapshot"]);
      expect((await listed()).checkpoints.map(({ id }) => id)).toEqual([checkpointId]);
    },
  );

  it("an export is refused in its own codes, whatever family the others have", async () => {
    const checkpointId = await made();
    cim().wmi.moods.creationCodes = "dmtf";
    await cim().lab.setFaults([{ fault: "returnCode", code: 32774, method: "exportCheckpoints" }]);
    expect(error(await exportTo(checkpointId, await directory()))).toMatchObject({ kind: "inUse", details: { returnCode: 32774 } });
  });

  it("what is sent is what backup software sends: paths with both keys, booleans, numbers of their types", async () => {
    const first = await made();
    expect((await ended(pathOf(value(await exportTo(first, await directory())))))?.jobState).toBe(7);
    const base = (await ended(pathOf(value(await convert(first)))))?.referencePointId ?? "";
    await until(async () => !(await listed()).isMerging);
    const second = await made();
    expect((await ended(pathOf(value(await exportTo(second, await directory(), base)))))?.jobState).toBe(7);
    const exports = (await cim().lab.checkpointCalls()).filter(({ method }) => method === "ExportSystemDefinition").slice(-2);
    expect(exports).toMatchObject([{ checkpointId: first }, { checkpointId: second, baseReferencePointId: base }]);
  });

  it.each(["before", "inAnswer", "after"] as const)("a call that was cut off %s may or may not have run", async (at) => {
    const calls = async (method: string) => (await cim().lab.checkpointCalls()).filter((call) => call.method === method).length;
    const cutOff = async (method: string, call: () => Promise<Answer<unknown> | undefined>) => {
      const before = await calls(method);
      cim().wmi.moods.cut = { at, times: 1, on: method };
      expect(error(await call()).kind).toBe("connectionLost");
      expect(await calls(method)).toBe(before + (at === "before" ? 0 : 1));
    };
    await cutOff("CreateSnapshot", () => create());
    await until(async () => (await found()).every(({ jobState }) => jobState > 4));
    const checkpointId = (await listed()).checkpoints[0]?.id ?? (await made());
    const target = await directory();
    await cutOff("ExportSystemDefinition", () => exportTo(checkpointId, target));
    await until(async () => (await found()).every(({ jobState }) => jobState > 4));
    await cutOff("ConvertToReferencePoint", () => convert(checkpointId));
    await until(async () => ((await listed()).checkpoints.length === 0) === (at !== "before"));
    const last = (await listed()).checkpoints[0]?.id ?? (await made());
    await cutOff("DestroySnapshot", () => remove(last));
    await until(async () => ((await listed()).checkpoints.length === 0) === (at !== "before"));
  });

  it("a host that does all the work in the call", async () => {
    await cim().lab.configure({ synchronousCheckpoints: true });
    const start = value(await create());
    const [checkpoint] = (await listed()).checkpoints;
    expect(start).toEqual({ kind: "completed", checkpointId: checkpoint?.id });
    const converted = value(await convert(checkpoint?.id ?? ""));
    const points = (await cim().lab.describe()).virtualMachines.find(({ id }) => id === WEB01)?.referencePoints ?? [];
    expect(converted).toEqual({ kind: "completed", referencePointId: points.at(-1)?.id });
  });

  it.each(refusingConditions)("says what is seen on a machine of which no checkpoint is made: %j", async (condition, refusal) => {
    cim().wmi.moods.language = "de";
    await cim().lab.configureMachine({ virtualMachine: FILE01, ...condition });
    const answer = await create(FILE01);
    expect(answer?.ok ? (await ended(pathOf(answer.value)))?.refusals?.[0] : answer?.error.details.refusal).toBe(refusal);
    await cim().lab.configureMachine({ virtualMachine: FILE01, ...wellConditions });
  });

  it("of disks that it was to leave out, a refusal says nothing", async () => {
    await cim().lab.configureMachine({ virtualMachine: FILE01, passThroughDisk: true, replica: true });
    expect((await listed(FILE01)).unsupportedDisks).toMatchObject([{ why: "passThroughDisk" }]);
    expect(error(await create(FILE01, { ignoreUnsupportedDisks: true })).details.refusal).toBe("replica");
    await cim().lab.configureMachine({ virtualMachine: FILE01, replica: false, guestBackup: "fails" });
    const failed = await ended(pathOf(value(await create(FILE01, { ignoreUnsupportedDisks: true }))));
    expect(failed).toMatchObject({ jobState: 10, refusals: ["passThroughDisk", "guestBackupOff"] });
    await cim().lab.configureMachine({ virtualMachine: FILE01, guestBackup: "works" });
    expect((await ended(pathOf(value(await create(FILE01, { ignoreUnsupportedDisks: true })))))?.jobState).toBe(7);
    await cim().lab.configureMachine({ virtualMachine: FILE01, passThroughDisk: false });
  });

  it("tells how far the files of a checkpoint have grown, and that they are merged", async () => {
    const checkpointId = await made();
    const bytes = async () => (await listed()).disks[0]?.bytes ?? 0;
    const before = await bytes();
    await cim().lab.writeToDisk({ virtualMachine: "WEB01", disk: "WEB01.vhdx", offset: 0, bytes: 4096, seed: 1 });
    expect(await bytes()).toBe(before + 4096);
    await cim().lab.configure({ mergeDuration: "1m" });
    await ended(pathOf(value(await convert(checkpointId))));
    expect(await listed()).toMatchObject({ isMerging: true, checkpoints: [] });
    expect(error(await create()).details.refusal).toBe("checkpointRunning");
    const [merge] = (await found()).filter(({ work, jobState }) => work === "merge" && jobState === 4);
    await cim().host.terminateJobs([merge?.path ?? ""]);
    await cim().lab.configure({ mergeDuration: 0 });
    await cim().lab.restart(WEB01);
    expect(await listed()).toMatchObject({ isMerging: false, disks: [{ path: expect.stringMatching(/WEB01\.vhdx$/) }] });
  });

  it("nothing is called absent, free of checkpoints or without jobs by an account that sees nothing, or of a machine that is elsewhere", async () => {
    const checkpointId = await made();
    const calls = (await cim().lab.checkpointCalls()).length;
    const all = async () => [
      (await cim().host.listCheckpoints([WEB01]))[0],
      await create(),
      await exportTo(checkpointId, cim().room.folder),
      await convert(checkpointId),
      await remove(checkpointId),
    ];
    cim().wmi.moods.rights = "noRows";
    for (const answer of [...(await all()), (await cim().host.findCheckpointJobs([WEB01]))[0]])
      expect(error(answer).details.fault).toBe("noHyperVRights");
    cim().wmi.moods.rights = "full";
    cim().wmi.moods.clusterOwners = { WEB01: "HV02" };
    const kinds = (await all()).map((answer) => error(answer).details.fault ?? error(answer).kind);
    expect(kinds).toEqual(["machineElsewhere", "machineElsewhere", "invalidParameter", "machineElsewhere", "machineElsewhere"]);
    cim().wmi.moods.clusterOwners = undefined;
    expect(await cim().lab.checkpointCalls()).toHaveLength(calls);
  });

  it("no checkpoint is made beside one that a hidden job may make, where UAC has filtered the token", async () => {
    cim().wmi.moods.rights = "noJobs";
    await cim().filtered(async (other) => {
      expect(error((await other.findCheckpointJobs([WEB01]))[0]).details.fault).toBe("notElevated");
      const [looked] = (await other.poll({ jobs: [], checkpointJobs: ["no such job"], tasks: [] })).checkpointJobs;
      expect(error(looked).details.fault).toBe("notElevated");
    });
  });

  it("a job that does not tell its machine may be of any while it runs; a merge that does not is of none", async () => {
    cim().wmi.moods.affectedElements = "nothing";
    await cim().lab.configure({ jobStartDelay: 60_000 });
    const path = pathOf(value(await create()));
    expect((await found())[0]).toMatchObject({ path, work: "create", virtualMachineId: WEB01 });
    await cim().afresh(async (other) => {
      for (const answer of await other.findCheckpointJobs([WEB01, FILE01])) expect(error(answer).kind).toBe("inUse");
      await cim().host.terminateJobs([path]);
      expect(await found(WEB01, other)).toEqual([]);
    });
    await cim().lab.configure({ jobStartDelay: 0, mergeDuration: "1m" });
    await ended(pathOf(value(await create())));
    const [checkpoint] = (await listed()).checkpoints;
    await ended(pathOf(value(await convert(checkpoint?.id ?? ""))));
    await cim().afresh(async (other) => expect(await found(WEB01, other)).toEqual([]));
    cim().wmi.moods.affectedElements = "machineAndPoint";
    const [merge] = (await found()).filter(({ work, jobState }) => work === "merge" && jobState === 4);
    await cim().host.terminateJobs([merge?.path ?? ""]);
    await cim().lab.configure({ mergeDuration: 0 });
    await cim().lab.restart(WEB01);
  });

  it("its jobs are each asked once for their machine, and again where it is asked for, however long they are listed", async () => {
    for (const virtualMachineId of [WEB01, FILE01, WEB01]) await remove(await made(virtualMachineId), virtualMachineId);
    await until(async () => !(await listed()).isMerging && !(await listed(FILE01)).isMerging);
    await cim().afresh(async (other) => {
      const [ofWeb, ofFile] = [await found(WEB01, other), await found(FILE01, other)];
      expect(ofFile).not.toEqual([]);
      cim().wmi.requests.length = 0;
      expect(await found(FILE01, other)).toEqual(ofFile);
      expect(cim().associations()).toBe(ofFile.length);
      expect(await found(WEB01, other)).toEqual(ofWeb);
      expect(cim().associations()).toBe(ofFile.length + ofWeb.length);
    });
  });

  it("a job that tells its checkpoint and nothing else is of the checkpoint's machine", async () => {
    cim().wmi.moods.affectedElements = "point";
    const path = pathOf(value(await create()));
    const checkpointId = (await ended(path))?.checkpointId;
    expect((await listed()).checkpoints.map(({ id }) => id)).toEqual([checkpointId]);
    await cim().afresh(async (other) =>
      expect((await found(WEB01, other))[0]).toMatchObject({ path, virtualMachineId: WEB01, checkpointId }),
    );
  });

  it("ids are asked for as they are", async () => {
    const checkpointId = await made();
    const target = await directory();
    for (const id of hostileIds) {
      for (const change of [convert, remove]) {
        expect(value(await change(id))).toEqual({ kind: "absent" });
        expect(error(await change(checkpointId, id)).kind).toBe("notFound");
      }
      expect(error(await create(id)).kind).toBe("notFound");
      expect(error((await cim().host.listCheckpoints([id]))[0]).kind).toBe("notFound");
      expect(error(await exportTo(id, target)).kind).toBe("invalidParameter");
      expect(error(await exportTo(checkpointId, target, id)).kind).toBe("invalidParameter");
    }
    expect((await listed()).checkpoints.map(({ id }) => id)).toEqual([checkpointId]);
  });

  it.each(["with 'quotes' & <brackets> \"", "日本 é $(exit) `x`", "%PATH% ; # @{}"])(
    "an export goes to a directory called %s",
    async (name) => {
      const checkpointId = await made();
      const target = cim().room.path(name);
      value((await cim().host.createDirectories([{ directory: target }]))[0]);
      expect((await ended(pathOf(value(await exportTo(checkpointId, target)))))?.jobState).toBe(7);
      expect((await cim().lab.checkpointCalls()).at(-1)?.exportDirectory).toBe(target);
    },
  );

  it("those of a fleet are made, listed and removed in requests of a bounded length", async () => {
    await cim().lab.configure({ synchronousCheckpoints: true });
    const ids = await cim().fleet(60, "FLEET");
    const answers = await cim().host.createCheckpoints(ids.map((id) => request(id)));
    const keys = answers.map((answer, index) => {
      const start = value(answer);
      return { virtualMachineId: ids[index] ?? "", checkpointId: (start.kind === "completed" && start.checkpointId) || "" };
    });
    const lists = (await cim().host.listCheckpoints(ids)).map((answer) => value(answer).checkpoints.map(({ id }) => id));
    expect(lists).toEqual(keys.map(({ checkpointId }) => [checkpointId]));
    for (const answer of await cim().host.removeCheckpoints(keys)) expect(value(answer)).toEqual({ kind: "completed" });
    cim().expectBoundedQueries();
  });

  it("one that is not there is absent, of no machine that is not", async () => {
    expect(value(await convert(CHECKPOINT))).toEqual({ kind: "absent" });
    expect(error(await remove(CHECKPOINT, CHECKPOINT)).kind).toBe("notFound");
  });
});
