import { randomUUID } from "node:crypto";
import { jobStates } from "../../../domain/hyperv/job-state";
import { returnCodeOf } from "../call/refusal";
import { FILE_IN_USE } from "../faults/windows-texts";
import { isListed } from "../jobs/job-clock";
import { jobNow, startOfJob, type Timed } from "../jobs/job-time";
import { effectAt, endOf } from "../jobs/work-clock";
import { type CheckpointJobRecord, type CheckpointRecord, checkpointJobTypes } from "../state/checkpoint-records";
import type { LabState } from "../state/lab-state";
import { conditionOf } from "../state/machine-condition";
import type { JobFate } from "../state/wmi-records";

/** The state with all done that jobs about checkpoints have to do by now. One may begin another: a merge follows a conversion. */
export function withDueCheckpointsDone(before: LabState): LabState {
  let state = before;
  for (;;) {
    const next = firstDue(state);
    if (next === state) break;
    state = next;
  }
  if (state === before) return state;
  const { finishedJobLifetime } = state.settings;
  return { ...state, checkpointJobs: state.checkpointJobs.filter((job) => !job.settled || isListed(job, finishedJobLifetime)) };
}

/** What comes at once of a job that has done its work before its method returned. */
export function takeCheckpointEffect(state: LabState, job: CheckpointJobRecord): LabState {
  switch (job.JobType) {
    case checkpointJobTypes.create:
      return { ...state, checkpoints: [...state.checkpoints, job.checkpoint] };
    case checkpointJobTypes.convert:
      return withPoint(withoutCheckpoint(state, job, startOfJob()), job);
    case checkpointJobTypes.remove:
      return withoutCheckpoint(state, job, startOfJob());
    case checkpointJobTypes.merge:
      return withMerged(state, job);
  }
}

/**
 * The checkpoint's files are merged from now on.
 *
 * @param fate what becomes of it; default: what follows from the machine
 */
export function beginMerge(
  state: LabState,
  checkpoint: CheckpointRecord,
  when: Timed,
  fate: JobFate | undefined = fateOfMerge(state, checkpoint, 0),
): LabState {
  const job: CheckpointJobRecord = {
    InstanceID: randomUUID().toUpperCase(),
    JobType: checkpointJobTypes.merge,
    virtualMachineId: checkpoint.VirtualSystemIdentifier,
    checkpoint,
    TimeSubmitted: when.StartTime,
    ...when,
    begins: when.StartTime,
    lasts: state.settings.mergeDuration,
    listedAfter: 0,
    ...(fate && { fate }),
    checkpointGone: true,
    settled: false,
  };
  return { ...state, checkpointJobs: [...state.checkpointJobs, job] };
}

/** Its merges are broken off, as when the machine stops. */
export function withoutRunningMerges(state: LabState, machineId: string): LabState {
  const checkpointJobs = state.checkpointJobs.map((job) => {
    if (job.settled || job.JobType !== checkpointJobTypes.merge || job.virtualMachineId !== machineId) return job;
    const end = { JobState: jobStates.killed, ErrorCode: 0, ErrorDescription: "", at: jobNow(job), listed: true };
    return { ...job, end: job.end ?? end, settled: true };
  });
  return { ...state, checkpointJobs };
}

function firstDue(state: LabState): LabState {
  for (const job of state.checkpointJobs) {
    const next = job.settled ? state : brought(state, job);
    if (next !== state) return next;
  }
  return state;
}

/** The job brought up to now. */
function brought(state: LabState, job: CheckpointJobRecord): LabState {
  const end = endOf(job);
  if (end === undefined || end.at > jobNow(job)) return state;
  const effect = effectAt(job);
  if (effect === undefined) return withJob(state, { ...job, end, settled: true });
  const settled = effect <= jobNow(job);
  if (!settled && job.end && (job.checkpointGone || job.JobType !== checkpointJobTypes.convert)) return state;
  const ended = withJob(state, { ...job, end, checkpointGone: true, settled });
  const goes = job.JobType === checkpointJobTypes.convert || job.JobType === checkpointJobTypes.remove;
  const changed = goes && !job.checkpointGone ? withoutCheckpoint(ended, job, atEndOf(job, end.at)) : ended;
  if (!settled) return changed;
  if (job.JobType === checkpointJobTypes.create) return { ...changed, checkpoints: [...changed.checkpoints, job.checkpoint] };
  if (job.JobType === checkpointJobTypes.convert) return withPoint(changed, job);
  return job.JobType === checkpointJobTypes.merge ? withMerged(changed, job) : changed;
}

function withJob(state: LabState, job: CheckpointJobRecord): LabState {
  return { ...state, checkpointJobs: state.checkpointJobs.map((one) => (one.InstanceID === job.InstanceID ? job : one)) };
}

function withPoint(state: LabState, { point }: CheckpointJobRecord): LabState {
  return point === undefined ? state : { ...state, points: [...state.points, point] };
}

/** The checkpoint is gone; its machine writes into its files until they are merged. */
function withoutCheckpoint(state: LabState, { checkpoint, point, mergeFate }: CheckpointJobRecord, when: Timed): LabState {
  const checkpoints = state.checkpoints.filter(({ InstanceID }) => InstanceID !== checkpoint.InstanceID);
  if (checkpoints.length === state.checkpoints.length) return state;
  // The point that comes of it counts, although it may be listed later.
  const fate = mergeFate ?? fateOfMerge(state, checkpoint, point === undefined ? 0 : 1);
  return beginMerge({ ...state, checkpoints, unmerged: [...state.unmerged, checkpoint] }, checkpoint, when, fate);
}

/** With the checkpoint's files all are merged that lie below it. */
function withMerged(state: LabState, { checkpoint }: CheckpointJobRecord): LabState {
  const isMerged = (one: CheckpointRecord) =>
    one.VirtualSystemIdentifier === checkpoint.VirtualSystemIdentifier && one.sequence <= checkpoint.sequence;
  return { ...state, unmerged: state.unmerged.filter((one) => !isMerged(one)) };
}

/** How the merge of a machine ends whose files nobody can replace, or that has more points than Hyper-V bears. */
function fateOfMerge(state: LabState, { VirtualSystemIdentifier: id }: CheckpointRecord, comingPoints: number): JobFate | undefined {
  const machine = state.machines.find(({ Name }) => Name === id);
  const bears = state.settings.pointsThatMergesBear;
  const points = state.points.filter((point) => point.VirtualSystemIdentifier === id).length + comingPoints;
  const fails = (machine !== undefined && conditionOf(machine).chainLocked) || (bears !== null && points > bears);
  return fails ? { kind: "fails", atPercent: 0, errorCode: returnCodeOf("failed"), errorDescription: FILE_IN_USE } : undefined;
}

/** A moment of the job, by both clocks. */
function atEndOf({ StartTime, startedAt }: Timed, at: number): Timed {
  if (startedAt === undefined) return { StartTime: at };
  return { StartTime: at, startedAt: { ...startedAt, milliseconds: startedAt.milliseconds + at - StartTime } };
}
