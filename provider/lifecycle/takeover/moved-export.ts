import { ExportError } from "../../domain/errors/export-error";
import type { Claim } from "../../domain/records/claim";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import { ClaimedDirectory } from "../directory/claimed-directory";
import { type DirectoryView, type Look, lookAt } from "../directory/look";
import type { Operation } from "../session/operation";

/** The export as it lies in another directory than the state knows. */
interface Moved {
  readonly view: DirectoryView;
  readonly claim: Claim;
}

/**
 * Finds the export in the declared directory, with its own claim, where there is nothing any more in the directory of the state: the volume
 * has got another letter, or somebody has moved the directory. Undefined where it has not moved.
 *
 * @param held on the host of the state
 * @param declared on the host of the arguments
 */
export async function findMoved(
  held: Operation,
  declared: Operation,
  { exportId, exportDirectory: before }: Pick<ExportState, "exportId" | "exportDirectory">,
  now: string,
): Promise<Moved | undefined> {
  const look = await lookAt(declared, now);
  const claim = look.kind === "view" ? claimThere(look.view) : undefined;
  if (look.kind !== "view" || claim?.exportId !== exportId) return undefined;
  return isGone(await lookAt(held, before)) ? { view: look.view, claim } : undefined;
}

/** Makes the claim say where it lies now. From then on the directory of the state means nothing. */
export async function settleMoved(operation: Operation, olds: ExportState, now: string): Promise<void> {
  const moved = await findMoved(operation, operation, olds, now);
  if (moved === undefined) {
    throw new ExportError("changed-since-plan", {
      step: "take the moved export over",
      subject: now,
      reason: `it does not hold the export that was in ${olds.exportDirectory}, or that directory is there again`,
    });
  }
  const { view, claim } = moved;
  if (!operation.paths.same(claim.canonicalPath, view.canonicalPath)) await new ClaimedDirectory(operation, view, claim).settle();
}

function claimThere({ claim, claimOfElsewhere }: DirectoryView): Claim | undefined {
  return claim.kind === "read" ? claim.value : claimOfElsewhere;
}

/** Nothing is there, or nothing can be: a volume that is not there holds no directory of ours that anybody could mean. */
function isGone(look: Look): boolean {
  const { kind } = look;
  return kind === "absent" || kind === "parentMissing" || kind === "volumeMissing" || (kind === "notDirectory" && look.above !== undefined);
}
