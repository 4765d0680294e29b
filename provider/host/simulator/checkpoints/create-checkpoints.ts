import { failure, success } from "../../answer";
import { whyChanged } from "../../local-files/preconditions";
import { type Answer, type CheckpointRequest, type CheckpointStart, HostError, type PointRefusal } from "../../port";
import { type Refusal, refusal, refused, returnCodeOf } from "../call/refusal";
import { FILE_IN_USE } from "../faults/windows-texts";
import { withDueDone } from "../jobs/due-work";
import { runningCheckpointJob, runningExport, runningMerge, runningPointJob } from "../jobs/running-work";
import type { Lab } from "../lab/lab";
import { hindranceOf, seenNow } from "../points/hindrances";
import { checkpointJobTypes } from "../state/checkpoint-records";
import type { LabState } from "../state/lab-state";
import { machineById } from "../state/look-ups";
import { conditionOf } from "../state/machine-condition";
import { pointJobPath } from "../state/wmi-names";
import type { JobFate, MachineRecord } from "../state/wmi-records";
import { newCheckpoint } from "./checkpoint-edits";
import { type CheckpointOutcome, type CheckpointWork, callCheckpointMethod } from "./checkpoint-requests";

interface Called {
  readonly seen: PointRefusal | undefined;
  readonly outcome: CheckpointOutcome | Refusal;
}

/** CreateSnapshot of each request, once, in order; all of them are published in one generation of the lab. */
export async function createCheckpoints(lab: Lab, requests: readonly CheckpointRequest[]): Promise<Answer<CheckpointStart>[]> {
  const active = lab.faults.read();
  const outcomes = await lab.store.change((before) => {
    let state = withDueDone(before);
    const result = requests.map((request): Called | HostError | undefined => {
      const { virtualMachineId, consistency, onlyIf } = request;
      const machine = machineById(state, virtualMachineId);
      if (!machine) return undefined;
      const changed = whyChanged(onlyIf);
      if (changed) return changed;
      const call = { method: "CreateSnapshot", virtualMachineId: machine.Name, consistency } as const;
      const check = (current: LabState) => checkpointToMake(current, machine, request);
      const called = callCheckpointMethod(state, active, { verb: "createCheckpoints", subject: { virtualMachineId }, call, check });
      state = called.state;
      return { seen: seenNow(state, machine, ignoredOf(request)), outcome: called.outcome };
    });
    return { state, result };
  });
  return outcomes.map((outcome, index) => answer(requests[index] as CheckpointRequest, outcome));
}

/** The checks that the method makes; what the disks hold is settled now, so that later writes are not of the checkpoint. */
function checkpointToMake(state: LabState, machine: MachineRecord, wanted: CheckpointRequest): CheckpointWork | Refusal {
  const busy = (why: string) => refusal("invalidState", why);
  if (runningExport(state, machine.Name)) return busy("an export of this machine is running");
  if (runningPointJob(state, machine.Name)) return busy("a reference point of this machine is being worked on");
  if (runningCheckpointJob(state, machine.Name)) return busy("another checkpoint of this machine is being worked on");
  if (runningMerge(state, machine.Name)) return busy("the disks of this machine are being merged");
  const hindrance = hindranceOf(machine, wanted.consistency, ignoredOf(wanted));
  if (hindrance?.at === "call") return refusal(hindrance.kind, hindrance.why);
  const { guestBackup, chainLocked } = conditionOf(machine);
  const consistency = guestBackup === "works" ? wanted.consistency : "crash";
  const about = { type: "recovery", name: `${machine.ElementName} - Backup`, consistency, createdAt: Date.now() } as const;
  const made = newCheckpoint(state, machine, about);
  return {
    ...made,
    JobType: checkpointJobTypes.create,
    fate: hindrance ? failing(hindrance.kind, hindrance.why) : lockedFate(chainLocked),
  };
}

function failing(kind: HostError["kind"], errorDescription: string): JobFate {
  return { kind: "fails", atPercent: 50, errorCode: returnCodeOf(kind), errorDescription };
}

function lockedFate(chainLocked: boolean): JobFate | undefined {
  return chainLocked ? failing("failed", FILE_IN_USE) : undefined;
}

function ignoredOf({ ignoreUnsupportedDisks }: CheckpointRequest) {
  return ignoreUnsupportedDisks ? (["passThroughDisk", "sharedDisk"] as const) : [];
}

function answer({ virtualMachineId }: CheckpointRequest, called: Called | HostError | undefined): Answer<CheckpointStart> {
  if (called instanceof HostError) return failure(called);
  if (called === undefined)
    return failure(new HostError("notFound", `There is no virtual machine ${virtualMachineId} on the simulated host.`));
  const { seen, outcome } = called;
  if ("code" in outcome) return refused(`CreateSnapshot of machine ${virtualMachineId}`, outcome, seen);
  if ("job" in outcome) return success({ kind: "job", path: pointJobPath(outcome.job) });
  return success({ kind: "completed", checkpointId: outcome.done.checkpoint.InstanceID });
}
