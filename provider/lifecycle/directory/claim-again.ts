import { ExportError } from "../../domain/errors/export-error";
import { isMachineConfiguration } from "../../domain/hyperv/file-extensions";
import { nameOfServer } from "../../domain/listing/file-server-names";
import { nameSome } from "../../domain/listing/foreign-files";
import { byRecordedName } from "../../domain/listing/listed-name";
import type { Claim } from "../../domain/records/claim";
import { describeOwner, ownerOfUrn } from "../../domain/records/owner";
import { recordText } from "../../domain/records/record-file";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import type { Operation } from "../session/operation";
import { ClaimedDirectory, newClaim, writeNewClaim } from "./claimed-directory";
import { type DirectoryView, lookAt } from "./look";
import { claimedMeanwhile, ownedByAnother } from "./not-ours";
import { ownershipOf } from "./ownership";

const STEP = "repair the damaged export";

/**
 * The directory of an export that a state knows: with its claim as it is or, where somebody took it away, with a new one. Where there
 * is none the first one wins, as for a new export: two resources of one program may believe that the directory is theirs.
 *
 * @param known what a new claim knows of the export, if anything
 */
export async function claimAgain(
  operation: Operation,
  view: DirectoryView,
  state: Pick<ExportState, "exportId" | "files" | "createUrn">,
  known: Pick<Claim, "finished"> = {},
): Promise<ClaimedDirectory> {
  const { exportId, createUrn } = state;
  if (view.claim.kind === "read") return ownClaim(operation, view, exportId);
  refuseAnothers(operation, view, state);
  const claim = { ...newClaim(operation, { exportId, owner: ownerOfUrn(createUrn) }, view.canonicalPath), ...known };
  // One that cannot be read is written over with the next change of it.
  if (view.claim.kind === "damaged") return new ClaimedDirectory(operation, view, claim);
  const written = await writeNewClaim(operation, view, claim);
  if (written) return written;
  // There is one by now: ours all the same, if the answer to its writing was lost.
  const look = await lookAt(operation, view.directory);
  if (look.kind !== "view") throw claimedMeanwhile(STEP, view.directory);
  const own = ownClaim(operation, look.view, exportId);
  if (look.view.claimText === recordText(claim)) return own;
  // What this run has found wrong, another one may have mended by now.
  const reason = "another run has claimed it since this run looked at it";
  throw new ExportError("superseded", { step: STEP, subject: view.directory, reason });
}

function ownClaim(operation: Operation, view: DirectoryView, exportId: string): ClaimedDirectory {
  const ownership = ownershipOf(view, { exportId, urn: "" });
  if (ownership.kind === "ours" && ownership.claim) return new ClaimedDirectory(operation, view, ownership.claim);
  const owner = ownership.kind === "anothers" ? ownership.owner : undefined;
  throw owner ? ownedByAnother(STEP, view.directory, owner) : claimedMeanwhile(STEP, view.directory);
}

/**
 * Without a claim, a finished export of other files is somebody's: given up by another resource, and waiting to be adopted. So is
 * everything that came here with the claim of another directory, and an export without records that is of something else.
 */
function refuseAnothers(
  { paths }: Operation,
  { directory, entries, manifest, claimOfElsewhere }: DirectoryView,
  state: Pick<ExportState, "exportId" | "files">,
): void {
  const remedy = "Move what is named to another folder and run pulumi up again: this export is then made anew here.";
  const refuse = (what: string) =>
    new ExportError("directory-not-empty", { step: STEP, subject: directory, reason: `it holds ${what}`, remedy });
  if (claimOfElsewhere)
    throw refuse(`a copy of ${claimOfElsewhere.canonicalPath}, which belongs to ${describeOwner(claimOfElsewhere.owner)}`);
  const own = byRecordedName(state.files ?? [], paths);
  if (manifest.kind !== "read") {
    const strange = entries.filter(
      ({ kind, path }) => kind === "file" && isMachineConfiguration(path) && !own(path) && !nameOfServer({ path, kind }),
    );
    if (strange.length > 0) throw refuse(`files of another export: ${nameSome(strange.map(({ path }) => path))}`);
    return;
  }
  if (manifest.value.exportId === state.exportId) return;
  const there = byRecordedName(entries, paths);
  const others = manifest.value.files.filter(({ path, sha256 }) => there(path) && own(path)?.sha256 !== sha256);
  if (others.length === 0) return;
  const names = nameSome(others.map(({ path }) => path));
  throw refuse(`another export (${manifest.value.exportId}) that no resource has claimed: ${names}`);
}
