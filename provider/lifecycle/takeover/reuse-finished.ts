import type { Claim, ExportTarget } from "../../domain/records/claim";
import { foreignWarnings } from "../../domain/records/foreign-files";
import type { Manifest } from "../../domain/records/manifest";
import { recordText } from "../../domain/records/record-file";
import { MANIFEST_FILE } from "../../domain/records/record-names";
import { answers, sameTarget } from "../../domain/records/target-match";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import { factsOf, intactState } from "../../domain/reference-point-export/states";
import { sha256Of } from "../../domain/values/sha256";
import { ClaimedDirectory, type Identity } from "../directory/claim-file";
import type { DirectoryView } from "../directory/look";
import { removeLeftovers } from "../directory/remove-leftovers";
import { verifyContent } from "../directory/verify-content";
import { formerIds } from "../repair/former-repairs";
import { removeStrayRepairs } from "../repair/repair-directories";
import type { Operation } from "../session/operation";

/**
 * The state of an export that an earlier run of the same owner finished before it was killed; undefined when there is none, when it
 * is of something else, or when its files are not as the manifest says.
 *
 * @param target what the arguments mean, where that has been asked; without it their text must tell
 */
export async function reuseFinished(
  operation: Operation,
  view: DirectoryView,
  inputs: ExportInputs,
  identity: Identity,
  target?: ExportTarget,
): Promise<ExportState | undefined> {
  if (view.claim.kind !== "read") return undefined;
  const claim = view.claim.value;
  if (claim.owner.urn !== identity.owner.urn && claim.exportId !== identity.exportId) return undefined;
  if (claim.finished === undefined || claim.attempt !== undefined) return undefined;
  const same = target ? sameTarget(claim.finished.target, target) : answers(claim.finished.target, inputs);
  if (!same) return undefined;
  const manifest = finishedManifest(view, claim);
  if (manifest === undefined || !filesAsDescribed(view, manifest)) return undefined;
  // Not only a killed create comes here, also a forced replacement of an export that is known to be damaged: sizes prove nothing.
  const former = formerIds(view, identity.exportId);
  if (former.length > 0 && (await verifyContent(operation, view, manifest.files)).length > 0) return undefined;
  await removeLeftovers(operation, view);
  for (const exportId of former) await removeStrayRepairs(operation, view, { exportId, except: undefined }, manifest.files);
  const warnings = [...manifest.warnings, ...foreignWarnings(view.entries, manifest.files)];
  const manifestSha256 = await underIdentity(operation, new ClaimedDirectory(operation, view, claim), view, manifest, identity);
  return intactState(inputs, identity.exportId, factsOf(manifest, manifestSha256), warnings);
}

/**
 * The manifest that the claim vouches for, as it lies there or, where {@link underIdentity} was killed between claim and manifest, as it
 * was about to be.
 */
function finishedManifest(view: DirectoryView, { exportId, finished }: Claim): Manifest | undefined {
  if (view.manifest.kind !== "read" || finished === undefined) return undefined;
  const { value, text } = view.manifest;
  const renamed = { ...value, exportId };
  if (sha256Of(text) === finished.manifestSha256) return value;
  return sha256Of(recordText(renamed)) === finished.manifestSha256 ? renamed : undefined;
}

/** Gives the claim, and then the manifest that it vouches for, the id and the owner of this create. */
async function underIdentity(
  operation: Operation,
  directory: ClaimedDirectory,
  view: DirectoryView,
  manifest: Manifest,
  { exportId, owner }: Identity,
): Promise<string> {
  const there = view.manifest.kind === "read" ? view.manifest : undefined;
  const { claim } = directory;
  if (claim.owner.urn !== owner.urn) await directory.renameOwner(owner);
  if (claim.exportId === exportId && there?.value.exportId === exportId) return sha256Of(there.text);
  const text = recordText({ ...manifest, exportId });
  const manifestSha256 = sha256Of(text);
  await directory.takeOver(exportId, manifestSha256);
  const file = { directory: view.directory, canonicalPath: view.canonicalPath, path: MANIFEST_FILE, text };
  await operation.ask("write the manifest", view.directory, () => operation.host.replaceTextFile(file));
  return manifestSha256;
}

export function filesAsDescribed(view: DirectoryView, manifest: Manifest): boolean {
  return manifest.files.every((file) =>
    view.entries.some(
      (entry) => entry.kind === "file" && entry.path.toLowerCase() === file.path.toLowerCase() && entry.bytes === file.bytes,
    ),
  );
}
