import { jobAnswer } from "../jobs/job-answer";
import { virtualMachineAnswer } from "../machines/machine-answers";
import { listedPointJobs } from "../points/point-jobs";
import { pointsOf } from "../state/look-ups";
import type { PointCallRecord } from "../state/point-records";
import { pointConsistency, pointKind } from "../state/wmi-names";
import type { CallRecord, DiskRecord, MachineRecord, PointRecord } from "../state/wmi-records";
import type { Lab } from "./lab";
import { settingsAnswer } from "./lab-settings";
import type { LabCall, LabDescription, LabDisk, LabPointCall, LabReferencePoint, LabVirtualMachine } from "./lab-types";

/** The lab as its users see it. */
export async function describeLab(lab: Lab): Promise<LabDescription> {
  const state = await lab.store.read();
  return {
    directory: lab.directory,
    virtualMachines: state.machines.map((machine) => ({
      ...labMachine(lab, machine),
      referencePoints: pointsOf(state, machine.Name).map(labPoint),
    })),
    jobs: state.jobs.map((job) => jobAnswer(lab, state, job)).filter((job) => job !== undefined),
    pointJobs: listedPointJobs(state, Date.now()),
    settings: settingsAnswer(state.settings),
    faults: lab.faults.read().map((active) => active.fault),
  };
}

export function labMachine(lab: Lab, machine: MachineRecord): LabVirtualMachine {
  const { id, name, disks } = virtualMachineAnswer(lab, machine);
  return { id, name, disks: disks.map((disk, index) => ({ ...disk, ...namesOf(machine.disks[index]) })) };
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

export function labCall({ baseReferencePointId, at, ...call }: CallRecord): LabCall {
  return { ...call, ...(baseReferencePointId === undefined ? {} : { baseReferencePointId }), at: new Date(at).toISOString() };
}

function namesOf(disk: DiskRecord | undefined): Pick<LabDisk, "name" | "folder"> {
  return { name: disk?.name ?? "", ...(disk?.folder === undefined ? {} : { folder: disk.folder }) };
}
