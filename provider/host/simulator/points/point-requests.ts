import { randomUUID } from "node:crypto";
import { jobStates } from "../../../domain/hyperv/job-state";
import { COMPLETED } from "../../../domain/hyperv/return-codes";
import { callMethod, type MethodOutcome, type MethodWork, timesOf } from "../call/method-call";
import type { Refusal } from "../call/refusal";
import type { ActiveFault } from "../faults/fault-file";
import type { FaultSubject } from "../faults/fault-matching";
import type { HostMethod } from "../faults/fault-types";
import { jobNow } from "../jobs/job-time";
import type { LabState } from "../state/lab-state";
import type { PointCallRecord, PointJobRecord } from "../state/point-records";
import type { JobFate, PointRecord } from "../state/wmi-records";
import { takeEffect } from "./due-points";

const KEPT_CALLS = 10_000;

/** What a call that was let through is to do. */
export interface PointWork extends MethodWork {
  readonly JobType: PointJobRecord["JobType"];
  readonly point: PointRecord;
}

export type PointOutcome = MethodOutcome<PointJobRecord>;

interface PointMethod {
  readonly verb: HostMethod;
  readonly subject: FaultSubject;
  readonly call: Omit<PointCallRecord, "returnCode" | "at">;
  /** The method's own checks, made where no fault refuses. */
  readonly check: (state: LabState) => PointWork | Refusal;
}

/** One call of CreateReferencePoint or DestroyReferencePoint. */
export function callPointMethod(
  before: LabState,
  active: readonly ActiveFault[],
  { verb, subject, call, check }: PointMethod,
): { readonly state: LabState; readonly outcome: PointOutcome | Refusal } {
  return callMethod(before, active, {
    verb,
    subject,
    check,
    synchronous: before.settings.pointCompletion === "synchronous",
    newJob: (work: PointWork, fate) => newPointJob(work, before, fate),
    queued: (state, job) => ({ ...state, pointJobs: [...state.pointJobs, job] }),
    takeEffect,
    logged: (state, returnCode) => withPointCall(state, call, returnCode),
  });
}

function newPointJob({ JobType, point }: PointWork, state: LabState, fate: JobFate | undefined): PointJobRecord {
  return {
    InstanceID: randomUUID().toUpperCase(),
    JobType,
    virtualMachineId: point.VirtualSystemIdentifier,
    point,
    ...timesOf(state, state.settings.pointListingDelay),
    ...(fate && { fate }),
    settled: false,
  };
}

export function withPointCall(state: LabState, call: Omit<PointCallRecord, "returnCode" | "at">, returnCode: number): LabState {
  return { ...state, pointCalls: [...state.pointCalls, { ...call, returnCode, at: Date.now() }].slice(-KEPT_CALLS) };
}

/** RequestStateChange(Terminate) of a job that has no end yet: nothing comes of it any more. */
export function withPointTermination(state: LabState, job: PointJobRecord): LabState {
  const end = { JobState: jobStates.terminated, ErrorCode: 0, ErrorDescription: "", at: jobNow(job), listed: true };
  const call = { method: "RequestStateChange", virtualMachineId: job.virtualMachineId, referencePointId: job.point.InstanceID } as const;
  const pointJobs = state.pointJobs.map((one) => (one.InstanceID === job.InstanceID ? { ...one, end, settled: true } : one));
  return withPointCall({ ...state, pointJobs }, call, COMPLETED);
}
