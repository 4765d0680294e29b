import { jobOutcome, jobStates } from "../../../../provider/domain/hyperv/job-state";
import { withTermination } from "../../../../provider/host/simulator/call/call-log";
import { withCheckpointTermination } from "../../../../provider/host/simulator/checkpoints/checkpoint-requests";
import { withDueDone } from "../../../../provider/host/simulator/jobs/due-work";
import { jobNow } from "../../../../provider/host/simulator/jobs/job-time";
import { withEnd } from "../../../../provider/host/simulator/jobs/settlement";
import { withPointTermination } from "../../../../provider/host/simulator/points/point-requests";
import type { CheckpointJobRecord } from "../../../../provider/host/simulator/state/checkpoint-records";
import type { PointJobRecord } from "../../../../provider/host/simulator/state/point-records";
import type { JobRecord } from "../../../../provider/host/simulator/state/wmi-records";
import type { HostView } from "../classes/host";
import type { Row } from "../values";
import type { MethodResult } from "./method-result";

const TERMINATE = 4;
const CODES = {
  cim: { done: 0, accepted: 4096, invalidParameter: 5, invalidTransition: 4097 },
  vendor: { done: 0, accepted: 0, invalidParameter: 32773, invalidTransition: 32775 },
} as const;

/** RequestStateChange of a job. Terminate is the only change that one knows; a job that has ended refuses it. */
export async function requestStateChange(
  view: HostView,
  job: JobRecord | PointJobRecord | CheckpointJobRecord,
  args: Row,
): Promise<MethodResult> {
  const codes = CODES[view.moods.terminateCodes];
  if (args.RequestedState !== TERMINATE) return { returnValue: codes.invalidParameter, out: {}, why: "only Terminate (4) is played" };
  const terminated = await view.lab.store.change((before) => {
    const state = withDueDone(before);
    const pointJob = state.pointJobs.find((one) => one.InstanceID === job.InstanceID && one.end === undefined);
    if (pointJob) return { state: withPointTermination(state, pointJob), result: true };
    const checkpointJob = state.checkpointJobs.find((one) => one.InstanceID === job.InstanceID && one.end === undefined);
    if (checkpointJob) return { state: withCheckpointTermination(state, checkpointJob), result: true };
    const running = state.jobs.find((one) => one.InstanceID === job.InstanceID && one.end === undefined);
    if (running === undefined) return { state, result: false };
    const end = {
      JobState: jobStates.terminated,
      ErrorCode: 0,
      ErrorDescription: "",
      at: jobNow(running),
      listed: true,
      bytes: view.lab.settlement.bytesWritten(running),
    };
    return { state: withEnd(withTermination(state, running), job.InstanceID, end), result: true };
  });
  if (!terminated) return { returnValue: codes.invalidTransition, out: {}, why: "the job has ended" };
  await view.lab.settlement.idle(job.InstanceID);
  return { returnValue: codes.accepted, out: {} };
}

/** GetErrorEx: one embedded Msvm_Error a cause, null while there is none. */
export function getErrorEx(row: Row): MethodResult {
  const error = errorText(row);
  return { returnValue: 0, out: error === undefined ? {} : { Errors: [error] } };
}

/** GetError: the first cause. */
export function getError(row: Row): MethodResult {
  return { returnValue: 0, out: { Error: errorText(row) } };
}

function errorText({ JobState, ErrorCode, ErrorDescription }: Row): string | undefined {
  if (jobOutcome(Number(JobState)) === "running" || !ErrorCode) return undefined;
  const property = (name: string, type: string, value: string) =>
    `<PROPERTY NAME="${name}" TYPE="${type}"><VALUE>${xml(value)}</VALUE></PROPERTY>`;
  return [
    '<INSTANCE CLASSNAME="Msvm_Error">',
    property("ErrorType", "uint16", "4"),
    property("Message", "string", String(ErrorDescription ?? "")),
    property("MessageID", "string", String(ErrorCode)),
    property("PerceivedSeverity", "uint16", "5"),
    property("ErrorSource", "string", "Hyper-V"),
    "</INSTANCE>",
  ].join("");
}

function xml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
