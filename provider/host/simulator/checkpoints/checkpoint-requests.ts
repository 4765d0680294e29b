import { randomUUID } from "node:crypto";
import { jobStates } from "../../../domain/hyperv/job-state";
import { COMPLETED } from "../../../domain/hyperv/return-codes";
import { callMethod, type MethodOutcome, type MethodWork, timesOf } from "../call/method-call";
import { type Refusal, returnCodeOf } from "../call/refusal";
import type { ActiveFault } from "../faults/fault-file";
import { type FaultSubject, takeFault } from "../faults/fault-matching";
import type { HostMethod } from "../faults/fault-types";
import { jobNow } from "../jobs/job-time";
import {
  type CheckpointCallRecord,
  type CheckpointJobRecord,
  type CheckpointRecord,
  checkpointJobTypes,
} from "../state/checkpoint-records";
import type { LabState } from "../state/lab-state";
import type { JobFate, PointRecord } from "../state/wmi-records";
import { takeCheckpointEffect } from "./due-checkpoints";

const KEPT_CALLS = 10_000;

/** What a call that was let through is to do. */
export interface CheckpointWork extends MethodWork {
  readonly JobType: CheckpointJobRecord["JobType"];
  readonly checkpoint: CheckpointRecord;
  readonly point?: PointRecord | undefined;
  /** What becomes of the merge that follows. */
  readonly mergeFate?: JobFate | undefined;
}

export type CheckpointOutcome = MethodOutcome<CheckpointJobRecord>;

interface CheckpointMethod {
  readonly verb: HostMethod;
  readonly subject: FaultSubject;
  readonly call: Omit<CheckpointCallRecord, "returnCode" | "at">;
  /** The method's own checks, made where no fault refuses. */
  readonly check: (state: LabState) => CheckpointWork | Refusal;
}

/** One call of CreateSnapshot, ConvertToReferencePoint or DestroySnapshot. */
export function callCheckpointMethod(
  before: LabState,
  active: readonly ActiveFault[],
  { verb, subject, call, check }: CheckpointMethod,
): { readonly state: LabState; readonly outcome: CheckpointOutcome | Refusal } {
  const { settings } = before;
  return callMethod(before, active, {
    verb,
    subject,
    check: (state) => {
      const work = check(state);
      if ("code" in work || work.JobType === checkpointJobTypes.create) return work;
      const taken = takeFault(work.state, active, ["mergeFails", "mergeStalls"], { method: verb, items: [subject] });
      return { ...work, state: taken.state, mergeFate: taken.fault && mergeFateOf(taken.fault) };
    },
    synchronous: settings.checkpointCompletion === "synchronous",
    newJob: ({ JobType, checkpoint, point, mergeFate }: CheckpointWork, fate): CheckpointJobRecord => ({
      InstanceID: randomUUID().toUpperCase(),
      JobType,
      virtualMachineId: checkpoint.VirtualSystemIdentifier,
      checkpoint,
      ...(point && { point }),
      ...timesOf(before, listingDelay(settings, JobType)),
      ...(fate && { fate }),
      ...(mergeFate && { mergeFate }),
      checkpointGone: false,
      settled: false,
    }),
    queued: (state, job) => ({ ...state, checkpointJobs: [...state.checkpointJobs, job] }),
    takeEffect: takeCheckpointEffect,
    logged: (state, returnCode) => withCheckpointCall(state, call, returnCode),
  });
}

export function withCheckpointCall(state: LabState, call: Omit<CheckpointCallRecord, "returnCode" | "at">, returnCode: number): LabState {
  return { ...state, checkpointCalls: [...state.checkpointCalls, { ...call, returnCode, at: Date.now() }].slice(-KEPT_CALLS) };
}

/** RequestStateChange(Terminate) of a job that has no end yet: nothing comes of it any more. */
export function withCheckpointTermination(state: LabState, job: CheckpointJobRecord): LabState {
  const end = { JobState: jobStates.terminated, ErrorCode: 0, ErrorDescription: "", at: jobNow(job), listed: true };
  const call = { method: "RequestStateChange", virtualMachineId: job.virtualMachineId, checkpointId: job.checkpoint.InstanceID } as const;
  const checkpointJobs = state.checkpointJobs.map((one) => (one.InstanceID === job.InstanceID ? { ...one, end, settled: true } : one));
  return withCheckpointCall({ ...state, checkpointJobs }, call, COMPLETED);
}

function listingDelay(settings: LabState["settings"], JobType: CheckpointJobRecord["JobType"]): number {
  if (JobType === checkpointJobTypes.create) return settings.checkpointListingDelay;
  return JobType === checkpointJobTypes.convert ? settings.pointListingDelay : 0;
}

function mergeFateOf(fault: {
  readonly fault: "mergeFails" | "mergeStalls";
  readonly atPercent: number;
  readonly errorDescription?: string;
}): JobFate {
  const { atPercent, errorDescription = "" } = fault;
  if (fault.fault === "mergeStalls") return { kind: "stalls", atPercent };
  return { kind: "fails", atPercent, errorCode: returnCodeOf("failed"), errorDescription };
}
