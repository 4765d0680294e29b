import type { CheckpointJobRecord } from "../state/checkpoint-records";
import { checkpointJobTypes } from "../state/checkpoint-records";
import type { LabState } from "../state/lab-state";
import type { PointJobRecord } from "../state/point-records";
import type { JobRecord } from "../state/wmi-records";

/** An export of the machine that has no end yet. */
export function runningExport(state: LabState, machineId: string): JobRecord | undefined {
  return state.jobs.find((job) => job.VirtualMachineId === machineId && job.end === undefined);
}

/** A job about a point of the machine that has no end yet. */
export function runningPointJob(state: LabState, machineId: string): PointJobRecord | undefined {
  return state.pointJobs.find((job) => job.virtualMachineId === machineId && job.end === undefined);
}

/** A job that makes, converts or removes a checkpoint of the machine and has no end yet. */
export function runningCheckpointJob(state: LabState, machineId: string): CheckpointJobRecord | undefined {
  return state.checkpointJobs.find((job) => job.virtualMachineId === machineId && job.end === undefined && !isMerge(job));
}

/** A merge of the machine's disks that has no end yet. */
export function runningMerge(state: LabState, machineId: string): CheckpointJobRecord | undefined {
  return state.checkpointJobs.find((job) => job.virtualMachineId === machineId && job.end === undefined && isMerge(job));
}

function isMerge({ JobType }: CheckpointJobRecord): boolean {
  return JobType === checkpointJobTypes.merge;
}
