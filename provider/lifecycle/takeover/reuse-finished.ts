import { directoryWarnings } from "../../domain/listing/directory-warnings";
import { byRecordedName } from "../../domain/listing/listed-name";
import type { PathRules } from "../../domain/paths/path-rules";
import type { Claim } from "../../domain/records/claim";
import type { ExportTarget } from "../../domain/records/export-target";
import { type Manifest, manifestDigest } from "../../domain/records/manifest";
import { answers, sameTarget } from "../../domain/records/target-match";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import { factsOf, intactState } from "../../domain/reference-point-export/states";
import { sha256Of } from "../../domain/values/sha256";
import { ClaimedDirectory, type Identity, writeManifest } from "../directory/claimed-directory";
import { verifyContent } from "../directory/inspect";
import type { DirectoryView } from "../directory/look";
import { heldClaim, ownershipOf } from "../directory/ownership";
import { removeLeftovers } from "../directory/remove-files";
import { formerIds, removeStrayRepairs } from "../repair/repair-directories";
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
  const claim = heldClaim(ownershipOf(view, { exportId: identity.exportId, urn: identity.owner.urn }));
  if (claim === undefined) return undefined;
  if (claim.finished === undefined || claim.attempt !== undefined) return undefined;
  const same = target ? sameTarget(claim.finished.target, target) : answers(claim.finished.target, inputs);
  if (!same) return undefined;
  const manifest = finishedManifest(view, claim);
  if (manifest === undefined || filesNotAsDescribed(view, manifest, operation.paths).length > 0) return undefined;
  // Not only a killed create comes here, also a forced replacement of an export that is known to be damaged: sizes prove nothing.
  const former = formerIds(view, identity.exportId);
  if (former.length > 0 && (await verifyContent(operation, view, manifest.files)).length > 0) return undefined;
  await removeLeftovers(operation, view, view);
  for (const exportId of former) await removeStrayRepairs(operation, view, { exportId, except: undefined }, view);
  const warnings = [...manifest.warnings, ...directoryWarnings(view.entries, manifest.files, operation.paths)];
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
  return manifestDigest(renamed) === finished.manifestSha256 ? renamed : undefined;
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
  const renamed = { ...manifest, exportId };
  await directory.takeOver(exportId, manifestDigest(renamed));
  await writeManifest(operation, view, renamed, directory);
  return manifestDigest(renamed);
}

/** The files that are missing, or have another size than the manifest says. */
export function filesNotAsDescribed(view: DirectoryView, manifest: Manifest, rules: Pick<PathRules, "fold">): string[] {
  const listed = byRecordedName(view.entries, rules);
  const isThere = ({ path, bytes }: Manifest["files"][number]) => {
    const entry = listed(path);
    return entry?.kind === "file" && entry.bytes === bytes;
  };
  return manifest.files.filter((file) => !isThere(file)).map(({ path }) => path);
}
