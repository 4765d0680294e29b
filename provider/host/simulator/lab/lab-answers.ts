import { checkpointsOf, diskFilesOf } from "../checkpoints/checkpoint-answers";
import { listedCheckpointJobs } from "../checkpoints/checkpoint-jobs";
import { layersOf } from "../checkpoints/running-files";
import { listedExportJobs } from "../jobs/job-answer";
import { virtualMachineAnswer } from "../machines/machine-answers";
import { listedPointJobs } from "../points/point-jobs";
import type { CheckpointCallRecord } from "../state/checkpoint-records";
import type { LabState } from "../state/lab-state";
import { pointsOf } from "../state/look-ups";
import type { PointCallRecord } from "../state/point-records";
import { pointConsistency, pointKind } from "../state/wmi-names";
import type { CallRecord, DiskRecord, MachineRecord, PointRecord } from "../state/wmi-records";
import type { Lab } from "./lab";
import { settingsAnswer } from "./lab-settings";
import type {
  LabCall,
  LabCheckpoint,
  LabCheckpointCall,
  LabDescription,
  LabDisk,
  LabPointCall,
  LabReferencePoint,
  LabVirtualMachine,
} from "./lab-types";

/** The lab as its users see it. */
export async function describeLab(lab: Lab): Promise<LabDescription> {
  const state = await lab.store.read();
  return {
    directory: lab.directory,
    virtualMachines: state.machines.map((machine) => ({
      ...labMachine(lab, state, machine),
      referencePoints: pointsOf(state, machine.Name).map(labPoint),
      checkpoints: labCheckpoints(lab, state, machine),
      diskFiles: diskFilesOf(lab, state, machine),
    })),
    jobs: listedExportJobs(lab, state),
    pointJobs: listedPointJobs(state),
    checkpointJobs: listedCheckpointJobs(lab, state),
    settings: settingsAnswer(state.settings),
    faults: lab.faults.read().map((active) => active.fault),
  };
}

export function labMachine(lab: Lab, state: LabState, machine: MachineRecord): LabVirtualMachine {
  const { id, name, disks } = virtualMachineAnswer(lab, machine, layersOf(state, machine));
  return { id, name, disks: disks.map((disk, index) => ({ ...disk, ...namesOf(machine.disks[index]) })) };
}

export function labCheckpoints(lab: Lab, state: LabState, machine: MachineRecord): LabCheckpoint[] {
  return checkpointsOf(lab, state, machine).map((checkpoint) => ({ ...checkpoint, virtualMachineId: machine.Name }));
}

export function labPoint(point: PointRecord): LabReferencePoint {
  return {
    id: point.InstanceID,
    virtualMachineId: point.VirtualSystemIdentifier,
    kind: pointKind(point),
    consistency: pointConsistency(point),
    diskIds: point.VirtualDiskIdentifiers,
    createdAt: new Date(point.createdAt).toISOString(),
  };
}

export function labPointCall({ referencePointId, consistency, at, ...call }: PointCallRecord): LabPointCall {
  return { ...call, ...(referencePointId && { referencePointId }), ...(consistency && { consistency }), at: new Date(at).toISOString() };
}

export function labCheckpointCall(record: CheckpointCallRecord): LabCheckpointCall {
  const { checkpointId, baseReferencePointId, exportDirectory, consistency, at, ...call } = record;
  return {
    ...call,
    ...(checkpointId !== undefined && { checkpointId }),
    ...(baseReferencePointId !== undefined && { baseReferencePointId }),
    ...(exportDirectory !== undefined && { exportDirectory }),
    ...(consistency && { consistency }),
    at: new Date(at).toISOString(),
  };
}

export function labCall({ baseReferencePointId, at, ...call }: CallRecord): LabCall {
  return { ...call, ...(baseReferencePointId === undefined ? {} : { baseReferencePointId }), at: new Date(at).toISOString() };
}

function namesOf(disk: DiskRecord | undefined): Pick<LabDisk, "name" | "folder"> {
  return { name: disk?.name ?? "", ...(disk?.folder === undefined ? {} : { folder: disk.folder }) };
}
