import { ExportError } from "../../domain/errors/export-error";
import { directoryWarnings } from "../../domain/listing/directory-warnings";
import { apartFromServers } from "../../domain/listing/file-server-names";
import { nameSome } from "../../domain/listing/foreign-files";
import type { FinishedExport } from "../../domain/records/claim";
import { finishedBy, type Manifest, manifestDigest, targetOf } from "../../domain/records/manifest";
import { answers } from "../../domain/records/target-match";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import { factsOf, intactState } from "../../domain/reference-point-export/states";
import { ClaimedDirectory, type Identity, newClaim, writeManifest, writeNewClaim } from "../directory/claimed-directory";
import { verifyContent } from "../directory/inspect";
import { type DirectoryView, lookAt } from "../directory/look";
import { ownershipOf } from "../directory/ownership";
import { removeLeftovers } from "../directory/remove-files";
import { removeStrayRepairs } from "../repair/repair-directories";
import type { Operation } from "../session/operation";
import { withIdsOf } from "../target/named-anew";
import { filesNotAsDescribed } from "./reuse-finished";

const STEP = "adopt the export in the directory";
const RESTORE = "Restore what is named from a copy, or choose another exportDirectory.";
const CORRECT = "Correct the arguments to match the manifest, or choose another exportDirectory.";

/** Takes over a finished, unclaimed export, if the program asks for that and every file is what the manifest says. */
export async function adoptExport(
  operation: Operation,
  view: DirectoryView,
  inputs: ExportInputs,
  identity: Identity,
): Promise<ExportState> {
  const subject = view.directory;
  if (inputs.onExisting !== "adopt") {
    throw occupied(view, inputs);
  }
  const refuse = (reason: string, remedy?: string) =>
    new ExportError("adoption-refused", { step: STEP, subject, reason, ...(remedy !== undefined && { remedy }) });
  if (view.manifest.kind === "absent") throw refuse("it holds no manifest, so nothing proves that the export is finished");
  if (view.manifest.kind === "damaged") throw refuse(`its manifest cannot be read: ${view.manifest.reason}`, RESTORE);
  const { value: found } = view.manifest;
  if (found.disks.length === 0) throw refuse("its manifest does not say which disks it holds");
  // Under an id of its own: whoever knows the old one, such as a destroy that is run again, has no say here any more.
  const manifest = { ...found, exportId: identity.exportId };
  const target = targetOf(manifest);
  if (!answers(target, inputs) && !answers(target, await withIdsOf(operation, target, inputs)))
    throw refuse(`its manifest is of ${describeTarget(manifest)}`, CORRECT);
  const changed = filesNotAsDescribed(view, manifest, operation.paths);
  if (changed.length > 0) throw refuse(`these are missing or have another size than its manifest says: ${nameSome(changed)}`, RESTORE);
  const altered = await verifyContent(operation, view, manifest.files);
  if (altered.length > 0)
    throw refuse(`the content of ${nameSome(altered.flatMap(({ path }) => path ?? []))} is not what its manifest says`, RESTORE);

  // Before its id is lost: the export is whole, so what a repair of it has left is of no use.
  await removeStrayRepairs(operation, view, { exportId: found.exportId, except: undefined }, view);
  const manifestSha256 = manifestDigest(manifest);
  const directory = await claimAdopted(operation, view, identity, finishedBy(manifest));
  if (directory === undefined) {
    throw refuse("somebody else has claimed it meanwhile", "Choose another exportDirectory, if the claim is not of this resource.");
  }
  await writeManifest(operation, view, manifest, directory);
  await removeLeftovers(operation, view, directory);
  operation.did("adopted what was there");
  const warnings = [...manifest.warnings, ...directoryWarnings(view.entries, manifest.files, operation.paths)];
  return intactState(inputs, manifest.exportId, factsOf(manifest, manifestSha256), warnings);
}

/** Whoever left a finished export there wants to hear of it, not of its files. */
function occupied({ directory: subject, entries, manifest, claimOfElsewhere }: DirectoryView, inputs: ExportInputs): ExportError {
  const step = "claim the export directory";
  if (manifest.kind !== "read") {
    const reason = `it holds ${nameSome(apartFromServers(entries).map((entry) => entry.path))}`;
    return new ExportError("directory-not-empty", { step, subject, reason });
  }
  const { disks, referencePointId, virtualMachineName } = manifest.value;
  const isMeant = disks.length > 0 && answers(targetOf(manifest.value), inputs);
  const claimed = claimOfElsewhere ? `whose claim was made for ${claimOfElsewhere.canonicalPath}` : "that no resource has claimed";
  const reason = `it holds a finished export ${claimed}, of ${referencePointId} of ${virtualMachineName}`;
  const remedy = isMeant
    ? 'Set onExisting to "adopt" to take it over: every file is read and nothing is exported. Otherwise choose another exportDirectory.'
    : "Choose another exportDirectory: that export is of something else than what is declared.";
  return new ExportError("directory-not-empty", { step, subject, reason, remedy });
}

function describeTarget(manifest: Manifest): string {
  const base = manifest.baseReferencePointId === undefined ? "" : ` since ${manifest.baseReferencePointId}`;
  const disks = manifest.disks.map((disk) => disk.path).join(", ");
  return `${manifest.referencePointId} of ${manifest.virtualMachineName}${base}, disks ${disks}`;
}

/**
 * One write claims the directory and says that its export is finished, as the manifest will describe it that is written next: a claim
 * that did not say so would have the next run export over the adopted files. A claim that came along with a copied directory claims
 * nothing here and is replaced; where there is none, the first one wins. Undefined when that was somebody else's.
 */
async function claimAdopted(
  operation: Operation,
  view: DirectoryView,
  identity: Identity,
  finished: FinishedExport,
): Promise<ClaimedDirectory | undefined> {
  const claim = newClaim(operation, identity, view.canonicalPath);
  if (view.claimOfElsewhere) {
    const directory = new ClaimedDirectory(operation, view, claim);
    await directory.finish(finished);
    return directory;
  }
  const written = await writeNewClaim(operation, view, { ...claim, finished });
  if (written) return written;
  // There is one: ours all the same, if the answer to its writing was lost.
  const look = await lookAt(operation, view.directory);
  if (look.kind !== "view") return undefined;
  const ownership = ownershipOf(look.view, { exportId: identity.exportId, urn: identity.owner.urn });
  const isOurs = ownership.kind === "ours" && ownership.claim?.owner.urn === identity.owner.urn;
  return isOurs && ownership.claim ? new ClaimedDirectory(operation, look.view, ownership.claim) : undefined;
}
