import { ExportError } from "../../domain/errors/export-error";
import { claimedFolders } from "../../domain/listing/written-files";
import type { Attempt } from "../../domain/records/attempt";
import type { CreatedDirectory, FreeBytes } from "../../host/port";
import type { Operation } from "../session/operation";
import { ClaimedDirectory, type Identity, newClaim, writeNewClaim } from "./claimed-directory";
import { contentOf, type DirectoryView, type Look, lookAt, outOfReach } from "./look";
import { refuseAroundAnother, refuseInsideAnother, requireApart } from "./nested-claims";
import { claimedMeanwhile, ownedByAnother } from "./not-ours";
import { heldClaim, ownershipOf } from "./ownership";
import { orSuperseded } from "./seen-claim";

/** Two that claim at once see each other after one round; more rounds mean that somebody removes the claim again and again. */
const ROUNDS = 5;

const STEP = "claim the export directory";

export type ClaimOutcome =
  | { readonly kind: "claimed"; readonly directory: ClaimedDirectory; readonly isNew: true; readonly freeBytes: FreeBytes }
  /** An earlier run of the same owner had claimed it, and may have finished it since the first look. */
  | {
      readonly kind: "claimed";
      readonly directory: ClaimedDirectory;
      readonly isNew: false;
      readonly freeBytes: FreeBytes;
      readonly view: DirectoryView;
    }
  /** Files and no claim: what to do with them is the caller's to decide. */
  | { readonly kind: "occupied"; readonly view: DirectoryView };

/**
 * Makes the directory this owner's: creates it and its claim, or goes on with the claim that an earlier, killed run of the same
 * owner left. Refuses a directory of another owner and one that lies inside another export.
 *
 * @param firstAttempt what a new claim says is under way, so that one write both claims and, in a new directory, announces
 */
export async function claimNew(
  operation: Operation,
  directory: string,
  identity: Identity,
  firstLook: Look,
  firstAttempt: (made: CreatedDirectory) => Attempt | undefined,
): Promise<ClaimOutcome> {
  for (let round = 0; round < ROUNDS; round++) {
    const look = round === 0 ? firstLook : await lookAt(operation, directory);
    if (look.kind === "volumeMissing" || look.kind === "notDirectory") throw outOfReach(look, directory);
    if (look.kind === "view") {
      const { view } = look;
      const resumed = resumeClaim(operation, view, identity);
      if (resumed && resumed.claim.finished === undefined) await refuseNested(operation, view, identity.owner.urn);
      if (resumed) return { kind: "claimed", directory: resumed, isNew: false, freeBytes: view.freeBytes, view };
      if (isOccupied(view)) return { kind: "occupied", view };
    }
    await refuseInsideAnother(operation, look.kind === "view" ? look.view : { directory, canonicalPath: directory }, identity.owner.urn);
    const created = await operation.ask("create the export directory", directory, () => operation.host.createDirectory({ directory }));
    // Somebody made it since the look: what is in it now must be seen first.
    if (look.kind !== "view" && !created.created) continue;
    const { canonicalPath, freeBytes } = created;
    const attempt = firstAttempt(created);
    const claim = { ...newClaim(operation, identity, canonicalPath), ...(attempt && { attempt }) };
    const claimed = await writeNewClaim(operation, { directory, canonicalPath }, claim).catch(async (error: unknown) => {
      // Without a claim there is no state, so nobody would ever remove it.
      if (created.created) await operation.host.removeEmptyDirectory({ directory }).catch(() => {});
      throw await orSuperseded(operation, { directory, claimText: undefined }, error);
    });
    if (claimed === undefined) continue;
    await requireApart(operation, claimed, created.created);
    return { kind: "claimed", directory: claimed, isNew: true, freeBytes };
  }
  throw claimedMeanwhile(STEP, directory);
}

/** The run that wrote the claim may have been killed before it had looked for the others. */
async function refuseNested(operation: Operation, view: DirectoryView, ownUrn: string): Promise<void> {
  await refuseInsideAnother(operation, view, ownUrn);
  if (claimedFolders(view.entries).length > 0) await refuseAroundAnother(operation, view);
}

/** Files and no claim that counts. A leftover of a killed write is nobody's file. */
export function isOccupied(view: DirectoryView): boolean {
  if (view.claim.kind !== "absent") return false;
  return contentOf(view).length > 0 || view.manifest.kind !== "absent" || view.claimOfElsewhere !== undefined;
}

function resumeClaim(operation: Operation, view: DirectoryView, { owner, exportId }: Identity): ClaimedDirectory | undefined {
  const subject = view.directory;
  const ownership = ownershipOf(view, { exportId, urn: owner.urn });
  if (ownership.kind === "unreadable") throw new ExportError("claim-damaged", { step: STEP, subject, reason: ownership.reason });
  // The id is fresh for a new export; for a known one it holds even if the resource was renamed since.
  const claim = heldClaim(ownership);
  if (claim) return new ClaimedDirectory(operation, view, { ...claim, owner });
  if (ownership.kind !== "anothers" || ownership.owner === undefined) return undefined;
  throw ownedByAnother(STEP, subject, ownership.owner, owner);
}
