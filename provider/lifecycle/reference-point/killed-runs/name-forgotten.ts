import { sameId } from "../../../domain/hyperv/same-id";
import type { PointEntry } from "../../../domain/reference-point/point-record";
import { isSuperseded } from "../../session/host-failure";
import type { Operation } from "../../session/operation";
import { isOfLostMachine, isThere } from "../attempt/lost-machine";
import { listPoints, whatHasCome } from "../attempt/what-has-come";
import type { KeptRecord } from "../record/kept-record";

/**
 * What killed runs have made under other triggers, and no state holds: it is named, and left. It cannot be told from the old half of a
 * forced replacement, of which this process has not heard either. It only helps: what fails of it is not told.
 */
export async function nameForgotten(
  operation: Operation,
  record: KeptRecord,
  recordId: string,
  isKnown: (id: string) => boolean,
): Promise<void> {
  for (const entry of record.entries.filter(({ id }) => id !== recordId && !isKnown(id))) {
    await nameLeft(operation, record, entry).catch((error: unknown) => {
      if (isSuperseded(error)) throw error;
    });
  }
}

async function nameLeft(operation: Operation, record: KeptRecord, entry: PointEntry): Promise<void> {
  const { id, virtualMachineId, virtualMachineName, referencePointId, attempt } = entry;
  const left = await leftOf(operation, entry).catch(async (error: unknown) => {
    if (!isOfLostMachine(error) || (await isThere(operation, virtualMachineId))) throw error;
    return undefined;
  });
  if (left === undefined) {
    const what = referencePointId === undefined ? "was making a point" : `has made the point ${referencePointId}`;
    operation.warn(
      `An earlier run of this resource ${what} of ${virtualMachineName} (${virtualMachineId}), a machine that is not there any more: nobody can tell what has become of it. Should that machine come back, look at its reference points.`,
    );
    await record.remove(id);
  } else if (left.length > 0) {
    operation.warn(
      `An earlier run of this resource has made a point of ${virtualMachineName}: ${left.join(", or ")}. If no state holds it (that run was killed, and the triggers have changed since), destroy it on the host.`,
    );
  } else if (referencePointId !== undefined || attempt?.isRefused) await record.remove(id);
}

/** The points that an entry's run has made, or may have made. */
async function leftOf(operation: Operation, { attempt, referencePointId, ...machine }: PointEntry): Promise<readonly string[]> {
  if (referencePointId !== undefined)
    return (await listPoints(operation, machine)).filter(({ id }) => sameId(id, referencePointId)).map(({ id }) => id);
  const come = attempt && (await whatHasCome(operation, attempt));
  if (come?.kind === "point") return [come.point.id];
  if (come?.kind === "job") return [come.job.referencePointId ?? `the point of the job ${come.job.path}`];
  return come?.unproven ?? [];
}
