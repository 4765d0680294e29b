import { jobStates } from "../../../domain/hyperv/job-state";
import { fatedEnd } from "../jobs/job-clock";
import type { LabState } from "../state/lab-state";
import type { PointJobRecord } from "../state/point-records";

export type PointJobEnd = NonNullable<PointJobRecord["end"]>;

/** The end that a job comes to by the clock; undefined where it never does by itself. */
export function endOf(job: PointJobRecord): PointJobEnd | undefined {
  if (job.end) return job.end;
  if (job.fate?.kind === "stalls") return undefined;
  return { ...fatedEnd(job), at: job.begins + (job.lasts * limitOf(job)) / 100 };
}

/** When its point is there, or gone; undefined where it comes to an end before that. */
export function effectAt(job: PointJobRecord): number | undefined {
  const end = endOf(job);
  return end === undefined || limitOf(job) < 100 ? undefined : end.at + job.listedAfter;
}

export function stateAt(job: PointJobRecord, now: number): { readonly jobState: number; readonly percentComplete: number } {
  const { fate, begins, lasts } = job;
  if (job.end) {
    const whole = job.end.JobState === jobStates.completed || job.end.JobState === jobStates.completedWithWarnings;
    return { jobState: job.end.JobState, percentComplete: whole ? 100 : percentAt(job, job.end.at) };
  }
  if (now < begins) return { jobState: jobStates.starting, percentComplete: 0 };
  const stalledAt = fate?.kind === "stalls" ? fate.atPercent : 100;
  const percent = lasts === 0 ? 100 : ((now - begins) / lasts) * 100;
  return { jobState: jobStates.running, percentComplete: Math.min(99, Math.floor(Math.min(percent, stalledAt))) };
}

/** A job about a point of the machine that has no end yet. */
export function runningPointJob(state: LabState, machineId: string): PointJobRecord | undefined {
  return state.pointJobs.find((job) => job.virtualMachineId === machineId && job.end === undefined);
}

function percentAt(job: PointJobRecord, moment: number): number {
  if (job.lasts === 0) return Math.min(99, limitOf(job));
  return Math.max(0, Math.min(99, limitOf(job), Math.floor(((moment - job.begins) / job.lasts) * 100)));
}

function limitOf({ fate }: PointJobRecord): number {
  return fate === undefined || fate.kind === "warns" ? 100 : fate.atPercent;
}
