import type { HostError } from "../../../../provider/host/port";
import { startExports } from "../../../../provider/host/simulator/call/start-export";
import { jobAt } from "../../../../provider/host/simulator/state/look-ups";
import type { HostView } from "../classes/host";
import { jobReference } from "../classes/job-rows";
import { type Schema, virtualization } from "../schema";
import { parsePath, type Reference, type Row } from "../values";
import { readEmbeddedInstance } from "./embedded-instance";
import type { MethodResult } from "./method-result";

const SETTLING = 5000;
const COMPLETED = 0;
const JOB_STARTED = 4096;
const INVALID_PARAMETER = 32773;
const POINT = "Msvm_VirtualSystemReferencePoint";
const SETTINGS = "Msvm_VirtualSystemReferencePointExportSettingData";

/** ExportReferencePoint of Msvm_VirtualSystemReferencePointService, carried out by the simulator. */
export async function exportReferencePoint(view: HostView, schema: Schema, args: Row): Promise<MethodResult> {
  const { busy } = view.moods;
  if (busy !== undefined && busy.times > 0) {
    busy.times--;
    return { returnValue: busy.code, out: {}, why: "the mood is busy" };
  }
  const settings = readSettings(schema, args.ExportSettingData);
  if (typeof settings === "string") return { returnValue: INVALID_PARAMETER, out: {}, why: settings };
  const { keys } = args.ReferencePoint as Reference;
  // A job that is over by the clock must not refuse the next one.
  await view.lab.settlement.settle(SETTLING, (job) => job.VirtualMachineId === keys.VirtualSystemIdentifier?.toUpperCase());
  const [answer] = await startExports(view.lab, [
    {
      virtualMachineId: keys.VirtualSystemIdentifier ?? "",
      referencePointId: keys.InstanceID ?? "",
      ...(settings.base === undefined ? {} : { baseReferencePointId: settings.base }),
      disksToExport: settings.disks,
      exportDirectory: String(args.ExportDirectory),
    },
  ]);
  if (answer === undefined) throw new Error("startExports gave no answer");
  if (!answer.ok) return { returnValue: codeOf(answer.error), out: {}, why: answer.error.message };
  if (answer.value.kind === "completed") return { returnValue: COMPLETED, out: {} };
  const job = jobAt(await view.lab.store.read(), answer.value.path);
  if (job === undefined) throw new Error(`the job ${answer.value.path} is not in the lab`);
  return { returnValue: JOB_STARTED, out: view.moods.jobsUnnamed ? {} : { Job: jobReference(view, job) } };
}

function codeOf(error: HostError): number {
  if (error.details.returnCode === undefined) throw error;
  return error.details.returnCode;
}

/** The settings, or why they are refused. */
function readSettings(schema: Schema, source: unknown): { readonly base: string | undefined; readonly disks: readonly string[] } | string {
  const wmiClass = schema.class(virtualization, SETTINGS);
  if (wmiClass === undefined) throw new Error(`the schema has no ${SETTINGS}`);
  if (typeof source !== "string" || source === "") return "ExportSettingData is empty";
  const settings = readEmbeddedInstance(source, wmiClass);
  if (!settings.ok) return `ExportSettingData: ${settings.why}`;
  const { BaseReferencePoint, DisksToExport } = settings.row;
  const disks = (DisksToExport ?? []) as readonly string[];
  if (BaseReferencePoint === undefined) return { base: undefined, disks };
  const base = parsePath(String(BaseReferencePoint), virtualization);
  const point = schema.class(virtualization, POINT);
  if (base === undefined || base.className.toLowerCase() !== POINT.toLowerCase() || base.namespace !== virtualization) {
    return `BaseReferencePoint is no path of a point: ${String(BaseReferencePoint)}`;
  }
  const missing = point?.keys.find((key) => base.keys[key] === undefined);
  return missing === undefined ? { base: base.keys.InstanceID, disks } : `BaseReferencePoint has no key ${missing}`;
}
