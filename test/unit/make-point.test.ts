import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import type { PointAttempt } from "../../provider/domain/records/method-attempts/point-attempt";
import { HostError, type PointRequest } from "../../provider/host/port";
import type { Fault } from "../../provider/host/simulator/index";
import { openSimulatorHost } from "../../provider/host/simulator/simulator-host";
import { destroyPoint } from "../../provider/lifecycle/reference-point/attempt/destroy-point";
import { type MakeRequest, makePoint } from "../../provider/lifecycle/reference-point/attempt/make-point";
import type { PointEvidence } from "../../provider/lifecycle/reference-point/record/point-evidence";
import { Death } from "../support/death";
import type { Intervention } from "../support/decorated-host";
import { PointRecord } from "../support/point-record";
import { Scene } from "../support/scene";
import { Session } from "../support/session";
import { VirtualClock } from "../support/virtual-clock";

const method = "createReferencePoints";

interface Stage {
  readonly scene: Scene;
  readonly session: Session;
  readonly machine: { readonly id: string; readonly name: string };
}

async function stage(
  faults: readonly Fault[] = [],
  condition: object = {},
  clock?: VirtualClock,
  intervene?: Intervention,
): Promise<Stage> {
  const scene = await Scene.open({ pointJobDuration: 10 });
  const [machine] = (await scene.lab.describe()).virtualMachines;
  if (!machine) throw new Error("the lab has no machine");
  await scene.lab.setFaults(faults);
  if (Object.keys(condition).length > 0) await scene.lab.configureMachine({ virtualMachine: machine.id, ...condition });
  return { scene, machine, session: new Session(scene, intervene, clock) };
}

async function make({ scene, session, machine }: Stage, changes: Partial<MakeRequest> = {}): Promise<string> {
  const operation = session.operation(20_000, "timeouts.create");
  const evidence = await PointRecord.open(operation, scene.volume);
  const request: MakeRequest = { machine, consistency: "application", stall: "10s", evidence, ...changes };
  return (await makePoint(operation, session.queue, request)).id;
}

async function pointsOf({ scene }: Stage) {
  return (await scene.lab.describe()).virtualMachines[0]?.referencePoints ?? [];
}

async function newIds(at: Stage): Promise<string[]> {
  return (await pointsOf(at)).map(({ id }) => id).filter((id) => !at.scene.points.includes(id));
}

async function callsOf({ scene }: Stage, wanted = "CreateReferencePoint") {
  return (await scene.lab.pointCalls()).filter((call) => call.method === wanted);
}

function attemptOf({ scene }: Stage) {
  return JSON.parse(fs.readFileSync(path.join(scene.volume, "point-attempt.json"), "utf8"));
}

describe("consistency", () => {
  it("application where the guest gives crash is an error, and the point is destroyed again", async () => {
    const at = await stage([], { guestBackup: "fallsBack" });
    await expect(make(at)).rejects.toMatchObject({
      code: "not-application-consistent",
      reason: expect.stringContaining("destroyed again"),
    });
    expect(await newIds(at)).toEqual([]);
    expect(attemptOf(at)).toMatchObject({ isRefused: true });
    // The next one does not take it for made.
    await at.scene.lab.configureMachine({ virtualMachine: at.machine.id, guestBackup: "works" });
    expect(await newIds(at)).toEqual([]);
    const id = await make(at);
    expect(await newIds(at)).toEqual([id]);
  });

  it("a weaker point of a killed run is destroyed, and another one is made at once", async () => {
    const at = await stage([], { guestBackup: "fallsBack" });
    const death = new Death({ key: "poll-points#1", when: "before" });
    const killed = new Session(at.scene, death.intervene);
    void make({ ...at, session: killed }).catch(() => {});
    await death.moment;
    await killed.close();
    await at.scene.lab.configureMachine({ virtualMachine: at.machine.id, guestBackup: "works" });
    const id = await make(at);
    expect(await newIds(at)).toEqual([id]);
    expect((await pointsOf(at)).at(-1)?.consistency).toBe("application");
    expect(await callsOf(at)).toHaveLength(2);
  });

  it.each(["fallsBack", "fails"] as const)("application-if-possible where the guest's backup %s is a warning", async (guestBackup) => {
    const at = await stage([], { guestBackup });
    const id = await make(at, { consistency: "application-if-possible" });
    expect(await newIds(at)).toEqual([id]);
    expect((await pointsOf(at)).at(-1)?.consistency).toBe("crash");
    expect(at.session.warnings).toEqual([expect.stringContaining("only crash-consistent")]);
  });

  it("crash is asked for where it is wanted", async () => {
    const at = await stage();
    await make(at, { consistency: "crash" });
    expect((await callsOf(at)).map(({ consistency }) => consistency)).toEqual(["crash"]);
  });
});

