import { failure, success } from "../../answer";
import { type Answer, HostError, type PointRequest, type PointStart } from "../../port";
import { type Refusal, refusal, returnCodeOf } from "../call/refusal";
import type { Lab } from "../lab/lab";
import { addPoint } from "../machines/point-edits";
import type { LabState } from "../state/lab-state";
import { machineById } from "../state/look-ups";
import { conditionOf } from "../state/machine-condition";
import { pointJobTypes } from "../state/point-records";
import { pointJobPath } from "../state/wmi-names";
import type { JobFate, MachineRecord } from "../state/wmi-records";
import { settledAt } from "./due-points";
import { hindranceOf, seenOn } from "./hindrances";
import { runningPointJob } from "./point-clock";
import { callPointMethod, type PointOutcome, type PointWork, refused } from "./point-requests";

interface Called {
  readonly machine: MachineRecord;
  readonly outcome: PointOutcome | Refusal;
}

/** CreateReferencePoint of each request, once, in order; all of them are published in one generation of the lab. */
export async function createPoints(lab: Lab, requests: readonly PointRequest[]): Promise<Answer<PointStart>[]> {
  const active = lab.faults.read();
  const outcomes = await lab.store.change((before) => {
    let state = settledAt(before, Date.now());
    const result = requests.map(({ virtualMachineId, consistency }): Called | undefined => {
      const machine = machineById(state, virtualMachineId);
      if (!machine) return undefined;
      const call = { method: "CreateReferencePoint", virtualMachineId: machine.Name, consistency } as const;
      const check = (current: LabState) => pointToMake(current, machine, consistency);
      const called = callPointMethod(state, active, { verb: "createReferencePoints", subject: { virtualMachineId }, call, check });
      state = called.state;
      return { machine, outcome: called.outcome };
    });
    return { state, result };
  });
  return outcomes.map((outcome, index) => answer(requests[index] as PointRequest, outcome));
}

/** The checks that the method makes; what the disks hold is settled now, so that later writes are not of the point. */
function pointToMake(state: LabState, machine: MachineRecord, wanted: PointRequest["consistency"]): PointWork | Refusal {
  if (state.jobs.some((job) => job.VirtualMachineId === machine.Name && job.end === undefined))
    return refusal("invalidState", "an export of this machine is running");
  if (runningPointJob(state, machine.Name)) return refusal("invalidState", "another reference point of this machine is being worked on");
  const hindrance = hindranceOf(machine, wanted);
  if (hindrance?.at === "call") return refusal(hindrance.kind, hindrance.why);
  const { guestBackup } = conditionOf(machine);
  const consistency = guestBackup === "works" ? wanted : "crash";
  const added = addPoint(state, { virtualMachine: machine.Name, kind: "rct", consistency, createdAt: Date.now() });
  const fate: JobFate | undefined = hindrance && {
    kind: "fails",
    atPercent: 50,
    errorCode: returnCodeOf(hindrance.kind),
    errorDescription: hindrance.why,
  };
  // The point comes when the job ends.
  return { state: { ...added.state, points: state.points }, JobType: pointJobTypes.create, point: added.point, fate };
}

function answer({ virtualMachineId }: PointRequest, called: Called | undefined): Answer<PointStart> {
  if (called === undefined)
    return failure(new HostError("notFound", `There is no virtual machine ${virtualMachineId} on the simulated host.`));
  const { machine, outcome } = called;
  if ("code" in outcome) return refused(`CreateReferencePoint of machine ${virtualMachineId}`, outcome, seenOn(machine));
  if ("job" in outcome) return success({ kind: "job", path: pointJobPath(outcome.job) });
  return success({ kind: "completed", referencePointId: outcome.point.InstanceID });
}
