import { normaliseReferencePointId } from "../../../domain/hyperv/guid";
import type { PointRecord } from "./wmi-records";

/** Classes of root\virtualization\v2 whose properties the records have. */
export const classNames = {
  machine: "Msvm_ComputerSystem",
  disk: "Msvm_StorageAllocationSettingData",
  point: "Msvm_VirtualSystemReferencePoint",
  service: "Msvm_VirtualSystemReferencePointService",
  job: "Msvm_VirtualSystemReferencePointExportJob",
  pointJob: "Msvm_ConcreteJob",
  checkpoint: "Msvm_VirtualSystemSettingData",
  snapshotService: "Msvm_VirtualSystemSnapshotService",
  managementService: "Msvm_VirtualSystemManagementService",
} as const;

/** Msvm_VirtualSystemReferencePoint.ReferencePointType, as documented; the one recorded real run read 1 for an RCT point. */
export const referencePointTypes = { log: 1, rct: 2 } as const;
export const consistencyLevels = { application: 1, crash: 2 } as const;

/** A job of ExportSystemDefinition is of the class that other jobs have, and names neither point nor directory. */
export function jobPath(job: { readonly InstanceID: string; readonly checkpointId?: string | undefined }): string {
  return pathOf(job.checkpointId === undefined ? classNames.job : classNames.pointJob, job);
}

export function pointJobPath(job: { readonly InstanceID: string }): string {
  return pathOf(classNames.pointJob, job);
}

export function checkpointPath(checkpoint: { readonly InstanceID: string }): string {
  return pathOf(classNames.checkpoint, checkpoint);
}

function pathOf(className: string, { InstanceID }: { readonly InstanceID: string }): string {
  return `\\\\SIMULATOR\\root\\virtualization\\v2:${className}.InstanceID="${InstanceID}"`;
}

export function pointKind(point: PointRecord): "rct" | "log" {
  return point.ReferencePointType === referencePointTypes.rct ? "rct" : "log";
}

export function pointConsistency(point: PointRecord): "application" | "crash" {
  return point.ConsistencyLevel === consistencyLevels.application ? "application" : "crash";
}

/** The form that records have; what is no id stays as it is, and is the id of nothing. */
export function pointId(text: string): string {
  const parsed = normaliseReferencePointId(text);
  return parsed.ok ? parsed.value : text;
}
