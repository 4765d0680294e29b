import type { Manifest } from "../../domain/records/manifest";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import { sha256Of } from "../../domain/values/sha256";
import type { DirectoryView } from "./look";

export interface ProvenManifest {
  readonly manifest: Manifest;
  readonly sha256: string;
}

/**
 * The manifest of the directory, if the state or the claim knows its very text. Its id alone proves nothing: a manifest that was
 * altered may name any file of the directory, and files that a manifest names are removed.
 */
export function provenManifest(view: DirectoryView, known: Pick<ExportState, "exportId" | "manifestSha256">): ProvenManifest | undefined {
  if (view.manifest.kind !== "read" || view.manifest.value.exportId !== known.exportId) return undefined;
  const sha256 = sha256Of(view.manifest.text);
  const claim = view.claim.kind === "read" && view.claim.value.exportId === known.exportId ? view.claim.value : undefined;
  const vouchers = [known.manifestSha256, claim?.finished?.manifestSha256, claim?.attempt?.manifestSha256];
  return vouchers.includes(sha256) ? { manifest: view.manifest.value, sha256 } : undefined;
}

/**
 * The manifest of an export that was given up (onDestroy "keep") and is looked up by its id: nobody vouches for it, and a look-up
 * changes and removes nothing.
 */
export function unclaimedManifest(view: DirectoryView, exportId: string): ProvenManifest | undefined {
  if (view.claim.kind !== "absent" || view.manifest.kind !== "read" || view.manifest.value.exportId !== exportId) return undefined;
  return { manifest: view.manifest.value, sha256: sha256Of(view.manifest.text) };
}
