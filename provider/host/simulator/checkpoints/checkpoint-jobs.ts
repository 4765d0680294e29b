import { jobOutcome } from "../../../domain/hyperv/job-state";
import { success } from "../../answer";
import type {
  Answer,
  CheckpointChange,
  CheckpointConversion,
  CheckpointExportRequest,
  CheckpointJob,
  CheckpointRemoval,
  CheckpointRequest,
  CheckpointStart,
  ExportStart,
  JobPath,
  ListedCheckpointJobs,
  MachineCheckpoints,
} from "../../port";
import type { FaultSubject } from "../faults/fault-matching";
import { settleDueWork } from "../jobs/due-work";
import { jobProgress } from "../jobs/job-answer";
import { isListed } from "../jobs/job-clock";
import { stateNow } from "../jobs/work-clock";
import type { Lab } from "../lab/lab";
import { allSeenOn } from "../points/hindrances";
import { type CheckpointJobRecord, checkpointJobTypes } from "../state/checkpoint-records";
import type { LabState } from "../state/lab-state";
import { findPoint, jobAt, machineById } from "../state/look-ups";
import { jobPath, pointJobPath } from "../state/wmi-names";
import type { JobRecord } from "../state/wmi-records";
import { convertCheckpoints, removeCheckpoints } from "./change-checkpoints";
import { machineCheckpoints } from "./checkpoint-answers";
import { withCheckpointTermination } from "./checkpoint-requests";
import { createCheckpoints } from "./create-checkpoints";
import { exportCheckpoints } from "./export-checkpoints";

/** The verbs of the Host port that are about checkpoints, over a lab. */
export class CheckpointJobs {
  constructor(private readonly lab: Lab) {}

  list(virtualMachineIds: readonly string[]): Promise<Answer<MachineCheckpoints>[]> {
    return machineCheckpoints(this.lab, virtualMachineIds);
  }

  async create(requests: readonly CheckpointRequest[]): Promise<Answer<CheckpointStart>[]> {
    // An export that is over by the clock must not refuse.
    await this.lab.settlement.settle();
    return createCheckpoints(this.lab, requests);
  }

  async export(requests: readonly CheckpointExportRequest[]): Promise<Answer<ExportStart>[]> {
    await this.lab.settlement.settle();
    return exportCheckpoints(this.lab, requests);
  }

  async convert(checkpoints: readonly CheckpointChange[]): Promise<Answer<CheckpointConversion>[]> {
    await this.lab.settlement.settle();
    return convertCheckpoints(this.lab, checkpoints);
  }

  async remove(checkpoints: readonly CheckpointChange[]): Promise<Answer<CheckpointRemoval>[]> {
    await this.lab.settlement.settle();
    return removeCheckpoints(this.lab, checkpoints);
  }

  async find(virtualMachineIds: readonly string[]): Promise<Answer<ListedCheckpointJobs>[]> {
    const hostTime = new Date().toISOString();
    const state = await this.lab.settlement.settle();
    return virtualMachineIds.map((id) => {
      const wanted = id.toUpperCase();
      const jobs = listedCheckpointJobs(this.lab, state, ({ virtualMachineId }) => virtualMachineId === wanted);
      return success({ hostTime, jobs: jobs.reverse() });
    });
  }

  async look(paths: readonly JobPath[]): Promise<Answer<CheckpointJob | undefined>[]> {
    const state = paths.length > 0 ? await this.lab.settlement.settle() : undefined;
    const jobs = state ? listedCheckpointJobs(this.lab, state, ({ path }) => paths.includes(path)) : [];
    return paths.map((path) => success(jobs.find((job) => job.path === path)));
  }

  /** Those of exports are ended as every export is. */
  async terminate(paths: readonly JobPath[]): Promise<void> {
    const meant = (state: LabState) => state.checkpointJobs.filter((job) => job.end === undefined && paths.includes(pointJobPath(job)));
    if (meant(await settleDueWork(this.lab)).length === 0) return;
    await this.lab.store.change((state) => ({
      state: meant(state).reduce((next, job) => withCheckpointTermination(next, job), state),
      result: undefined,
    }));
  }

