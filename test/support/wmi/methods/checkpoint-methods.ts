import { creationCodes, returnCodes } from "../../../../provider/domain/hyperv/return-codes";
import type { Answer, CheckpointExportRequest, CheckpointRequest, HostError } from "../../../../provider/host/port";
import { convertCheckpoints, removeCheckpoints } from "../../../../provider/host/simulator/checkpoints/change-checkpoints";
import { createCheckpoints } from "../../../../provider/host/simulator/checkpoints/create-checkpoints";
import { exportCheckpoints } from "../../../../provider/host/simulator/checkpoints/export-checkpoints";
import { jobPath, pointJobPath } from "../../../../provider/host/simulator/state/wmi-names";
import { checkpointReference } from "../classes/checkpoint-rows";
import type { HostView } from "../classes/host";
import { pointJobReference } from "../classes/point-job-rows";
import { pointReference } from "../classes/point-rows";
import { type Schema, virtualization } from "../schema";
import { parsePath, type Reference, type Row } from "../values";
import { WmiError } from "../wmi-error";
import { readEmbeddedInstance } from "./embedded-instance";
import type { MethodResult } from "./method-result";

const COMPLETED = 0;
const JOB_STARTED = 4096;
const NOT_SUPPORTED = 32770;
const INVALID_PARAMETER = 32773;
/** SnapshotType of a recovery checkpoint, and CopySnapshotConfiguration of an export for backup. */
const RECOVERY = 32768;
const FOR_BACKUP = 3;
const SETTINGS = "Msvm_VirtualSystemSettingData";
const POINT = "Msvm_VirtualSystemReferencePoint";

/** CreateSnapshot of Msvm_VirtualSystemSnapshotService, carried out by the simulator. */
export async function createSnapshot(view: HostView, schema: Schema, args: Row): Promise<MethodResult> {
  if (args.SnapshotType !== RECOVERY) return refusal(view, NOT_SUPPORTED, "only recovery checkpoints are played");
  const settings = read(schema, "Msvm_VirtualSystemSnapshotSettingData", args.SnapshotSettings);
  if (typeof settings === "string") return refusal(view, INVALID_PARAMETER, `SnapshotSettings: ${settings}`);
  const consistency = ({ 1: "application", 2: "crash" } as const)[Number(settings.ConsistencyLevel)];
  if (consistency === undefined) return refusal(view, INVALID_PARAMETER, "SnapshotSettings: ConsistencyLevel");
  await view.lab.settlement.settle();
  const request: CheckpointRequest = {
    virtualMachineId: (args.AffectedSystem as Reference).keys.Name ?? "",
    consistency,
    ignoreUnsupportedDisks: settings.IgnoreNonSnapshottableDisks === true,
  };
  const [answer] = await createCheckpoints(view.lab, [request]);
  const started = await start(view, answer);
  if (started) return started;
  const id = answer?.ok && answer.value.kind === "completed" ? answer.value.checkpointId : undefined;
  return { returnValue: COMPLETED, out: id === undefined ? {} : { ResultingSnapshot: checkpointReference({ InstanceID: id }) } };
}

/** ConvertToReferencePoint of the same service. */
export async function convertToReferencePoint(view: HostView, args: Row): Promise<MethodResult> {
  const asked = await checkpointOf(view, args);
  const [answer] = await convertCheckpoints(view.lab, [asked]);
  const started = await start(view, answer);
  if (started) return started;
  const id = answer?.ok && answer.value.kind === "completed" ? answer.value.referencePointId : undefined;
  const point = (await view.lab.store.read()).points.find((one) => one.InstanceID === id);
  return { returnValue: COMPLETED, out: point ? { ResultingReferencePoint: pointReference(point) } : {} };
}

/** DestroySnapshot of the same service. */
export async function destroySnapshot(view: HostView, args: Row): Promise<MethodResult> {
  const [answer] = await removeCheckpoints(view.lab, [await checkpointOf(view, args)]);
  return (await start(view, answer)) ?? { returnValue: COMPLETED, out: {} };
}

