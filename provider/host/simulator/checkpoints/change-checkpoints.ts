import { failure, success } from "../../answer";
import { whyChanged } from "../../local-files/preconditions";
import { type Answer, type CheckpointChange, type CheckpointConversion, type CheckpointRemoval, HostError } from "../../port";
import { type Refusal, refusal, refused } from "../call/refusal";
import { withDueDone } from "../jobs/due-work";
import { runningCheckpointJob, runningExport, runningPointJob } from "../jobs/running-work";
import type { Lab } from "../lab/lab";
import { type CheckpointRecord, checkpointJobTypes, checkpointTypes } from "../state/checkpoint-records";
import type { LabState } from "../state/lab-state";
import { machineById } from "../state/look-ups";
import { pointId, pointJobPath } from "../state/wmi-names";
import { convertedPoint } from "./checkpoint-edits";
import { type CheckpointOutcome, type CheckpointWork, callCheckpointMethod } from "./checkpoint-requests";

type Outcome = CheckpointOutcome | Refusal | HostError | "absent" | "noMachine";

const changes = {
  convert: { verb: "convertCheckpoints", method: "ConvertToReferencePoint" },
  remove: { verb: "removeCheckpoints", method: "DestroySnapshot" },
} as const;

/** ConvertToReferencePoint of each checkpoint, once, in order. */
export async function convertCheckpoints(lab: Lab, checkpoints: readonly CheckpointChange[]): Promise<Answer<CheckpointConversion>[]> {
  const outcomes = await change(lab, "convert", checkpoints);
  return outcomes.map((outcome, index) =>
    answer("convert", checkpoints[index] as CheckpointChange, outcome, ({ point }) => ({
      kind: "completed",
      ...(point && { referencePointId: point.InstanceID }),
    })),
  );
}

/** DestroySnapshot of each checkpoint, once, in order. */
export async function removeCheckpoints(lab: Lab, checkpoints: readonly CheckpointChange[]): Promise<Answer<CheckpointRemoval>[]> {
  const outcomes = await change(lab, "remove", checkpoints);
  return outcomes.map((outcome, index) =>
    answer("remove", checkpoints[index] as CheckpointChange, outcome, () => ({ kind: "completed" }) as const),
  );
}

/** All of them are published in one generation of the lab. */
function change(lab: Lab, what: keyof typeof changes, checkpoints: readonly CheckpointChange[]): Promise<Outcome[]> {
  const active = lab.faults.read();
  const { verb, method } = changes[what];
  return lab.store.change((before) => {
    let state = withDueDone(before);
    const result = checkpoints.map(({ virtualMachineId, checkpointId, onlyIf }): Outcome => {
      const machine = machineById(state, virtualMachineId);
      if (!machine) return "noMachine";
      const checkpoint = findCheckpoint(state, machine.Name, checkpointId);
      if (checkpoint === undefined) return "absent";
      if (checkpoint.VirtualSystemType !== checkpointTypes.recovery) return notRecovery(checkpoint);
      const changed = whyChanged(onlyIf);
      if (changed) return changed;
      const call = { method, virtualMachineId: machine.Name, checkpointId: checkpoint.InstanceID } as const;
      const check = (current: LabState) => work(current, what, checkpoint);
      const called = callCheckpointMethod(state, active, { verb, subject: { virtualMachineId }, call, check });
      state = called.state;
      return called.outcome;
    });
    return { state, result };
  });
}

export function findCheckpoint(state: LabState, machineId: string, id: string): CheckpointRecord | undefined {
  const wanted = pointId(id);
  return state.checkpoints.find((one) => one.InstanceID === wanted && one.VirtualSystemIdentifier === machineId);
}

export function notRecovery({ InstanceID, ElementName }: CheckpointRecord): HostError {
  return new HostError("invalidParameter", `${InstanceID} (${ElementName}) is no recovery checkpoint: it is left alone.`);
}

function work(state: LabState, what: keyof typeof changes, checkpoint: CheckpointRecord): CheckpointWork | Refusal {
  const id = checkpoint.VirtualSystemIdentifier;
  if (runningExport(state, id)) return refusal("invalidState", "an export of this machine is running");
  if (runningPointJob(state, id)) return refusal("invalidState", "a reference point of this machine is being worked on");
  if (runningCheckpointJob(state, id)) return refusal("invalidState", "a checkpoint of this machine is being worked on");
  if (what === "remove") return { state, JobType: checkpointJobTypes.remove, checkpoint };
  return { state, JobType: checkpointJobTypes.convert, checkpoint, point: convertedPoint(state, checkpoint) };
}

function answer<Completed extends { readonly kind: "completed" }>(
  what: keyof typeof changes,
  { virtualMachineId, checkpointId }: CheckpointChange,
  outcome: Outcome,
  completed: (job: Extract<CheckpointOutcome, { readonly done: unknown }>["done"]) => Completed,
): Answer<Completed | { readonly kind: "absent" } | { readonly kind: "job"; readonly path: string }> {
  if (outcome === "absent") return success({ kind: "absent" });
  if (outcome === "noMachine")
    return failure(new HostError("notFound", `There is no virtual machine ${virtualMachineId} on the simulated host.`));
  if (outcome instanceof HostError) return failure(outcome);
  if ("code" in outcome) return refused(`${changes[what].method} of ${checkpointId} of machine ${virtualMachineId}`, outcome);
  return success("job" in outcome ? { kind: "job", path: pointJobPath(outcome.job) } : completed(outcome.done));
}
