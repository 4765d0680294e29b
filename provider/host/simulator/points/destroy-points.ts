import { failure, success } from "../../answer";
import { type Answer, HostError, type PointDestruction, type PointKey } from "../../port";
import { type Refusal, refusal } from "../call/refusal";
import type { Lab } from "../lab/lab";
import type { LabState } from "../state/lab-state";
import { findPoint, machineById } from "../state/look-ups";
import { pointJobTypes } from "../state/point-records";
import { pointJobPath } from "../state/wmi-names";
import type { PointRecord } from "../state/wmi-records";
import { settledAt } from "./due-points";
import { runningPointJob } from "./point-clock";
import { callPointMethod, type PointOutcome, type PointWork, refused } from "./point-requests";

type Outcome = PointOutcome | Refusal | "absent" | "noMachine";

/** DestroyReferencePoint of each point, once, in order; all of them are published in one generation of the lab. */
export async function destroyPoints(lab: Lab, points: readonly PointKey[]): Promise<Answer<PointDestruction>[]> {
  const active = lab.faults.read();
  const outcomes = await lab.store.change((before) => {
    let state = settledAt(before, Date.now());
    const result = points.map(({ virtualMachineId, referencePointId }): Outcome => {
      const machine = machineById(state, virtualMachineId);
      if (!machine) return "noMachine";
      const point = findPoint(state, referencePointId);
      if (point?.VirtualSystemIdentifier !== machine.Name) return "absent";
      const keys = { virtualMachineId: machine.Name, referencePointId: point.InstanceID };
      const call = { method: "DestroyReferencePoint", ...keys } as const;
      const check = (current: LabState) => pointToDestroy(current, point);
      const called = callPointMethod(state, active, { verb: "destroyReferencePoints", subject: keys, call, check });
      state = called.state;
      return called.outcome;
    });
    return { state, result };
  });
  return outcomes.map((outcome, index) => answer(points[index] as PointKey, outcome));
}

function pointToDestroy(state: LabState, point: PointRecord): PointWork | Refusal {
  const machineId = point.VirtualSystemIdentifier;
  const exporting = state.jobs.some((job) => job.VirtualMachineId === machineId && job.end === undefined);
  if (exporting && state.settings.destroyWhileExporting === "refused") return refusal("inUse", "an export of this machine is running");
  if (runningPointJob(state, machineId)) return refusal("invalidState", "another reference point of this machine is being worked on");
  return { state, JobType: pointJobTypes.destroy, point };
}

function answer({ virtualMachineId, referencePointId }: PointKey, outcome: Outcome): Answer<PointDestruction> {
  if (outcome === "absent") return success({ kind: "absent" });
  if (outcome === "noMachine")
    return failure(new HostError("notFound", `There is no virtual machine ${virtualMachineId} on the simulated host.`));
  if ("code" in outcome) return refused(`DestroyReferencePoint of ${referencePointId} of machine ${virtualMachineId}`, outcome);
  return success("job" in outcome ? { kind: "job", path: pointJobPath(outcome.job) } : { kind: "completed" });
}
