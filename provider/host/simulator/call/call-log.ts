import type { ExportRequest } from "../../port";
import { withCheckpointCall } from "../checkpoints/checkpoint-requests";
import type { LabState } from "../state/lab-state";
import { pointId } from "../state/wmi-names";
import type { CallRecord, JobRecord } from "../state/wmi-records";

const KEPT = 10_000;

/** Records a call in the same generation as its effect: what is logged has happened, and what has happened is logged. */
export function withCall(state: LabState, request: ExportRequest, returnCode: number): LabState {
  return logged(state, {
    method: "ExportReferencePoint",
    virtualMachineId: request.virtualMachineId.toUpperCase(),
    referencePointId: pointId(request.referencePointId),
    ...(request.baseReferencePointId === undefined ? {} : { baseReferencePointId: pointId(request.baseReferencePointId) }),
    exportDirectory: request.exportDirectory,
    returnCode,
    at: Date.now(),
  });
}

/** RequestStateChange(Terminate) of a running job. */
export function withTermination(state: LabState, job: JobRecord): LabState {
  const { checkpointId, VirtualMachineId: virtualMachineId, ExportDirectory: exportDirectory } = job;
  if (checkpointId !== undefined)
    return withCheckpointCall(state, { method: "RequestStateChange", virtualMachineId, checkpointId, exportDirectory }, 0);
  return logged(state, {
    method: "RequestStateChange",
    virtualMachineId: job.VirtualMachineId,
    referencePointId: job.ReferencePointId,
    ...(job.BaseReferencePointId === undefined ? {} : { baseReferencePointId: job.BaseReferencePointId }),
    exportDirectory: job.ExportDirectory,
    returnCode: 0,
    at: Date.now(),
  });
}

function logged(state: LabState, call: CallRecord): LabState {
  return { ...state, calls: [...state.calls, call].slice(-KEPT) };
}
