import { randomUUID } from "node:crypto";
import { jobOutcome, jobStates } from "../../../domain/hyperv/job-state";
import { COMPLETED, describeReturnCode, JOB_STARTED, returnCodes } from "../../../domain/hyperv/return-codes";
import { failure } from "../../answer";
import { type Answer, HostError, type PointRefusal } from "../../port";
import { fateOf } from "../call/job-fate";
import { type Refusal, refusal } from "../call/refusal";
import type { ActiveFault } from "../faults/fault-file";
import { type FaultSubject, takeFault } from "../faults/fault-matching";
import type { HostMethod } from "../faults/fault-types";
import { fatedEnd } from "../jobs/job-clock";
import type { LabState } from "../state/lab-state";
import type { PointCallRecord, PointJobRecord } from "../state/point-records";
import type { JobFate, PointRecord } from "../state/wmi-records";
import { takeEffect } from "./due-points";

const KEPT_CALLS = 10_000;

/** What a call that was let through is to do. */
export interface PointWork {
  readonly state: LabState;
  readonly JobType: PointJobRecord["JobType"];
  readonly point: PointRecord;
  /** What becomes of the job where no fault decides it. */
  readonly fate?: JobFate | undefined;
}

/** A point that was made or destroyed before the method returned, or the job that does it. */
export type PointOutcome = { readonly point: PointRecord } | { readonly job: PointJobRecord };

interface PointMethod {
  readonly verb: HostMethod;
  readonly subject: FaultSubject;
  readonly call: Omit<PointCallRecord, "returnCode" | "at">;
  /** The method's own checks, made where no fault refuses. */
  readonly check: (state: LabState) => PointWork | Refusal;
}

/** One call of CreateReferencePoint or DestroyReferencePoint: logged in the same generation as what comes of it. */
export function callPointMethod(
  before: LabState,
  active: readonly ActiveFault[],
  { verb, subject, call, check }: PointMethod,
): { readonly state: LabState; readonly outcome: PointOutcome | Refusal } {
  const occasion = { method: verb, items: [subject] };
  const refusing = takeFault(before, active, ["returnCode"], occasion);
  const refuse = (outcome: Refusal) => ({ state: withPointCall(refusing.state, call, outcome.code), outcome });
  if (refusing.fault) return refuse({ code: refusing.fault.code, why: "the simulator was told to answer so" });
  const work = check(refusing.state);
  if ("code" in work) return refuse(work);
  const { settings } = before;
  const synchronous = settings.pointCompletion === "synchronous";
  const faults = ["jobFails", "jobStalls", "jobVanishes", "jobCompletesWithWarnings", "jobTerminated"] as const;
  const fated = takeFault(work.state, active, faults, occasion);
  const fate = (fated.fault && fateOf(fated.fault, synchronous)) ?? work.fate;
  const job = newPointJob(work, settings, fate);
  if (!synchronous) {
    const state = { ...fated.state, pointJobs: [...fated.state.pointJobs, job] };
    return { state: withPointCall(state, call, JOB_STARTED), outcome: { job } };
  }
  const end = fatedEnd({ fate });
  if (jobOutcome(end.JobState) !== "succeeded") {
    const broken: Refusal = refusal("failed", end.ErrorDescription || "it was broken off");
    const outcome = end.ErrorCode === 0 ? broken : { ...broken, code: end.ErrorCode };
    return { state: withPointCall(fated.state, call, outcome.code), outcome };
  }
  return { state: withPointCall(takeEffect(fated.state, job), call, COMPLETED), outcome: { point: work.point } };
}

function newPointJob(work: PointWork, settings: LabState["settings"], fate: JobFate | undefined): PointJobRecord {
  const now = Date.now();
  return {
    InstanceID: randomUUID().toUpperCase(),
    JobType: work.JobType,
    virtualMachineId: work.point.VirtualSystemIdentifier,
    point: work.point,
    TimeSubmitted: now,
    StartTime: now,
    begins: now + settings.jobStartDelay,
    lasts: settings.pointJobDuration,
    listedAfter: settings.pointListingDelay,
    ...(fate && { fate }),
    settled: false,
  };
}

export function withPointCall(state: LabState, call: Omit<PointCallRecord, "returnCode" | "at">, returnCode: number): LabState {
  return { ...state, pointCalls: [...state.pointCalls, { ...call, returnCode, at: Date.now() }].slice(-KEPT_CALLS) };
}

/** RequestStateChange(Terminate) of a job that has no end yet: nothing comes of it any more. */
export function withPointTermination(state: LabState, job: PointJobRecord): LabState {
  const end = { JobState: jobStates.terminated, ErrorCode: 0, ErrorDescription: "", at: Date.now(), listed: true };
  const call = { method: "RequestStateChange", virtualMachineId: job.virtualMachineId, referencePointId: job.point.InstanceID } as const;
  const pointJobs = state.pointJobs.map((one) => (one.InstanceID === job.InstanceID ? { ...one, end, settled: true } : one));
  return withPointCall({ ...state, pointJobs }, call, COMPLETED);
}

export function refused(what: string, { code, why }: Refusal, seen?: PointRefusal): Answer<never> {
  const kind = returnCodes.find((row) => row.code === code)?.kind ?? "failed";
  const message = `${what} returned ${describeReturnCode(code)}: ${why.replace(/\.$/, "")}.`;
  return failure(new HostError(kind, message, { returnCode: code, ...(seen && { refusal: seen }) }));
}
