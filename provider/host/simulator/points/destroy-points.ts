import { failure, success } from "../../answer";
import { whyChanged } from "../../local-files/preconditions";
import { type Answer, type DestroyRequest, HostError, type PointDestruction } from "../../port";
import { type Refusal, refusal, refused } from "../call/refusal";
import { withDueDone } from "../jobs/due-work";
import { runningCheckpointJob, runningExport, runningPointJob } from "../jobs/running-work";
import type { Lab } from "../lab/lab";
import type { LabState } from "../state/lab-state";
import { findPoint, machineById } from "../state/look-ups";
import { pointJobTypes } from "../state/point-records";
import { pointJobPath } from "../state/wmi-names";
import type { PointRecord } from "../state/wmi-records";
import { callPointMethod, type PointOutcome, type PointWork } from "./point-requests";

type Outcome = PointOutcome | Refusal | HostError | "absent" | "noMachine";

/** DestroyReferencePoint of each point, once, in order; all of them are published in one generation of the lab. */
export async function destroyPoints(lab: Lab, points: readonly DestroyRequest[]): Promise<Answer<PointDestruction>[]> {
  const active = lab.faults.read();
  const outcomes = await lab.store.change((before) => {
    let state = withDueDone(before);
    const result = points.map(({ virtualMachineId, referencePointId, onlyIf }): Outcome => {
      const machine = machineById(state, virtualMachineId);
      if (!machine) return "noMachine";
      const point = findPoint(state, referencePointId);
      if (point?.VirtualSystemIdentifier !== machine.Name) return "absent";
      const changed = whyChanged(onlyIf);
      if (changed) return changed;
      const keys = { virtualMachineId: machine.Name, referencePointId: point.InstanceID };
      const call = { method: "DestroyReferencePoint", ...keys } as const;
      const check = (current: LabState) => pointToDestroy(current, point);
      const called = callPointMethod(state, active, { verb: "destroyReferencePoints", subject: keys, call, check });
      state = called.state;
      return called.outcome;
    });
    return { state, result };
  });
  return outcomes.map((outcome, index) => answer(points[index] as DestroyRequest, outcome));
}

function pointToDestroy(state: LabState, point: PointRecord): PointWork | Refusal {
  const machineId = point.VirtualSystemIdentifier;
  if (runningExport(state, machineId) && state.settings.destroyWhileExporting === "refused")
    return refusal("inUse", "an export of this machine is running");
  if (runningPointJob(state, machineId)) return refusal("invalidState", "another reference point of this machine is being worked on");
  if (runningCheckpointJob(state, machineId)) return refusal("invalidState", "a checkpoint of this machine is being worked on");
  return { state, JobType: pointJobTypes.destroy, point };
}

function answer({ virtualMachineId, referencePointId }: DestroyRequest, outcome: Outcome): Answer<PointDestruction> {
  if (outcome === "absent") return success({ kind: "absent" });
  if (outcome === "noMachine")
    return failure(new HostError("notFound", `There is no virtual machine ${virtualMachineId} on the simulated host.`));
  if (outcome instanceof HostError) return failure(outcome);
  if ("code" in outcome) return refused(`DestroyReferencePoint of ${referencePointId} of machine ${virtualMachineId}`, outcome);
  return success("job" in outcome ? { kind: "job", path: pointJobPath(outcome.job) } : { kind: "completed" });
}