describe("what the host refuses", () => {
  it("for now is tried again, and each try writes down what is listed by then", async () => {
    const at = await stage([{ fault: "returnCode", code: 32775, method, count: 2 }]);
    const id = await make(at);
    expect((await callsOf(at)).map(({ returnCode }) => returnCode)).toEqual([32775, 32775, 4096]);
    expect(await newIds(at)).toEqual([id]);
  });

  it("for good is told at once, with the method's name, and leaves nothing that could be taken for a point", async () => {
    const at = await stage([{ fault: "returnCode", code: 32773, method }]);
    await expect(make(at)).rejects.toMatchObject({
      code: "method-refused",
      reason: expect.stringContaining("CreateReferencePoint"),
    });
    expect(attemptOf(at)).toMatchObject({ isRefused: true });
  });

  it.each([
    [{ passThroughDisk: true }, "pass-through-disk"],
    [{ replica: true }, "replica"],
    [{ guestBackup: "fails" }, "guest-backup-off"],
  ] as const)("because of the machine, %j, has the code %s", async (condition, code) => {
    const at = await stage([], condition);
    await expect(make(at)).rejects.toMatchObject({ code });
    expect(await newIds(at)).toEqual([]);
    expect(attemptOf(at)).toMatchObject({ isRefused: true });
  });

  it("as long as there is time, because of a checkpoint, says so in the end", async () => {
    const at = await stage([], { checkpointRunning: true }, new VirtualClock());
    await expect(make(at)).rejects.toMatchObject({ code: "checkpoint-running" });
  });
});

