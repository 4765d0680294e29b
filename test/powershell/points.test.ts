import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type { Answer, HostError, PointDestruction, PointJob, PointStart } from "../../provider/host/port";
import { localTransport, PowerShellHost } from "../../provider/host/powershell/index";
import { Simulator } from "../../provider/host/simulator/index";
import { describeWithPowerShell, setShellEnvironment } from "../support/powershell";
import { calmMoods } from "../support/wmi/moods";
import { startWmi, type Wmi } from "../support/wmi/start-wmi";
import { ShellRoom, until } from "./shell-room";

const WEB01 = "3EB01000-0000-4000-8000-00000000000A";
const FILE01 = "F11E0100-0000-4000-8000-00000000000A";
const POINT = "Microsoft:3EB01000-0000-4000-8000-000000000001";

describeWithPowerShell("points made and destroyed through CIM", (powershell) => {
  let room: ShellRoom;
  let lab: Simulator;
  let wmi: Wmi;
  let host: PowerShellHost;

  beforeAll(async () => {
    room = new ShellRoom(powershell);
    lab = await Simulator.open(room.path("lab"));
    wmi = await startWmi(room.path("lab"));
    setShellEnvironment(wmi.environment);
    host = new PowerShellHost(localTransport({ executable: powershell }));
  });
  beforeEach(() => lab.configure({ jobStartDelay: 0, pointJobDuration: 0, finishedJobLifetime: "5m", synchronousPoints: false }));
  afterEach(async () => {
    Object.assign(wmi.moods, calmMoods());
    await lab.clearFaults();
    expect(wmi.broken).toEqual([]);
    wmi.requests.length = 0;
  });
  afterAll(async () => {
    await host.close();
    await wmi.close();
    await room.remove();
  });

  const value = <T>(answer: Answer<T> | undefined): T => {
    if (!answer?.ok) throw answer?.error ?? new Error("no answer");
    return answer.value;
  };
  const error = (answer: Answer<unknown> | undefined): HostError => {
    if (!answer || answer.ok) throw new Error(`no error, but ${JSON.stringify(answer)}`);
    return answer.error;
  };
  const create = async (virtualMachineId = WEB01, on = host) =>
    (await on.createReferencePoints([{ virtualMachineId, consistency: "application" }]))[0];
  const destroy = async (referencePointId: string, virtualMachineId = WEB01) =>
    (await host.destroyReferencePoints([{ virtualMachineId, referencePointId }]))[0];
  const found = async (virtualMachineId = WEB01, on = host) => value((await on.findPointJobs([virtualMachineId]))[0]);
  const pathOf = (answer: Answer<PointStart | PointDestruction> | undefined) => {
    const start = value(answer);
    if (start.kind !== "job") throw new Error(start.kind);
    return start.path;
  };
  const look = async (path: string) => value((await host.poll({ jobs: [], pointJobs: [path], tasks: [] })).pointJobs[0]);
  const ended = async (path: string): Promise<PointJob | undefined> => {
    await until(async () => ![2, 3, 4].includes((await look(path))?.jobState ?? 0));
    return look(path);
  };
  const points = async () =>
    (await lab.describe()).virtualMachines.find(({ id }) => id === WEB01)?.referencePoints.map(({ id }) => id) ?? [];
  const invocations = () => wmi.requests.filter((one) => one.operation === "invoke").map((one) => one.text);
  const afresh = async <T>(work: (other: PowerShellHost) => Promise<T>): Promise<T> => {
    const other = new PowerShellHost(localTransport({ executable: powershell }));
    try {
      return await work(other);
    } finally {
      await other.close();
    }
  };

  it.each([
    ["vendor", 32770, 32770, "notSupported"],
    ["vendor", 32775, 32775, "invalidState"],
    ["vendor", 32778, 32778, "outOfMemory"],
    ["dmtf", 32770, 1, "notSupported"],
    ["dmtf", 32768, 2, "failed"],
    ["dmtf", 32772, 3, "timeout"],
    ["dmtf", 32773, 4, "invalidParameter"],
    ["dmtf", 32775, 5, "invalidState"],
    ["dmtf", 32776, 6, "incorrectDataType"],
  ] as const)("a refusal in %s codes, for %i: %i is %s", async (creationCodes, code, returnCode, kind) => {
    Object.assign(wmi.moods, { creationCodes, language: "de" });
    await lab.setFaults([{ fault: "returnCode", code, method: "createReferencePoints" }]);
    const before = await points();
    expect(error(await create())).toMatchObject({ kind, details: { returnCode } });
    expect(await points()).toEqual(before);
    expect(invocations()).toEqual(["CreateReferencePoint"]);
  });

  it("a refusal to destroy, in the codes of exports", async () => {
    await lab.setFaults([{ fault: "returnCode", code: 32774, method: "destroyReferencePoints" }]);
    expect(error(await destroy(POINT))).toMatchObject({ kind: "inUse", details: { returnCode: 32774 } });
  });

  it.each(["before", "inAnswer", "after"] as const)("a call that was cut off %s may or may not have run", async (at) => {
    const before = await found();
    wmi.moods.cut = { at, times: 1, on: "CreateReferencePoint" };
    expect(error(await create()).kind).toBe("connectionLost");
    expect(await found()).toHaveLength(before.length + (at === "before" ? 0 : 1));
    wmi.moods.cut = { at, times: 1, on: "DestroyReferencePoint" };
    const id = (await points()).at(-1) ?? "";
    expect(error(await destroy(id)).kind).toBe("connectionLost");
    await until(async () => (await points()).includes(id) === (at === "before"));
  });

  it("a host that does all the work in the call", async () => {
    await lab.configure({ synchronousPoints: true });
    const made = value(await create());
    expect(made).toEqual({ kind: "completed", referencePointId: (await points()).at(-1) });
    expect(value(await destroy((await points()).at(-1) ?? ""))).toEqual({ kind: "completed" });
  });

  it.each([
    [{ passThroughDisk: true }, "passThroughDisk"],
    [{ replica: true }, "replica"],
    [{ checkpointRunning: true }, "checkpointRunning"],
    [{ guestBackup: "fails" }, "guestBackupOff"],
  ] as const)("says what is seen on a machine of which no point is made: %j", async (condition, refusal) => {
    wmi.moods.language = "de";
    await lab.configureMachine({ virtualMachine: FILE01, ...condition });
    const answer = await create(FILE01);
    const told = answer?.ok ? (await ended(pathOf(answer)))?.refusal : answer?.error.details.refusal;
    expect(told).toBe(refusal);
    await lab.configureMachine({
      virtualMachine: FILE01,
      passThroughDisk: false,
      replica: false,
      checkpointRunning: false,
      guestBackup: "works",
    });
    expect(await ended(pathOf(await create(FILE01)))).toMatchObject({ jobState: 7 });
  });

  it("of a machine with a VHD set, too", async () => {
    const { id } = await lab.addVirtualMachine({ name: "SET01", disks: [{ name: "shared.vhds", bytes: 4096 }] });
    expect(await ended(pathOf(await create(id)))).toMatchObject({ jobState: 10, errorCode: 32770, refusal: "sharedDisk" });
  });

  it("a refusal that nothing is seen of stays one, also where nothing can be seen", async () => {
    await lab.setFaults([{ fault: "returnCode", code: 32768, method: "createReferencePoints" }]);
    expect(error(await create()).details).not.toHaveProperty("refusal");
    wmi.moods.missingClasses = ["Msvm_VssComponent", "Msvm_ResourceAllocationSettingData"];
    expect(error(await create())).toMatchObject({ kind: "failed", details: { returnCode: 32768 } });
  });

  it("nothing is called absent or without jobs by an account that sees nothing, or of a machine that is elsewhere", async () => {
    const calls = (await lab.pointCalls()).length;
    wmi.moods.rights = "noRows";
    expect(error(await create()).details.fault).toBe("noHyperVRights");
    expect(error(await destroy(POINT)).details.fault).toBe("noHyperVRights");
    expect(error((await host.findPointJobs([WEB01]))[0]).details.fault).toBe("noHyperVRights");
    wmi.moods.rights = "full";
    wmi.moods.managementService = "stopped";
    expect(error(await destroy(POINT)).details.fault).toBe("managementServiceStopped");
    wmi.moods.managementService = "running";
    wmi.moods.clusterOwners = { WEB01: "HV02" };
    expect(error(await create()).details.fault).toBe("machineElsewhere");
    expect(error(await destroy(POINT)).details.fault).toBe("machineElsewhere");
    expect(await lab.pointCalls()).toHaveLength(calls);
  });

  it("no point is made beside one that a hidden job may make, where UAC has filtered the token", async () => {
    const filtered = room.program(`"$POWERSHELL" "$@" | sed -u 's/"filteredToken":false/"filteredToken":true/'`);
    const other = new PowerShellHost(localTransport({ executable: filtered }));
    wmi.moods.rights = "noJobs";
    try {
      expect(error((await other.findPointJobs([WEB01]))[0]).details.fault).toBe("notElevated");
      const [looked] = (await other.poll({ jobs: [], pointJobs: ["no such job"], tasks: [] })).pointJobs;
      expect(error(looked).details.fault).toBe("notElevated");
    } finally {
      await other.close();
    }
  });

  it("a job that does not tell its machine may be of any while it runs, and is of none when it is over", async () => {
    wmi.moods.affectedElements = "nothing";
    await lab.configure({ jobStartDelay: 60_000 });
    const path = pathOf(await create());
    expect(await found()).toMatchObject([{ path, work: "create", virtualMachineId: WEB01 }]);
    await afresh(async (other) => {
      for (const answer of await other.findPointJobs([WEB01, FILE01])) expect(error(answer).kind).toBe("inUse");
      await host.terminateJobs([path]);
      expect(await found(WEB01, other)).toEqual([]);
    });
    expect(await look(path)).toMatchObject({ jobState: 8, virtualMachineId: WEB01 });
  });

  it("a job that tells its point and nothing else is of the point's machine", async () => {
    wmi.moods.affectedElements = "point";
    const path = pathOf(await create());
    const referencePointId = (await ended(path))?.referencePointId;
    expect(await points()).toContain(referencePointId);
    await afresh(async (other) => {
      expect((await found(WEB01, other))[0]).toMatchObject({ path, virtualMachineId: WEB01, referencePointId });
      expect((await found(FILE01, other)).map((job) => job.path)).not.toContain(path);
    });
  });

  it("jobs of exports do not pass for those of points, whatever class they have", async () => {
    for (const exportJobClass of ["Msvm_ConcreteJob", "Msvm_VirtualSystemReferencePointExportJob"] as const) {
      wmi.moods.exportJobClass = exportJobClass;
      const before = await found(FILE01);
      const path = pathOf(await create(FILE01));
      const referencePointId = (await ended(path))?.referencePointId ?? "";
      const [answer] = await host.exportReferencePoints([
        { virtualMachineId: FILE01, referencePointId, disksToExport: [], exportDirectory: room.folder },
      ]);
      if (answer?.ok && answer.value.kind === "job") await host.terminateJobs([answer.value.path]);
      expect((await found(FILE01)).map((job) => job.path)).toEqual([path, ...before.map((job) => job.path)]);
      const [exports] = await host.findExportJobs([room.folder]);
      expect(value(exports).map((job) => job.path)).not.toContain(path);
    }
  });

  it("ids are asked for as they are", async () => {
    const before = await points();
    for (const id of ["x' OR InstanceID LIKE '%", "Microsoft:\\", '"', "Zweitgerät 点"]) {
      expect(value(await destroy(id))).toEqual({ kind: "absent" });
      expect(error(await destroy(POINT, id)).kind).toBe("notFound");
      expect(error(await create(id)).kind).toBe("notFound");
    }
    expect(await points()).toEqual(before);
  });

  it("the points of a fleet are made and destroyed in requests of a bounded length", async () => {
    await lab.configure({ synchronousPoints: true });
    const machines = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        lab.addVirtualMachine({ name: `FLEET${index}`, disks: [{ name: "disk.vhdx", bytes: 512 }] }),
      ),
    );
    const answers = await host.createReferencePoints(machines.map(({ id }) => ({ virtualMachineId: id, consistency: "crash" })));
    const keys = answers.map((answer, index) => {
      const made = value(answer);
      return { virtualMachineId: machines[index]?.id ?? "", referencePointId: (made.kind === "completed" && made.referencePointId) || "" };
    });
    expect(new Set(keys.map((key) => key.referencePointId)).size).toBe(60);
    for (const answer of await host.destroyReferencePoints(keys)) expect(value(answer)).toEqual({ kind: "completed" });
    for (const { text } of wmi.requests) expect(text.split(" OR ").length).toBeLessThanOrEqual(50);
  });
});
