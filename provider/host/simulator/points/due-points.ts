import { jobStates } from "../../../domain/hyperv/job-state";
import { returnCodeOf } from "../call/refusal";
import { isListed, jobMoment } from "../jobs/job-clock";
import { jobNow } from "../jobs/job-time";
import { effectAt, endOf } from "../jobs/work-clock";
import type { LabState } from "../state/lab-state";
import { type PointJobRecord, pointJobTypes } from "../state/point-records";

/** The state with all done that jobs about points have to do by now, in the order in which it was due. */
export function withDuePointsDone(state: LabState): LabState {
  const due = state.pointJobs.filter(isDue);
  if (due.length === 0) return state;
  const done = due
    .map((job) => ({ job, overdue: jobNow(job) - (effectAt(job) ?? Number.POSITIVE_INFINITY) }))
    .filter(({ job, overdue }) => !job.settled && overdue >= 0)
    .sort((left, right) => right.overdue - left.overdue)
    .map(({ job }) => job);
  const pointJobs = state.pointJobs.map((job) => (due.includes(job) ? settledJob(job, done.includes(job)) : job));
  const { finishedJobLifetime } = state.settings;
  const kept = pointJobs.filter((job) => !job.settled || isListed(job, finishedJobLifetime));
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

function isDue(job: PointJobRecord): boolean {
  const now = jobNow(job);
  const end = endOf(job);
  if (end === undefined || end.at > now || job.settled) return false;
  const effect = effectAt(job);
  return job.end === undefined || effect === undefined || effect <= now;
}

function settledJob(job: PointJobRecord, isDone: boolean): PointJobRecord {
  const end = endOf(job);
  return { ...job, ...(end && { end }), settled: isDone || effectAt(job) === undefined };
}