describe("a job that", () => {
  it("fails for now is started again", async () => {
    const at = await stage([{ fault: "jobFails", method, errorCode: 32774, count: 1 }]);
    const id = await make(at);
    expect(await newIds(at)).toEqual([id]);
    expect(await callsOf(at)).toHaveLength(2);
  });

  it("fails when its point is there already leaves none", async () => {
    const at = await stage([{ fault: "jobFails", method, atPercent: 100, count: 1 }]);
    await expect(make(at)).rejects.toMatchObject({ code: "job-failed" });
    expect(await newIds(at)).toEqual([]);
    expect(await callsOf(at, "DestroyReferencePoint")).toHaveLength(1);
  });

  it("vanishes with its work done leaves a point that nothing proves: it is left alone and named, and another one is made", async () => {
    const at = await stage([{ fault: "jobVanishes", method, atPercent: 100, count: 1 }], {}, new VirtualClock());
    const id = await make(at);
    const come = await newIds(at);
    expect(come).toHaveLength(2);
    expect(come).toContain(id);
    expect(at.session.warnings.join()).toContain(come.find((one) => one !== id));
    expect(await callsOf(at)).toHaveLength(2);
    expect(await callsOf(at, "DestroyReferencePoint")).toEqual([]);
  });

  it("vanishes with nothing done is started again, and twice is an error", async () => {
    const once = await stage([{ fault: "jobVanishes", method, atPercent: 60, count: 1 }], {}, new VirtualClock());
    expect(await newIds(once)).toEqual([]);
    const id = await make(once);
    expect(await newIds(once)).toEqual([id]);
    const twice = await stage([{ fault: "jobVanishes", method, atPercent: 60 }], {}, new VirtualClock());
    await expect(make(twice)).rejects.toMatchObject({ code: "job-vanished" });
    expect(await newIds(twice)).toEqual([]);
  });

  it("stands still is ended", async () => {
    const at = await stage([{ fault: "jobStalls", method, count: 1 }], {}, new VirtualClock());
    await expect(make(at)).rejects.toMatchObject({ code: "job-stalled" });
    expect((await callsOf(at, "RequestStateChange")).length).toBe(1);
    expect(await newIds(at)).toEqual([]);
  });

  it("was on its way when the connection broke at a later try is waited for", async () => {
    const late: Intervention = async ({ key, items }, run) => {
      if (key !== "createReferencePoints#2") return run();
      const other = openSimulatorHost(at.scene.labDirectory);
      const [{ virtualMachineId, consistency }] = items as [PointRequest];
      // It has looked at the record already, and arrives after the next look.
      setTimeout(() => void other.createReferencePoints([{ virtualMachineId, consistency }]), 150);
      throw new HostError("connectionLost", "the line is dead");
    };
    const at = await stage([{ fault: "returnCode", code: 32775, method, count: 1 }], {}, undefined, late);
    const id = await make(at);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await newIds(at)).toEqual([id]);
    expect(at.session.warnings).toEqual([]);
  });

  it("stands still is left to the run that has taken it over meanwhile", async () => {
    const at = await stage([{ fault: "jobStalls", method, count: 1 }], {}, new VirtualClock());
    const operation = at.session.operation(20_000, "timeouts.create");
    const evidence = await PointRecord.open(operation, at.scene.volume);
    const overtaken: PointEvidence = {
      read: () => evidence.read(),
      condition: () => evidence.condition(),
      write: async (attempt) => {
        await evidence.write(attempt);
        if (attempt.jobPath !== undefined)
          fs.writeFileSync(path.join(at.scene.volume, "point-attempt.json"), JSON.stringify({ ...attempt, run: "another" }));
      },
    };
    await expect(make(at, { evidence: overtaken })).rejects.toMatchObject({ code: "superseded" });
    expect(await callsOf(at, "RequestStateChange")).toEqual([]);
  });

  it.each(["connectionLostBefore", "connectionLostAfter"] as const)(
    "may have been started when the connection broke (%s)",
    async (fault) => {
      const at = await stage([{ fault, method, count: 1 }]);
      const id = await make(at);
      expect(await newIds(at)).toEqual([id]);
      expect(at.session.warnings).toEqual([]);
    },
  );
});

