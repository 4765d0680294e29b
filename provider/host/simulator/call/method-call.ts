import { jobOutcome } from "../../../domain/hyperv/job-state";
import { COMPLETED, JOB_STARTED } from "../../../domain/hyperv/return-codes";
import type { ActiveFault } from "../faults/fault-file";
import { type FaultSubject, takeFault } from "../faults/fault-matching";
import type { HostMethod } from "../faults/fault-types";
import { fatedEnd } from "../jobs/job-clock";
import { startOfJob } from "../jobs/job-time";
import type { LabState } from "../state/lab-state";
import type { JobFate } from "../state/wmi-records";
import { fateOf } from "./job-fate";
import { type Refusal, refusal } from "./refusal";

/** What a call that was let through is to do. */
export interface MethodWork {
  readonly state: LabState;
  /** What becomes of the job where no fault decides it. */
  readonly fate?: JobFate | undefined;
}

/** A job that does a method's work, or has done it before the method returned. */
export type MethodOutcome<Job> = { readonly job: Job } | { readonly done: Job };

interface MethodCall<Work, Job> {
  readonly verb: HostMethod;
  readonly subject: FaultSubject;
  readonly synchronous: boolean;
  /** The method's own checks, made where no fault refuses. */
  readonly check: (state: LabState) => Work | Refusal;
  readonly newJob: (work: Work, fate: JobFate | undefined) => Job;
  readonly queued: (state: LabState, job: Job) => LabState;
  readonly takeEffect: (state: LabState, job: Job) => LabState;
  readonly logged: (state: LabState, returnCode: number) => LabState;
}

/** One call of a method that starts a job without files: logged in the same generation as what comes of it. */
export function callMethod<Work extends MethodWork, Job>(
  before: LabState,
  active: readonly ActiveFault[],
  { verb, subject, synchronous, check, newJob, queued, takeEffect, logged }: MethodCall<Work, Job>,
): { readonly state: LabState; readonly outcome: MethodOutcome<Job> | Refusal } {
  const occasion = { method: verb, items: [subject] };
  const refusing = takeFault(before, active, ["returnCode"], occasion);
  const refuse = (outcome: Refusal) => ({ state: logged(refusing.state, outcome.code), outcome });
  if (refusing.fault) return refuse({ code: refusing.fault.code, why: "the simulator was told to answer so" });
  const work = check(refusing.state);
  if ("code" in work) return refuse(work);
  const faults = ["jobFails", "jobStalls", "jobVanishes", "jobCompletesWithWarnings", "jobTerminated"] as const;
  const fated = takeFault(work.state, active, faults, occasion);
  const fate = (fated.fault && fateOf(fated.fault, synchronous)) ?? work.fate;
  const job = newJob(work, fate);
  if (!synchronous) return { state: logged(queued(fated.state, job), JOB_STARTED), outcome: { job } };
  const end = fatedEnd({ fate });
  if (jobOutcome(end.JobState) !== "succeeded") {
    const broken: Refusal = refusal("failed", end.ErrorDescription || "it was broken off");
    const outcome = end.ErrorCode === 0 ? broken : { ...broken, code: end.ErrorCode };
    return { state: logged(fated.state, outcome.code), outcome };
  }
  return { state: logged(takeEffect(fated.state, job), COMPLETED), outcome: { done: job } };
}

/** When a job that starts now does its work, and how much later than its end what has come of it is listed. */
export function timesOf({ settings }: LabState, listedAfter: number) {
  const start = startOfJob();
  return {
    TimeSubmitted: start.StartTime,
    ...start,
    begins: start.StartTime + settings.jobStartDelay,
    lasts: settings.pointJobDuration,
    listedAfter,
  };
}
