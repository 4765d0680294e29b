import type { HostView } from "../classes/host";
import type { Schema, WmiClass } from "../schema";
import type { Instance, Row } from "../values";
import { WmiError } from "../wmi-error";
import { convertToReferencePoint, createSnapshot, destroySnapshot, exportSystemDefinition } from "./checkpoint-methods";
import { exportReferencePoint } from "./export-reference-point";
import { getError, getErrorEx, requestStateChange } from "./job-methods";
import type { MethodResult } from "./method-result";
import { createReferencePoint, destroyReferencePoint } from "./point-methods";
import { addResourceSettings, createVirtualHardDisk, defineSystem, destroySystem } from "./system-methods";

/** Calls a method. Those that no part of the product calls are refused, so that a call of one does not pass unseen. */
export async function callMethod(
  view: HostView,
  schema: Schema,
  wmiClass: WmiClass,
  instance: Instance,
  method: string,
  args: Row,
): Promise<MethodResult> {
  if (wmiClass.isA("Msvm_VirtualSystemReferencePointService") && method === "ExportReferencePoint") {
    return exportReferencePoint(view, schema, args);
  }
  if (wmiClass.isA("Msvm_VirtualSystemReferencePointService") && method === "CreateReferencePoint") {
    return createReferencePoint(view, schema, args);
  }
  if (wmiClass.isA("Msvm_VirtualSystemReferencePointService") && method === "DestroyReferencePoint") {
    return destroyReferencePoint(view, args);
  }
  if (wmiClass.isA("Msvm_VirtualSystemSnapshotService")) {
    if (method === "CreateSnapshot") return createSnapshot(view, schema, args);
    if (method === "ConvertToReferencePoint") return convertToReferencePoint(view, args);
    if (method === "DestroySnapshot") return destroySnapshot(view, args);
  }
  if (wmiClass.isA("Msvm_VirtualSystemManagementService")) {
    if (method === "ExportSystemDefinition") return exportSystemDefinition(view, schema, args);
    if (method === "DefineSystem") return defineSystem(view, schema, args);
    if (method === "AddResourceSettings") return addResourceSettings(view, schema, args);
    if (method === "DestroySystem") return destroySystem(view, args);
  }
  if (wmiClass.isA("Msvm_ImageManagementService") && method === "CreateVirtualHardDisk") return createVirtualHardDisk(view, schema, args);
  if (wmiClass.isA("CIM_ConcreteJob")) {
    const isMeant = (one: { readonly InstanceID: string }) => one.InstanceID === instance.row.InstanceID;
    const job = view.state.jobs.find(isMeant) ?? view.state.pointJobs.find(isMeant) ?? view.state.checkpointJobs.find(isMeant);
    if (job === undefined) throw new WmiError("notFound", "the job is not in the lab");
    if (method === "RequestStateChange") return requestStateChange(view, job, args);
    if (method === "GetErrorEx") return getErrorEx(instance.row);
    if (method === "GetError") return getError(instance.row);
  }
  throw new WmiError("notSupported", `${wmiClass.name}.${method} is not played`);
}
