import { afterEach, beforeEach, expect, it } from "vitest";
import type { PointJob } from "../../provider/host/port";
import { value } from "../contract/answers";
import { describeThroughCim, error, pathOf } from "./cim-room";
import { creationRefusals, hostileIds, refusingConditions, wellConditions } from "./refused-creations";
import { until } from "./shell-room";

const WEB01 = "3EB01000-0000-4000-8000-00000000000A";
const FILE01 = "F11E0100-0000-4000-8000-00000000000A";
const POINT = "Microsoft:3EB01000-0000-4000-8000-000000000001";

describeThroughCim("points made and destroyed through CIM", (cim) => {
  beforeEach(() => cim().lab.configure({ jobStartDelay: 0, pointJobDuration: 0, finishedJobLifetime: "5m", synchronousPoints: false }));
  afterEach(() => cim().lab.clearFaults());

  const create = async (virtualMachineId = WEB01, on = cim().host) =>
    (await on.createReferencePoints([{ virtualMachineId, consistency: "application" }]))[0];
  const destroy = async (referencePointId: string, virtualMachineId = WEB01) =>
    (await cim().host.destroyReferencePoints([{ virtualMachineId, referencePointId }]))[0];
  const found = async (virtualMachineId = WEB01, on = cim().host) => value((await on.findPointJobs([virtualMachineId]))[0]).jobs;
  const look = async (path: string) => value((await cim().host.poll({ jobs: [], pointJobs: [path], tasks: [] })).pointJobs[0]);
  const ended = async (path: string): Promise<PointJob | undefined> => {
    await until(async () => ![2, 3, 4].includes((await look(path))?.jobState ?? 0));
    return look(path);
  };
  const points = async () =>
    (await cim().lab.describe()).virtualMachines.find(({ id }) => id === WEB01)?.referencePoints.map(({ id }) => id) ?? [];

  it.each([["vendor", 32770, 32770, "notSupported"], ...creationRefusals] as const)(
    "a refusal in %s codes, for %i: %i is %s",
    async (creationCodes, code, returnCode, kind) => {
      Object.assign(cim().wmi.moods, { creationCodes, language: "de" });
      await cim().lab.setFaults([{ fault: "returnCode", code, method: "createReferencePoints" }]);
      const before = await points();
      expect(error(await create())).toMatchObject({ kind, details: { returnCode } });
      expect(await points()).toEqual(before);
      expect(cim().invocations()).toEqual(["CreateReferencePoint"]);
    },
  );

  it("a refusal to destroy, in the codes of exports", async () => {
    await cim().lab.setFaults([{ fault: "returnCode", code: 32774, method: "destroyReferencePoints" }]);
    expect(error(await destroy(POINT))).toMatchObject({ kind: "inUse", details: { returnCode: 32774 } });
  });

  it.each(["before", "inAnswer", "after"] as const)("a call that was cut off %s may or may not have run", async (at) => {
    const before = await found();
    cim().wmi.moods.cut = { at, times: 1, on: "CreateReferencePoint" };
    expect(error(await create()).kind).toBe("connectionLost");
    expect(await found()).toHaveLength(before.length + (at === "before" ? 0 : 1));
    cim().wmi.moods.cut = { at, times: 1, on: "DestroyReferencePoint" };
    const id = (await points()).at(-1) ?? "";
    expect(error(await destroy(id)).kind).toBe("connectionLost");
    await until(async () => (await points()).includes(id) === (at === "before"));
  });

  it("a host that does all the work in the call", async () => {
    await cim().lab.configure({ synchronousPoints: true });
    const made = value(await create());
    expect(made).toEqual({ kind: "completed", referencePointId: (await points()).at(-1) });
    expect(value(await destroy((await points()).at(-1) ?? ""))).toEqual({ kind: "completed" });
  });

  it.each(refusingConditions)("says what is seen on a machine of which no point is made: %j", async (condition, refusal) => {
    cim().wmi.moods.language = "de";
    await cim().lab.configureMachine({ virtualMachine: FILE01, ...condition });
    const answer = await create(FILE01);
    const told = answer?.ok ? (await ended(pathOf(answer.value)))?.refusal : answer?.error.details.refusal;
    expect(told).toBe(refusal);
    await cim().lab.configureMachine({ virtualMachine: FILE01, ...wellConditions });
    expect(await ended(pathOf(value(await create(FILE01))))).toMatchObject({ jobState: 7 });
  });

  it("of a machine with a VHD set, too", async () => {
    const { id } = await cim().lab.addVirtualMachine({ name: "SET01", disks: [{ name: "shared.vhds", bytes: 4096 }] });
    expect(await ended(pathOf(value(await create(id))))).toMatchObject({ jobState: 10, errorCode: 32770, refusal: "sharedDisk" });
  });

  it("a job that was started and not named is no refusal, whatever is seen on the machine", async () => {
    await cim().lab.configureMachine({ virtualMachine: FILE01, passThroughDisk: true });
    cim().wmi.moods.jobsUnnamed = true;
    try {
      const { kind, details } = error(await create(FILE01));
      expect([kind, details.refusal]).toEqual(["connectionLost", undefined]);
    } finally {
      await cim().lab.configureMachine({ virtualMachine: FILE01, passThroughDisk: false });
    }
  });

  it("a refusal that nothing is seen of stays one, also where nothing can be seen", async () => {
    await cim().lab.setFaults([{ fault: "returnCode", code: 32768, method: "createReferencePoints" }]);
    expect(error(await create()).details).not.toHaveProperty("refusal");
    cim().wmi.moods.missingClasses = ["Msvm_VssComponent", "Msvm_ResourceAllocationSettingData"];
    expect(error(await create())).toMatchObject({ kind: "failed", details: { returnCode: 32768 } });
  });

  it("nothing is called absent or without jobs by an account that sees nothing, or of a machine that is elsewhere", async () => {
    const calls = (await cim().lab.pointCalls()).length;
    cim().wmi.moods.rights = "noRows";
    expect(error(await create()).details.fault).toBe("noHyperVRights");
    expect(error(await destroy(POINT)).details.fault).toBe("noHyperVRights");
    expect(error((await cim().host.findPointJobs([WEB01]))[0]).details.fault).toBe("noHyperVRights");
    cim().wmi.moods.rights = "full";
    cim().wmi.moods.managementService = "stopped";
    expect(error(await destroy(POINT)).details.fault).toBe("managementServiceStopped");
    cim().wmi.moods.managementService = "running";
    cim().wmi.moods.clusterOwners = { WEB01: "HV02" };
    expect(error(await create()).details.fault).toBe("machineElsewhere");
    expect(error(await destroy(POINT)).details.fault).toBe("machineElsewhere");
    expect(await cim().lab.pointCalls()).toHaveLength(calls);
  });

  it("no point is made beside one that a hidden job may make, where UAC has filtered the token", async () => {
    cim().wmi.moods.rights = "noJobs";
    await cim().filtered(async (other) => {
      expect(error((await other.findPointJobs([WEB01]))[0]).details.fault).toBe("notElevated");
      const [looked] = (await other.poll({ jobs: [], pointJobs: ["no such job"], tasks: [] })).pointJobs;
      expect(error(looked).details.fault).toBe("notElevated");
    });
  });

  it("a job that does not tell its machine may be of any while it runs, and is of none when it is over", async () => {
    cim().wmi.moods.affectedElements = "nothing";
    await cim().lab.configure({ jobStartDelay: 60_000 });
    const path = pathOf(value(await create()));
    expect(await found()).toMatchObject([{ path, work: "create", virtualMachineId: WEB01 }]);
    await cim().afresh(async (other) => {
      for (const answer of await other.findPointJobs([WEB01, FILE01])) expect(error(answer).kind).toBe("inUse");
      await cim().host.terminateJobs([path]);
      expect(await found(WEB01, other)).toEqual([]);
    });
    expect(await look(path)).toMatchObject({ jobState: 8, virtualMachineId: WEB01 });
  });

  it("a job that tells its point and nothing else is of the point's machine", async () => {
    cim().wmi.moods.affectedElements = "point";
    const path = pathOf(value(await create()));
    const referencePointId = (await ended(path))?.referencePointId;
    expect(await points()).toContain(referencePointId);
    await cim().afresh(async (other) => {
      expect((await found(WEB01, other))[0]).toMatchObject({ path, virtualMachineId: WEB01, referencePointId });
      expect((await found(FILE01, other)).map((job) => job.path)).not.toContain(path);
    });
  });

  it("a fleet's jobs are each asked once for their machine, and again where it is asked for, however long they are listed", async () => {
    const ids = await cim().fleet(12, "MANY");
    for (const id of ids) await ended(pathOf(value(await create(id))));
    await cim().afresh(async (other) => {
      cim().wmi.requests.length = 0;
      await found(WEB01, other);
      const listed = cim().associations();
      for (const id of ids) expect(await found(id, other)).toMatchObject([{ virtualMachineId: id, referencePointId: expect.any(String) }]);
      expect(cim().associations()).toBe(listed + ids.length);
      const made = await ended(pathOf(value(await create(ids[0]))));
      expect((await found(ids[0], other)).map(({ path }) => path)).toEqual([made?.path, expect.any(String)]);
    });
  });

  it("jobs of exports do not pass for those of points, whatever class they have", async () => {
    for (const exportJobClass of ["Msvm_ConcreteJob", "Msvm_VirtualSystemReferencePointExportJob"] as const) {
      cim().wmi.moods.exportJobClass = exportJobClass;
      const before = await found(FILE01);
      const path = pathOf(value(await create(FILE01)));
      const referencePointId = (await ended(path))?.referencePointId ?? "";
      const [answer] = await cim().host.exportReferencePoints([
        { virtualMachineId: FILE01, referencePointId, disksToExport: [], exportDirectory: cim().room.folder },
      ]);
      if (answer?.ok && answer.value.kind === "job") await cim().host.terminateJobs([answer.value.path]);
      expect((await found(FILE01)).map((job) => job.path)).toEqual([path, ...before.map((job) => job.path)]);
      const [exports] = await cim().host.findExportJobs([cim().room.folder]);
      expect(value(exports).map((job) => job.path)).not.toContain(path);
    }
  });

  it("ids are asked for as they are", async () => {
    const before = await points();
    for (const id of hostileIds) {
      expect(value(await destroy(id))).toEqual({ kind: "absent" });
      expect(error(await destroy(POINT, id)).kind).toBe("notFound");
      expect(error(await create(id)).kind).toBe("notFound");
    }
    expect(await points()).toEqual(before);
  });

  it("the points of a fleet are made and destroyed in requests of a bounded length", async () => {
    await cim().lab.configure({ synchronousPoints: true });
    const ids = await cim().fleet(60, "FLEET");
    const answers = await cim().host.createReferencePoints(ids.map((virtualMachineId) => ({ virtualMachineId, consistency: "crash" })));
    const keys = answers.map((answer, index) => {
      const made = value(answer);
      return { virtualMachineId: ids[index] ?? "", referencePointId: (made.kind === "completed" && made.referencePointId) || "" };
    });
    expect(new Set(keys.map((key) => key.referencePointId)).size).toBe(60);
    for (const answer of await cim().host.destroyReferencePoints(keys)) expect(value(answer)).toEqual({ kind: "completed" });
    cim().expectBoundedQueries();
  });
});
