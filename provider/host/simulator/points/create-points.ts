import { failure, success } from "../../answer";
import { whyChanged } from "../../local-files/preconditions";
import { type Answer, HostError, type PointRefusal, type PointRequest, type PointStart } from "../../port";
import { type Refusal, refusal, refused, returnCodeOf } from "../call/refusal";
import { withDueDone } from "../jobs/due-work";
import { runningCheckpointJob, runningExport, runningMerge, runningPointJob } from "../jobs/running-work";
import type { Lab } from "../lab/lab";
import { addPoint } from "../machines/point-edits";
import type { LabState } from "../state/lab-state";
import { machineById } from "../state/look-ups";
import { conditionOf } from "../state/machine-condition";
import { pointJobTypes } from "../state/point-records";
import { pointJobPath } from "../state/wmi-names";
import type { JobFate, MachineRecord } from "../state/wmi-records";
import { hindranceOf, seenNow } from "./hindrances";
import { callPointMethod, type PointOutcome, type PointWork } from "./point-requests";

interface Called {
  readonly seen: PointRefusal | undefined;
  readonly outcome: PointOutcome | Refusal;
}

/** CreateReferencePoint of each request, once, in order; all of them are published in one generation of the lab. */
export async function createPoints(lab: Lab, requests: readonly PointRequest[]): Promise<Answer<PointStart>[]> {
  const active = lab.faults.read();
  const outcomes = await lab.store.change((before) => {
    let state = withDueDone(before);
    const result = requests.map(({ virtualMachineId, consistency, onlyIf }): Called | HostError | undefined => {
      const machine = machineById(state, virtualMachineId);
      if (!machine) return undefined;
      const changed = whyChanged(onlyIf);
      if (changed) return changed;
      const call = { method: "CreateReferencePoint", virtualMachineId: machine.Name, consistency } as const;
      const check = (current: LabState) => pointToMake(current, machine, consistency);
      const called = callPointMethod(state, active, { verb: "createReferencePoints", subject: { virtualMachineId }, call, check });
      state = called.state;
      return { seen: seenNow(state, machine), outcome: called.outcome };
    });
    return { state, result };
  });
  return outcomes.map((outcome, index) => answer(requests[index] as PointRequest, outcome));
}

/** The checks that the method makes; what the disks hold is settled now, so that later writes are not of the point. */
function pointToMake(state: LabState, machine: MachineRecord, wanted: PointRequest["consistency"]): PointWork | Refusal {
  if (runningExport(state, machine.Name)) return refusal("invalidState", "an export of this machine is running");
  if (runningPointJob(state, machine.Name)) return refusal("invalidState", "another reference point of this machine is being worked on");
  if (runningCheckpointJob(state, machine.Name)) return refusal("invalidState", "a checkpoint of this machine is being worked on");
  if (runningMerge(state, machine.Name)) return refusal("invalidState", "the disks of this machine are being merged");
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

function answer({ virtualMachineId }: PointRequest, called: Called | HostError | undefined): Answer<PointStart> {
  if (called instanceof HostError) return failure(called);
  if (called === undefined)
    return failure(new HostError("notFound", `There is no virtual machine ${virtualMachineId} on the simulated host.`));
  const { seen, outcome } = called;
  if ("code" in outcome) return refused(`CreateReferencePoint of machine ${virtualMachineId}`, outcome, seen);
  if ("job" in outcome) return success({ kind: "job", path: pointJobPath(outcome.job) });
  return success({ kind: "completed", referencePointId: outcome.done.point.InstanceID });
}
