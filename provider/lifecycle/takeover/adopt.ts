import { ExportError } from "../../domain/errors/export-error";
import type { FinishedExport } from "../../domain/records/claim";
import { directoryWarnings } from "../../domain/records/directory-warnings";
import { apartFromServers } from "../../domain/records/file-server-names";
import { nameSome } from "../../domain/records/foreign-files";
import { finishedBy, type Manifest, manifestDigest, targetOf } from "../../domain/records/manifest";
import { answers } from "../../domain/records/target-match";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import { factsOf, intactState } from "../../domain/reference-point-export/states";
import { ClaimedDirectory, type Identity, newClaim, writeManifest, writeNewClaim } from "../directory/claimed-directory";
import { verifyContent } from "../directory/inspect";
import { type DirectoryView, lookAt } from "../directory/look";
import { ownershipOf } from "../directory/ownership";
import { removeStrayRepairs } from "../repair/repair-directories";
import type { Operation } from "../session/operation";
import { withIdsOf } from "../target/named-anew";
import { filesAsDescribed } from "./reuse-finished";

const STEP = "adopt the export in the directory";

/** Takes over a finished, unclaimed export, if the program asks for that and every file is what the manifest says. */
export async function adoptExport(
  operation: Operation,
  view: DirectoryView,
  inputs: ExportInputs,
  identity: Identity,
): Promise<ExportState> {
  const subject = view.directory;
  if (inputs.onExisting !== "adopt") {
    const reason = `it holds ${nameSome(apartFromServers(view.entries).map((entry) => entry.path))}`;
    throw new ExportError("directory-not-empty", { step: "claim the export directory", subject, reason });
  }
  const refuse = (reason: string) => new ExportError("adoption-refused", { step: STEP, subject, reason });
  if (view.manifest.kind === "absent") throw refuse("it holds no manifest, so nothing proves that the export is finished");
  if (view.manifest.kind === "damaged") throw refuse(`its manifest cannot be read: ${view.manifest.reason}`);
  const { value: found } = view.manifest;
  if (found.disks.length === 0) throw refuse("its manifest does not say which disks it holds");
  // Under an id of its own: whoever knows the old one, such as a destroy that is run again, has no say here any more.
  const manifest = { ...found, exportId: identity.exportId };
  const target = targetOf(manifest);
  if (!answers(target, inputs) && !answers(target, await withIdsOf(operation, target, inputs)))
    throw refuse(`its manifest is of ${describeTarget(manifest)}`);
  if (!filesAsDescribed(view, manifest, operation.paths)) throw refuse("files of the manifest are missing or have another size");
  const altered = await verifyContent(operation, view, manifest.files);
  if (altered.length > 0)
    throw refuse(`the content of ${nameSome(altered.flatMap(({ path }) => path ?? []))} is not what its manifest says`);

  // Before its id is lost: the export is whole, so what a repair of it has left is of no use.
  await removeStrayRepairs(operation, view, { exportId: found.exportId, except: undefined });
  const manifestSha256 = manifestDigest(manifest);
  if (!(await claimAdopted(operation, view, identity, finishedBy(manifest)))) {
    throw refuse("somebody else has claimed it meanwhile");
  }
  await writeManifest(operation, view, manifest);
  const warnings = [...manifest.warnings, ...directoryWarnings(view.entries, manifest.files, operation.paths)];
  return intactState(inputs, manifest.exportId, factsOf(manifest, manifestSha256), warnings);
}

function describeTarget(manifest: Manifest): string {
  const base = manifest.baseReferencePointId === undefined ? "" : ` since ${manifest.baseReferencePointId}`;
  const disks = manifest.disks.map((disk) => disk.path).join(", ");
  return `${manifest.referencePointId} of ${manifest.virtualMachineName}${base}, disks ${disks}`;
}

/**
 * One write claims the directory and says that its export is finished, as the manifest will describe it that is written next: a claim
 * that did not say so would have the next run export over the adopted files. A claim that came along with a copied directory claims
 * nothing here and is replaced; where there is none, the first one wins. False when that was somebody else's.
 */
async function claimAdopted(operation: Operation, view: DirectoryView, identity: Identity, finished: FinishedExport): Promise<boolean> {
  const claim = newClaim(operation, identity, view.canonicalPath);
  if (view.claimOfElsewhere) {
    await new ClaimedDirectory(operation, view, claim).finish(finished);
    return true;
  }
  if (await writeNewClaim(operation, view, { ...claim, finished })) return true;
  // There is one: ours all the same, if the answer to its writing was lost.
  const look = await lookAt(operation, view.directory);
  if (look.kind !== "view") return false;
  const ownership = ownershipOf(look.view, { exportId: identity.exportId, urn: identity.owner.urn });
  return ownership.kind === "ours" && ownership.claim?.owner.urn === identity.owner.urn;
}
