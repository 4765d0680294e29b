import { failure } from "../../answer";
import { type Answer, type CheckpointExportRequest, type ExportStart, HostError } from "../../port";
import { type Refusal, refusal } from "../call/refusal";
import type { RequestedExport } from "../call/resolve-request";
import { callExportMethods } from "../call/start-export";
import { settleDueWork } from "../jobs/due-work";
import type { Lab } from "../lab/lab";
import { checkpointTypes } from "../state/checkpoint-records";
import type { LabState } from "../state/lab-state";
import { findPoint, machineById } from "../state/look-ups";
import { pointId } from "../state/wmi-names";
import { findCheckpoint, notRecovery } from "./change-checkpoints";
import { contentOf } from "./checkpoint-edits";
import { withCheckpointCall } from "./checkpoint-requests";

/** ExportSystemDefinition of each request, once, in order; none of what is not there. */
export async function exportCheckpoints(lab: Lab, requests: readonly CheckpointExportRequest[]): Promise<Answer<ExportStart>[]> {
  const state = await settleDueWork(lab);
  const absent = requests.map((request) => whyAbsent(state, request));
  const called = requests.filter((_, index) => absent[index] === undefined);
  const answers = await callExportMethods(
    lab,
    called.map((request) => ({
      verb: "exportCheckpoints",
      subject: { virtualMachineId: request.virtualMachineId, referencePointId: request.checkpointId, path: request.exportDirectory },
      exportDirectory: request.exportDirectory,
      onlyIf: request.onlyIf,
      what: `ExportSystemDefinition of ${pointId(request.checkpointId)} of machine ${request.virtualMachineId} to ${request.exportDirectory}`,
      resolve: (current) => resolve(current, request),
      logged: (current, returnCode) => withExportCall(current, request, returnCode),
    })),
  );
  const next = answers.values();
  return absent.map((error) => (error === undefined ? (next.next().value as Answer<ExportStart>) : failure(error)));
}

function whyAbsent(
  state: LabState,
  { virtualMachineId, checkpointId, baseReferencePointId }: CheckpointExportRequest,
): HostError | undefined {
  const machine = machineById(state, virtualMachineId);
  const checkpoint = machine && findCheckpoint(state, machine.Name, checkpointId);
  const absent = (what: string) => new HostError("invalidParameter", `The machine ${virtualMachineId} has no ${what}.`);
  if (checkpoint === undefined) return absent(`checkpoint ${checkpointId}`);
  if (checkpoint.VirtualSystemType !== checkpointTypes.recovery) return notRecovery(checkpoint);
  const base = baseReferencePointId === undefined ? undefined : findPoint(state, baseReferencePointId);
  const isMissing = baseReferencePointId !== undefined && base?.VirtualSystemIdentifier !== machine?.Name;
  return isMissing ? absent(`reference point ${baseReferencePointId}`) : undefined;
}

/** The checks that the method makes of its parameters. */
function resolve(state: LabState, request: CheckpointExportRequest): RequestedExport | Refusal {
  const invalid = (why: string) => refusal("invalidParameter", why);
  const machine = machineById(state, request.virtualMachineId);
  const checkpoint = machine && findCheckpoint(state, machine.Name, request.checkpointId);
  if (!machine || !checkpoint) return invalid("the checkpoint is not one of this machine");
  const content = contentOf(state, checkpoint);
  const subject = { machine, point: content, ExportedDisks: content.VirtualDiskIdentifiers, checkpointId: checkpoint.InstanceID };
  if (request.baseReferencePointId === undefined) return subject;
  const base = findPoint(state, request.baseReferencePointId);
  if (base?.VirtualSystemIdentifier !== machine.Name) return invalid("the base reference point is not one of this machine");
  if (base.ReferencePointType !== content.ReferencePointType)
    return invalid("the base reference point is not by resilient change tracking");
  if (base.sequence >= checkpoint.sequence) return invalid("the base reference point is not older than the checkpoint");
  const baseContent = base.convertedFrom ?? base.InstanceID;
  return { ...subject, baseSequence: base.sequence, BaseReferencePointId: base.InstanceID, baseContent };
}

function withExportCall(state: LabState, request: CheckpointExportRequest, returnCode: number): LabState {
  const { virtualMachineId, checkpointId, baseReferencePointId, exportDirectory } = request;
  const call = {
    method: "ExportSystemDefinition",
    virtualMachineId: virtualMachineId.toUpperCase(),
    checkpointId: pointId(checkpointId),
    ...(baseReferencePointId !== undefined && { baseReferencePointId: pointId(baseReferencePointId) }),
    exportDirectory,
  } as const;
  return withCheckpointCall(state, call, returnCode);
}
