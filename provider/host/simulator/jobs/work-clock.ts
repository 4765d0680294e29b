import { jobStates } from "../../../domain/hyperv/job-state";
import type { PointJobRecord } from "../state/point-records";
import { fatedEnd } from "./job-clock";
import { jobNow, type Timed } from "./job-time";

/** A job that writes no files: it takes its time, and something comes of it. */
export type TimedWork = Timed & Pick<PointJobRecord, "begins" | "lasts" | "listedAfter" | "fate" | "end">;

/** The end that a job comes to by the clock; undefined where it never does by itself. */
export function endOf(job: TimedWork): TimedWork["end"] {
  if (job.end) return job.end;
  if (job.fate?.kind === "stalls") return undefined;
  return { ...fatedEnd(job), at: job.begins + (job.lasts * limitOf(job)) / 100 };
}

/** When what comes of it is there, or gone; undefined where it comes to an end before that. */
export function effectAt(job: TimedWork): number | undefined {
  const end = endOf(job);
  return end === undefined || limitOf(job) < 100 ? undefined : end.at + job.listedAfter;
}

export function stateNow(job: TimedWork): { readonly jobState: number; readonly percentComplete: number } {
  const { fate, begins, lasts } = job;
  if (job.end) {
    const whole = job.end.JobState === jobStates.completed || job.end.JobState === jobStates.completedWithWarnings;
    return { jobState: job.end.JobState, percentComplete: whole ? 100 : percentAt(job, job.end.at) };
  }
  const now = jobNow(job);
  if (now < begins) return { jobState: jobStates.starting, percentComplete: 0 };
  const stalledAt = fate?.kind === "stalls" ? fate.atPercent : 100;
  const percent = lasts === 0 ? 100 : ((now - begins) / lasts) * 100;
  return { jobState: jobStates.running, percentComplete: Math.min(99, Math.floor(Math.min(percent, stalledAt))) };
}

function percentAt(job: TimedWork, moment: number): number {
  if (job.lasts === 0) return Math.min(99, limitOf(job));
  return Math.max(0, Math.min(99, limitOf(job), Math.floor(((moment - job.begins) / job.lasts) * 100)));
}

function limitOf({ fate }: TimedWork): number {
  return fate === undefined || fate.kind === "warns" ? 100 : fate.atPercent;
}
