import { ownerOfUrn } from "../../domain/records/owner";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import { ignoreFullVolume } from "../session/host-failure";
import type { Operation } from "../session/operation";
import { ClaimedDirectory } from "./claim-file";
import { type Look, lookAt } from "./look";

/**
 * Has the claim name its owner as it is called now. After an alias, a rename of the stack or a move of the state, a new resource of the
 * old name would find itself named in the claim, and take the export over. A directory whose claim is not the export's is left as it is.
 *
 * @returns what is in the directory
 */
export async function renameOwner(operation: Operation, { exportDirectory, exportId, createUrn, status }: ExportState): Promise<Look> {
  const look = await lookAt(operation, exportDirectory);
  if (look.kind !== "view" || look.view.claim.kind !== "read") return look;
  const claim = look.view.claim.value;
  if (claim.exportId !== exportId || claim.owner.urn === createUrn) return look;
  const directory = new ClaimedDirectory(operation, look.view, claim);
  const named = directory.renameOwner(ownerOfUrn(createUrn));
  await (status === "intact" ? named : named.catch(ignoreFullVolume));
  return { kind: "view", view: { ...look.view, claim: { ...look.view.claim, value: directory.claim } } };
}
