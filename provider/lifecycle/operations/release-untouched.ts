import { CLAIM_FILE } from "../../domain/records/record-names";
import { contentOf, lookAt } from "../directory/look";
import { ownershipOf } from "../directory/ownership";
import { removeFiles, removeIfEmpty } from "../directory/remove-files";
import type { Operation } from "../session/operation";

/**
 * Gives a directory back that a failed create has claimed and written nothing into, as where the host refuses the arguments: whoever
 * corrects them wants neither a claimed directory nor an unfinished resource of what never began. Not where a call may have been heard:
 * the claim says so until its end is known.
 *
 * @returns whether there is nothing left that the engine must know of
 */
export async function releaseUntouched(operation: Operation, directory: string, exportId: string): Promise<boolean> {
  try {
    const look = await lookAt(operation, directory);
    if (look.kind !== "view") return false;
    const { view } = look;
    const ownership = ownershipOf(view, { exportId, urn: "" });
    if (ownership.kind !== "ours" || ownership.claim === undefined) return false;
    const { attempt, finished } = ownership.claim;
    const isIdle = finished === undefined && (attempt === undefined || attempt.state === "prepared");
    if (!isIdle || view.manifest.kind !== "absent" || contentOf(view).length > 0) return false;
    await removeFiles(operation, "give the directory back", view, [CLAIM_FILE], view);
    await removeIfEmpty(operation, directory, { directory, claimText: undefined });
    return true;
  } catch {
    // The failure of the create is what must be told; the next up, or a destroy, finds the claim.
    return false;
  }
}