  /** What faults see of jobs. */
  subjects(paths: readonly JobPath[]): FaultSubject[] {
    const state = this.lab.faults.read().length > 0 ? this.lab.store.peek() : undefined;
    if (state === undefined) return [];
    const exports = paths.map((path) => jobAt(state, path)).filter((job) => job !== undefined);
    return [
      ...state.checkpointJobs.filter((job) => paths.includes(pointJobPath(job))).map(({ virtualMachineId }) => ({ virtualMachineId })),
      ...exports.map((job) => ({ virtualMachineId: job.VirtualMachineId, path: job.ExportDirectory })),
    ];
  }
}

/** Jobs about checkpoints as the host shows them now, oldest first. */
export function listedCheckpointJobs(
  lab: Lab,
  state: LabState,
  isMeant: (job: Pick<CheckpointJob, "path" | "virtualMachineId">) => boolean = () => true,
): CheckpointJob[] {
  const exports = state.jobs.filter((job) => isMeant({ path: jobPath(job), virtualMachineId: job.VirtualMachineId }));
  const others = state.checkpointJobs.filter((job) => isMeant({ path: pointJobPath(job), virtualMachineId: job.virtualMachineId }));
  const all = [
    ...others.map((job) => ({ at: job.StartTime, listed: listedCheckpointJob(state, job) })),
    ...exports.map((job) => ({ at: job.StartTime, listed: listedCheckpointExport(lab, state, job) })),
  ];
  // Those of one moment stay in the order in which they are recorded.
  return all.sort((left, right) => left.at - right.at).flatMap(({ listed }) => listed ?? []);
}

const works = {
  [checkpointJobTypes.create]: "create",
  [checkpointJobTypes.convert]: "convert",
  [checkpointJobTypes.remove]: "remove",
  [checkpointJobTypes.merge]: "merge",
} as const;

/** The job as the host would show it, or undefined when it is not listed (any more). */
export function listedCheckpointJob(state: LabState, job: CheckpointJobRecord): CheckpointJob | undefined {
  if (!isListed(job, state.settings.finishedJobLifetime)) return undefined;
  const { end, point, checkpoint } = job;
  const failed = end !== undefined && jobOutcome(end.JobState) === "failed";
  const machine = machineById(state, job.virtualMachineId);
  const refusals = job.JobType === checkpointJobTypes.create && failed && machine ? allSeenOn(machine) : [];
  return {
    path: pointJobPath(job),
    work: works[job.JobType],
    ...stateNow(job),
    errorCode: end?.ErrorCode ?? 0,
    ...(end?.ErrorDescription && { errorDescription: end.ErrorDescription }),
    startedAt: new Date(job.StartTime).toISOString(),
    virtualMachineId: job.virtualMachineId,
    ...(isThere(state, checkpoint.InstanceID) && { checkpointId: checkpoint.InstanceID }),
    ...(point && findPoint(state, point.InstanceID) && { referencePointId: point.InstanceID }),
    ...(refusals.length > 0 && { refusals }),
  };
}

/** An export by ExportSystemDefinition; undefined of any other. */
export function listedCheckpointExport(lab: Lab, state: LabState, job: JobRecord): CheckpointJob | undefined {
  const { checkpointId } = job;
  const told = checkpointId === undefined ? undefined : jobProgress(lab, state, job);
  if (told === undefined || checkpointId === undefined) return undefined;
  const { jobState, percentComplete, errorCode, errorDescription, startedAt, virtualMachineId, bytesWritten, bytesExpected } = told;
  return {
    path: jobPath(job),
    work: "export",
    jobState,
    percentComplete,
    errorCode,
    ...(errorDescription && { errorDescription }),
    startedAt,
    virtualMachineId,
    ...(isThere(state, checkpointId) && { checkpointId }),
    ...(bytesWritten !== undefined && { bytesWritten }),
    ...(bytesExpected !== undefined && { bytesExpected }),
  };
}

function isThere(state: LabState, checkpointId: string): boolean {
  return state.checkpoints.some(({ InstanceID }) => InstanceID === checkpointId);
}