describe("an attempt of a dead run", () => {
  /** @param changes what is otherwise than right before a call that was never made */
  const deadAttempt = async (at: Stage, changes: Partial<PointAttempt> = {}): Promise<void> => {
    const operation = at.session.operation(20_000, "timeouts.create");
    const evidence = await PointRecord.open(operation, at.scene.volume);
    await evidence.write({
      run: "dead",
      virtualMachineId: at.machine.id,
      virtualMachineName: at.machine.name,
      consistency: "application",
      pointsBefore: [...at.scene.points],
      jobsBefore: [],
      startedAt: operation.timestamp(),
      hostTime: new Date().toISOString(),
      ...changes,
    });
  };
  const foreignCall = async (
    { scene, machine: { id: virtualMachineId } }: Stage,
    consistency: PointRequest["consistency"] = "application",
  ): Promise<string> => {
    const [start] = await openSimulatorHost(scene.labDirectory).createReferencePoints([{ virtualMachineId, consistency }]);
    return start?.ok && start.value.kind === "job" ? start.value.path : "no job";
  };
  /** Another program's point, made now. */
  const foreignPoint = async (at: Stage, consistency?: PointRequest["consistency"]): Promise<string> => {
    const before = await newIds(at);
    await foreignCall(at, consistency);
    while ((await newIds(at)).length === before.length) await new Promise((resolve) => setTimeout(resolve, 10));
    return (await newIds(at)).at(-1) ?? "";
  };
  const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();

  it.each<[string, Partial<PointAttempt>]>([
    ["later than its call could", { hostTime: ago(180) }],
    ["after another run had taken it over, so that its call began no more", { hostTime: ago(60), overtakenAt: ago(30) }],
  ])("is not proved by a job that was started %s", async (_, changes) => {
    const at = await stage();
    const theirs = await deadAttempt(at, changes).then(() => foreignPoint(at));
    const id = await make(at);
    expect(await newIds(at)).toEqual([theirs, id]);
    expect(at.session.warnings.join()).toContain(theirs);
  });

  it("is proved by its job however far the clocks of host and runner are apart", async () => {
    const at = await stage();
    const anHourOff = { startedAt: new Date(Date.now() + 3_600_000).toISOString() };
    const mine = await deadAttempt(at, anHourOff).then(() => foreignPoint(at));
    expect(await make(at)).toBe(mine);
    expect(await newIds(at)).toEqual([mine]);
    expect(attemptOf(at)).toMatchObject({ referencePointId: mine, overtakenAt: expect.any(String) });
  });

  it("with two jobs that were not listed, one of which runs, takes none and names both", async () => {
    const at = await stage();
    await deadAttempt(at);
    const theirs = await foreignPoint(at);
    await at.scene.lab.configure({ pointJobDuration: 1000 });
    const path = await foreignCall(at);
    await at.scene.lab.configure({ pointJobDuration: 10 });
    const id = await make(at);
    expect((await newIds(at))[0]).toBe(theirs);
    expect((await newIds(at)).at(-1)).toBe(id);
    expect(await newIds(at)).toHaveLength(3);
    expect(at.session.warnings.join()).toContain(theirs);
    expect(at.session.warnings.join()).toContain(path);
  });

  it("with two jobs that were not listed takes none: one is another program's", async () => {
    const at = await stage();
    await deadAttempt(at);
    for (let made = 1; made <= 2; made++) {
      await foreignCall(at);
      while ((await newIds(at)).length < made) await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const theirs = await newIds(at);
    const id = await make(at);
    expect(theirs).not.toContain(id);
    expect(await newIds(at)).toEqual([...theirs, id]);
    for (const one of theirs) expect(at.session.warnings.join()).toContain(one);
  });

  it.each([0, 300])("is not proved by a point of another consistency, whose job lasts %i ms: that is left", async (pointJobDuration) => {
    const at = await stage();
    await at.scene.lab.configure({ pointJobDuration });
    await deadAttempt(at);
    if (pointJobDuration === 0) await foreignPoint(at, "crash");
    else await foreignCall(at, "crash");
    const id = await make(at);
    const [theirs, ...others] = await newIds(at);
    expect(others).toEqual([id]);
    expect(at.session.warnings.join()).toContain(theirs);
    expect(await callsOf(at, "DestroyReferencePoint")).toEqual([]);
  });

  it("is not proved by the job of another call of this process", async () => {
    const at = await stage();
    await deadAttempt(at);
    const operation = at.session.operation(20_000, "timeouts.create");
    await operation.host.createReferencePoint({ virtualMachineId: at.machine.id, consistency: "application" });
    while ((await newIds(at)).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    const id = await make(at);
    expect((await newIds(at)).at(-1)).toBe(id);
    expect(await newIds(at)).toHaveLength(2);
  });

  it("that another run has gone on with meanwhile is its: the method is not called", async () => {
    const at = await stage();
    const operation = at.session.operation(20_000, "timeouts.create");
    const evidence = await PointRecord.open(operation, at.scene.volume);
    const overtaken = {
      read: () => evidence.read(),
      condition: () => evidence.condition(),
      write: async (attempt: Parameters<typeof evidence.write>[0]) => {
        await evidence.write(attempt);
        fs.writeFileSync(path.join(at.scene.volume, "point-attempt.json"), JSON.stringify({ ...attempt, run: "another" }));
      },
    };
    const request: MakeRequest = { machine: at.machine, consistency: "crash", stall: "10s", evidence: overtaken };
    await expect(makePoint(operation, at.session.queue, request)).rejects.toMatchObject({ code: "superseded" });
    expect(await callsOf(at)).toEqual([]);
  });
});

describe("destroying", () => {
  const destroy = ({ scene, session, machine }: Stage, referencePointId = scene.points[0]) =>
    destroyPoint(session.operation(20_000, "timeouts.delete"), session.queue, {
      virtualMachineId: machine.id,
      virtualMachineName: machine.name,
      referencePointId,
      stall: "10s",
    });
  const left = async (at: Stage) => (await pointsOf(at)).map(({ id }) => id);
  const of = "destroyReferencePoints";

  it("takes that point away, and is a success where it is gone", async () => {
    const at = await stage();
    expect(await destroy(at)).toBe("destroyed");
    expect(await left(at)).toEqual([at.scene.points[1]]);
    expect(await destroy(at)).toBe("absent");
    expect(await callsOf(at, "DestroyReferencePoint")).toHaveLength(1);
  });

  it.each<[Fault, number]>([
    [{ fault: "returnCode", code: 32774, method: of, count: 2 }, 3],
    [{ fault: "jobFails", method: of, atPercent: 100, count: 1 }, 1],
    [{ fault: "jobFails", method: of, errorCode: 32774, atPercent: 50, count: 1 }, 2],
    [{ fault: "jobVanishes", method: of, atPercent: 100, count: 1 }, 1],
    [{ fault: "jobVanishes", method: of, atPercent: 50, count: 1 }, 2],
    [{ fault: "connectionLostAfter", method: of, count: 1 }, 1],
  ])("in spite of %j, in %i calls", async (fault, calls) => {
    const at = await stage([fault]);
    await destroy(at);
    expect(await left(at)).toEqual([at.scene.points[1]]);
    expect(await callsOf(at, "DestroyReferencePoint")).toHaveLength(calls);
  });

  it("a job that stands still is left to the run that has changed the record meanwhile", async () => {
    const overtaking: Intervention = ({ method }, run) => {
      if (method === "poll") fs.writeFileSync(path.join(at.scene.volume, "record.json"), "another run's");
      return run();
    };
    const at = await stage([{ fault: "jobStalls", method: of }], {}, new VirtualClock(), overtaking);
    const operation = at.session.operation(20_000, "timeouts.delete");
    const directory = at.scene.volume;
    const onlyIf = { directory, path: "record.json", sha256: undefined };
    const { id: virtualMachineId, name: virtualMachineName } = at.machine;
    const point = { virtualMachineId, virtualMachineName, referencePointId: at.scene.points[0], stall: "10s", onlyIf };
    await expect(destroyPoint(operation, at.session.queue, point)).rejects.toMatchObject({ code: "superseded" });
    expect(await callsOf(at, "DestroyReferencePoint")).toHaveLength(1);
    expect(await callsOf(at, "RequestStateChange")).toEqual([]);
  });

  it("a job that fails and leaves the point is an error", async () => {
    const at = await stage([{ fault: "jobFails", method: of, atPercent: 50 }]);
    await expect(destroy(at)).rejects.toMatchObject({ code: "job-failed" });
    expect(await left(at)).toEqual([...at.scene.points]);
  });

  it("two of one machine take turns", async () => {
    const at = await stage();
    expect(await Promise.all(at.scene.points.map((id) => destroy(at, id)))).toEqual(["destroyed", "destroyed"]);
    expect((await callsOf(at, "DestroyReferencePoint")).map(({ returnCode }) => returnCode)).toEqual([4096, 4096]);
    expect(await left(at)).toEqual([]);
  });
});
