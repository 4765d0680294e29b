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
} as const;

/** Msvm_VirtualSystemReferencePoint.ReferencePointType, as documented; the one recorded real run read 1 for an RCT point. */
export const referencePointTypes = { log: 1, rct: 2 } as const;
export const consistencyLevels = { application: 1, crash: 2 } as const;

export function jobPath(job: { InstanceID: string }): string {
  return pathOf(classNames.job, job);
}

export function pointJobPath(job: { InstanceID: string }): string {
  return pathOf(classNames.pointJob, job);
}

function pathOf(className: string, { InstanceID }: { InstanceID: string }): string {
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
