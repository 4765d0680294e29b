import { sameId } from "../../../domain/hyperv/same-id";
import type { PointEntry } from "../../../domain/reference-point/point-record";
import type { PointInputs } from "../../../domain/reference-point/properties";
import type { Operation } from "../../session/operation";
import { listPoints } from "../attempt/what-has-come";
import { KeptRecord } from "../record/kept-record";
import { renamePoint } from "../record/rename-point";

/**
 * What a create that was killed has begun before its resource got the name of now is in no state, so no update moves it. Unfinished, it is
 * moved here. A point that is made is named and left: the old half of a replacement looks the same, and will be deleted under its old name.
 *
 * @param digest of what is to be made
 * @param isKnown whether the engine has spoken of a resource with an id, or made one of a URN, in this process
 */
export async function takeFormerAttempts(
  operation: Operation,
  { formerUrns = [], createUrn }: PointInputs,
  digest: string,
  isKnown: (idOrUrn: string) => boolean,
): Promise<void> {
  for (const urn of formerUrns) {
    // Another resource that has the name by now.
    if (urn === createUrn || isKnown(urn)) continue;
    const { entries } = await KeptRecord.open(operation, urn);
    for (const entry of entries.filter((one) => one.digest === digest && !isKnown(one.id))) {
      if (entry.referencePointId === undefined) await renamePoint(operation, entry.id, urn, createUrn);
      else await nameFinished(operation, entry.referencePointId, entry);
    }
  }
}

async function nameFinished(operation: Operation, referencePointId: string, machine: PointEntry): Promise<void> {
  const listed = await listPoints(operation, machine);
  if (!listed.some(({ id }) => sameId(id, referencePointId))) return;
  operation.warn(
    `An earlier run has made ${referencePointId} of ${machine.virtualMachineName} under a former name of this resource. If no state holds it (that run was killed), destroy it on the host.`,
  );
}