/** ExportSystemDefinition of Msvm_VirtualSystemManagementService: of a recovery checkpoint, and of nothing else. */
export async function exportSystemDefinition(view: HostView, schema: Schema, args: Row): Promise<MethodResult> {
  const refused = (why: string): MethodResult => ({ returnValue: INVALID_PARAMETER, out: {}, why });
  const settings = read(schema, "Msvm_VirtualSystemExportSettingData", args.ExportSettingData);
  if (typeof settings === "string") return refused(`ExportSettingData: ${settings}`);
  if (settings.CopySnapshotConfiguration !== FOR_BACKUP) return refused("only exports for backup are played");
  if (settings.CopyVmStorage !== true || settings.CreateVmExportSubdirectory !== false)
    return refused("only disks, and no folder more, are played");
  if (settings.CopyVmRuntimeInformation !== false) return refused("a recovery checkpoint has no runtime information");
  const checkpoint = keysOf(schema, SETTINGS, settings.SnapshotVirtualSystem);
  if (checkpoint === undefined)
    return refused(`SnapshotVirtualSystem is no path of a checkpoint: ${String(settings.SnapshotVirtualSystem)}`);
  const base = settings.DifferentialBackupBase === undefined ? undefined : keysOf(schema, POINT, settings.DifferentialBackupBase);
  if (settings.DifferentialBackupBase !== undefined && base === undefined)
    return refused(`DifferentialBackupBase is no path of a point: ${String(settings.DifferentialBackupBase)}`);
  const request: CheckpointExportRequest = {
    virtualMachineId: (args.ComputerSystem as Reference).keys.Name ?? "",
    checkpointId: checkpoint.InstanceID ?? "",
    ...(base?.InstanceID !== undefined && { baseReferencePointId: base.InstanceID }),
    intent: settings.BackupIntent === 1 ? "merge" : "preserveChain",
    exportDirectory: String(args.ExportDirectory),
  };
  await view.lab.settlement.settle();
  const [answer] = await exportCheckpoints(view.lab, [request]);
  if (answer && !answer.ok && answer.error.details.returnCode === undefined && answer.error.kind === "invalidParameter")
    return refused(answer.error.message);
  const result = await started(view, answer);
  return result ?? { returnValue: COMPLETED, out: {} };
}

async function checkpointOf(view: HostView, args: Row) {
  const checkpointId = (args.AffectedSnapshot as Reference).keys.InstanceID ?? "";
  await view.lab.settlement.settle();
  const found = (await view.lab.store.read()).checkpoints.find(({ InstanceID }) => InstanceID === checkpointId);
  if (found === undefined) throw new WmiError("notFound", "the checkpoint is not there");
  return { virtualMachineId: found.VirtualSystemIdentifier, checkpointId };
}

/** In the family of codes that the methods of this service have. */
async function start(view: HostView, answer: Answer<{ readonly kind: string }> | undefined): Promise<MethodResult | undefined> {
  const result = await started(view, answer);
  return result && inFamily(view, result);
}

/** What the method returns; undefined where it has done all its work. */
async function started(view: HostView, answer: Answer<{ readonly kind: string }> | undefined): Promise<MethodResult | undefined> {
  if (answer === undefined) throw new Error("the simulator gave no answer");
  if (!answer.ok) return { returnValue: codeOf(answer.error), out: {}, why: answer.error.message };
  const { value } = answer;
  if (value.kind === "absent") throw new WmiError("notFound", "the checkpoint is not there");
  if (!("path" in value)) return undefined;
  const state = await view.lab.store.read();
  const job = state.checkpointJobs.find((one) => pointJobPath(one) === value.path) ?? state.jobs.find((one) => jobPath(one) === value.path);
  if (job === undefined) throw new Error(`the job ${String(value.path)} is not in the lab`);
  return { returnValue: JOB_STARTED, out: view.moods.jobsUnnamed ? {} : { Job: pointJobReference(job) } };
}

function codeOf(error: HostError): number {
  if (error.details.returnCode === undefined) throw error;
  return error.details.returnCode;
}

function refusal(view: HostView, returnValue: number, why: string): MethodResult {
  return inFamily(view, { returnValue, out: {}, why });
}

function inFamily(view: HostView, result: MethodResult): MethodResult {
  if (view.moods.creationCodes !== "dmtf") return result;
  const kind = returnCodes.find((row) => row.code === result.returnValue)?.kind;
  return { ...result, returnValue: creationCodes.find((row) => row.kind === kind)?.code ?? result.returnValue };
}

function read(schema: Schema, className: string, source: unknown): Row | string {
  const wmiClass = schema.class(virtualization, className);
  if (wmiClass === undefined) throw new Error(`the schema has no ${className}`);
  if (typeof source !== "string" || source === "") return "it is empty";
  const settings = readEmbeddedInstance(source, wmiClass);
  return settings.ok ? settings.row : settings.why;
}

/** The keys of a path of the class, all of them. */
function keysOf(schema: Schema, className: string, text: unknown): Readonly<Record<string, string>> | undefined {
  const path = parsePath(String(text), virtualization);
  const wmiClass = schema.class(virtualization, className);
  if (path?.namespace !== virtualization || path.className.toLowerCase() !== className.toLowerCase()) return undefined;
  return wmiClass?.keys.every((key) => path.keys[key] !== undefined) ? path.keys : undefined;
}
