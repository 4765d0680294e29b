import { creationCodes, returnCodes } from "../../../../provider/domain/hyperv/return-codes";
import type { Answer, PointDestruction, PointRequest, PointStart } from "../../../../provider/host/port";
import { createPoints } from "../../../../provider/host/simulator/points/create-points";
import { destroyPoints } from "../../../../provider/host/simulator/points/destroy-points";
import { pointJobPath } from "../../../../provider/host/simulator/state/wmi-names";
import type { HostView } from "../classes/host";
import { pointJobReference } from "../classes/point-job-rows";
import { pointReference } from "../classes/point-rows";
import { type Schema, virtualization } from "../schema";
import type { Reference, Row } from "../values";
import { WmiError } from "../wmi-error";
import { readEmbeddedInstance } from "./embedded-instance";
import type { MethodResult } from "./method-result";

const SETTINGS = "Msvm_VirtualSystemReferencePointSettingData";
const COMPLETED = 0;
const JOB_STARTED = 4096;
const NOT_SUPPORTED = 32770;
const INVALID_PARAMETER = 32773;
/** Parameter ReferencePointType: resilient change tracking. 0 is log based, which needs a replica. */
const RCT = 1;

/** CreateReferencePoint of Msvm_VirtualSystemReferencePointService, carried out by the simulator. */
export async function createReferencePoint(view: HostView, schema: Schema, args: Row): Promise<MethodResult> {
  const result = await created(view, schema, args);
  return { ...result, returnValue: view.moods.creationCodes === "dmtf" ? dmtfCode(result.returnValue) : result.returnValue };
}

async function created(view: HostView, schema: Schema, args: Row): Promise<MethodResult> {
  if (args.ReferencePointType !== RCT) return { returnValue: NOT_SUPPORTED, out: {}, why: "only points of type 1 are played" };
  const consistency = readConsistency(schema, args.ReferencePointSettings);
  if (consistency === undefined) return { returnValue: INVALID_PARAMETER, out: {}, why: "ReferencePointSettings" };
  const virtualMachineId = (args.AffectedSystem as Reference).keys.Name ?? "";
  await view.lab.settlement.settle();
  const [answer] = await createPoints(view.lab, [{ virtualMachineId, consistency }]);
  const job = await resultOf(view, answer);
  if (job !== undefined) return job;
  const id = answer?.ok && answer.value.kind === "completed" ? answer.value.referencePointId : undefined;
  const point = (await view.lab.store.read()).points.find((one) => one.InstanceID === id);
  return { returnValue: COMPLETED, out: point ? { ResultingReferencePoint: pointReference(point) } : {} };
}

/** DestroyReferencePoint of the same service. */
export async function destroyReferencePoint(view: HostView, args: Row): Promise<MethodResult> {
  const { keys } = args.AffectedReferencePoint as Reference;
  await view.lab.settlement.settle();
  const [answer] = await destroyPoints(view.lab, [
    { virtualMachineId: keys.VirtualSystemIdentifier ?? "", referencePointId: keys.InstanceID ?? "" },
  ]);
  if (answer?.ok && answer.value.kind === "absent") throw new WmiError("notFound", "the point is not there");
  return (await resultOf(view, answer)) ?? { returnValue: COMPLETED, out: {} };
}

/** What the method returns; undefined where it has done all its work. */
async function resultOf(view: HostView, answer: Answer<PointStart | PointDestruction> | undefined): Promise<MethodResult | undefined> {
  if (answer === undefined) throw new Error("the simulator gave no answer");
  if (!answer.ok) {
    const { returnCode } = answer.error.details;
    if (returnCode === undefined) throw answer.error;
    return { returnValue: returnCode, out: {}, why: answer.error.message };
  }
  const start = answer.value;
  if (start.kind !== "job") return undefined;
  const job = (await view.lab.store.read()).pointJobs.find((one) => pointJobPath(one) === start.path);
  if (job === undefined) throw new Error(`the job ${start.path} is not in the lab`);
  return { returnValue: JOB_STARTED, out: view.moods.jobsUnnamed ? {} : { Job: pointJobReference(job) } };
}

/** Without settings a real host made a crash consistent point. */
function readConsistency(schema: Schema, source: unknown): PointRequest["consistency"] | undefined {
  const wmiClass = schema.class(virtualization, SETTINGS);
  if (wmiClass === undefined) throw new Error(`the schema has no ${SETTINGS}`);
  if (source === undefined || source === "") return "crash";
  const settings = readEmbeddedInstance(String(source), wmiClass);
  if (!settings.ok) return undefined;
  return ({ 1: "application", 2: "crash" } as const)[Number(settings.row.ConsistencyLevel)];
}

function dmtfCode(code: number): number {
  const kind = returnCodes.find((row) => row.code === code)?.kind;
  return creationCodes.find((row) => row.kind === kind)?.code ?? code;
}
