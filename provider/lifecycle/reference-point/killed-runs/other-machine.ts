import { sameId } from "../../../domain/hyperv/same-id";
import type { NamedMachine } from "../../../host/port";
import type { MachineQueue } from "../../session/machine-queue";
import type { Operation } from "../../session/operation";
import { destroyPoint } from "../attempt/destroy-point";
import { isOfLostMachine } from "../attempt/lost-machine";
import { pointOfEntry } from "../attempt/settle-attempt";
import type { KeptRecord } from "../record/kept-record";

/**
 * What was begun under the resource's id may be of another machine than the one that has the name by now: that was restored from elsewhere,
 * or got the name of one that was renamed. It makes room for a point of the new one, and what is proved to have come of it is destroyed:
 * no state tells of it. Of a machine that is not there it stays in the record, under an id of its own.
 *
 * @param stall timeouts.stall
 */
export async function settleOtherMachine(
  operation: Operation,
  queue: MachineQueue,
  record: KeptRecord,
  recordId: string,
  machine: NamedMachine,
  stall: string,
): Promise<void> {
  const entry = record.entryOf(recordId);
  if (entry === undefined || sameId(entry.virtualMachineId, machine.id)) return;
  const left = { ...entry, id: operation.surroundings.newExportId() };
  await record.put(left, recordId);
  try {
    const referencePointId = await pointOfEntry(operation, record, left);
    if (referencePointId !== undefined) {
      const { virtualMachineId, virtualMachineName } = left;
      const point = { virtualMachineId, virtualMachineName, referencePointId };
      await destroyPoint(operation, queue, { ...point, stall, onlyIf: record.condition() });
      operation.did(`destroyed ${referencePointId} of the machine that had the name before`);
    }
    await record.remove(left.id);
  } catch (error) {
    if (!isOfLostMachine(error)) throw error;
  }
}
