import { jobStates } from "../../../domain/hyperv/job-state";
import { returnCodeOf } from "../call/refusal";
import { isListedAt, jobMoment } from "../jobs/job-clock";
import { jobNow } from "../jobs/job-time";
import type { Store } from "../lab/store";
import type { LabState } from "../state/lab-state";
import { type PointJobRecord, pointJobTypes } from "../state/point-records";
import { effectAt, endOf } from "./point-clock";

/** Brings the jobs that make and destroy points up to now. They go on while nobody looks: any process may do it, each once. */
export async function settlePoints({ store }: { readonly store: Store }): Promise<LabState> {
  const state = await store.read();
  if (!state.pointJobs.some((job) => isDue(job, Date.now()))) return state;
  return store.change((current) => {
    const next = settledAt(current, Date.now());
    return { state: next, result: next };
  });
}

/** The state with all that is due by a moment done, in the order in which it was due. */
export function settledAt(state: LabState, now: number): LabState {
  const due = state.pointJobs.filter((job) => isDue(job, now));
  if (due.length === 0) return state;
  const done = due
    .filter((job) => !job.settled && (effectAt(job) ?? Number.POSITIVE_INFINITY) <= now)
    .sort((left, right) => (effectAt(left) ?? 0) - (effectAt(right) ?? 0));
  const pointJobs = state.pointJobs.map((job) => (due.includes(job) ? settledJob(job, done.includes(job)) : job));
  const { finishedJobLifetime } = state.settings;
  const kept = pointJobs.filter((job) => !job.settled || isListedAt(job, finishedJobLifetime, now));
  return done.reduce(takeEffect, { ...state, pointJobs: kept });
}

/** What comes of a job that has done its work. */
export function takeEffect(state: LabState, { JobType, point }: PointJobRecord): LabState {
  const others = state.points.filter((one) => one.InstanceID !== point.InstanceID);
  if (JobType === pointJobTypes.create) return { ...state, points: [...others, point] };
  const without = { ...state, points: others };
  return state.settings.destroyWhileExporting === "exportFails" ? withBrokenExports(without, point.InstanceID) : without;
}

function withBrokenExports(state: LabState, pointId: string): LabState {
  const jobs = state.jobs.map((job) => {
    if (job.end || (job.ReferencePointId !== pointId && job.BaseReferencePointId !== pointId)) return job;
    const end = {
      JobState: jobStates.exception,
      ErrorCode: returnCodeOf("failed"),
      ErrorDescription: `The reference point ${pointId} was destroyed while it was exported.`,
      at: jobNow(job),
      listed: true,
      bytes: jobMoment(job).dueBytes,
    };
    return { ...job, end };
  });
  return { ...state, jobs };
}

function isDue(job: PointJobRecord, now: number): boolean {
  const end = endOf(job);
  if (end === undefined || end.at > now || job.settled) return false;
  const effect = effectAt(job);
  return job.end === undefined || effect === undefined || effect <= now;
}

function settledJob(job: PointJobRecord, isDone: boolean): PointJobRecord {
  const end = endOf(job);
  return { ...job, ...(end && { end }), settled: isDone || effectAt(job) === undefined };
}
