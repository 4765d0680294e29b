import { ExportError } from "../../domain/errors/export-error";
import { sameId } from "../../domain/hyperv/same-id";
import type { PointState } from "../../domain/reference-point/outputs";
import type { MachineQueue } from "../session/machine-queue";
import type { Operation } from "../session/operation";
import { destroyPoint } from "./attempt/destroy-point";
import { pointOfEntry } from "./attempt/settle-attempt";
import { closeBaseUses, usesOfBase } from "./base-uses";
import { nameForgotten } from "./killed-runs/name-forgotten";
import { KeptRecord } from "./record/kept-record";

/**
 * Destroys the point of a resource and takes it out of the record, in this order: a killed delete destroys what is gone already. A point
 * that the record knows under another id is another half's, and is left alone. A lost record is no reason to keep what the state tells of.
 *
 * @param isKnown as for a create: what else the record holds is named, since nobody may come by here again
 */
export async function deletePoint(
  operation: Operation,
  queue: MachineQueue,
  state: PointState,
  isKnown: (id: string) => boolean,
): Promise<void> {
  const record = await KeptRecord.open(operation, state.createUrn);
  const entry = record.entryOf(state.recordId);
  const { virtualMachineId, virtualMachineName } = entry ?? state;
  const recorded = entry && (await pointOfEntry(operation, record, entry));
  const referencePointId = recorded ?? state.referencePointId;
  const isFinished = state.status === "intact";
  if (referencePointId !== undefined && virtualMachineId !== undefined && !(isFinished && state.onDestroy === "keep")) {
    const other = record.entries.find(
      (one) => one.id !== state.recordId && one.referencePointId !== undefined && sameId(one.referencePointId, referencePointId),
    );
    if (other === undefined) {
      await refuseBase(operation, referencePointId);
      const request = { virtualMachineId, virtualMachineName: virtualMachineName ?? virtualMachineId, referencePointId };
      const condition = entry && { onlyIf: record.condition() };
      const end = await destroyPoint(operation, queue, { ...request, stall: state.timeouts.stall, ...condition });
      operation.did(end === "absent" ? "it was gone already" : "destroyed");
      await closeBaseUses(operation, referencePointId);
    } else {
      operation.did("left to the resource that has taken it over");
    }
  }
  await record.remove(state.recordId);
  await nameForgotten(operation, record, state.recordId, isKnown);
}

/** A damaged differential export is made again from its point and its base: who needs one must not lose it by a slip. */
async function refuseBase(operation: Operation, referencePointId: string): Promise<void> {
  const users = await usesOfBase(operation, referencePointId);
  if (users.length === 0) return;
  const reason = `it is the base of ${users.join(", and of ")}`;
  throw new ExportError("reference-point-in-use", { step: "destroy the reference point", subject: referencePointId, reason });
}
