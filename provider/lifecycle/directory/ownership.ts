import type { Claim } from "../../domain/records/claim";
import type { ExportTarget } from "../../domain/records/export-target";
import type { Manifest } from "../../domain/records/manifest";
import type { Owner } from "../../domain/records/owner";
import { isRepairOf } from "../../domain/records/record-names";
import { answers, samePoint } from "../../domain/records/target-match";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import { sha256Of } from "../../domain/values/sha256";
import type { DirectoryView } from "./look";

/** Whose an export directory is: the one answer for everything that changes, removes or reports it. */
export type Ownership =
  /** Neither claim nor manifest says anything. */
  | { readonly kind: "none" }
  /** The claim has the export's id or, where there is no claim (any more), the manifest has. */
  | { readonly kind: "ours"; readonly claim?: Claim }
  /** The claim names this resource for this very export, under an id that was never told: a replacement of it was killed. */
  | { readonly kind: "ours-under-another-id"; readonly claim: Claim }
  /** The claim names this resource, for an export of which nothing else is known: a create of it was killed, or it is of something else. */
  | { readonly kind: "same-owner"; readonly claim: Claim }
  /** The claim is another resource's or, where there is none, the manifest is another export's. */
  | { readonly kind: "anothers"; readonly owner?: Owner }
  /** There is a claim that cannot be read. */
  | { readonly kind: "unreadable"; readonly reason: string; readonly manifestIsAnothers: boolean }
  /** The claim was made for another path: a copied or moved directory, or a link that leads elsewhere now. */
  | { readonly kind: "copy"; readonly claim: Claim };

export interface Asking {
  readonly exportId: string;
  /** The resource's name as it is now; "" where it has none (a look-up by id). */
  readonly urn: string;
  /** Whether a claimed export is the one that is known: without it, a claim under another id is never called ours. */
  readonly isSameExport?: (target: ExportTarget) => boolean;
}

export function ownershipOf({ claim, claimOfElsewhere, manifest }: DirectoryView, asking: Asking): Ownership {
  const manifestId = manifest.kind === "read" ? manifest.value.exportId : undefined;
  if (claim.kind === "damaged") {
    const manifestIsAnothers = manifestId !== undefined && manifestId !== asking.exportId;
    return { kind: "unreadable", reason: claim.reason, manifestIsAnothers };
  }
  if (claim.kind === "read") return ownershipByClaim(claim.value, asking);
  if (claimOfElsewhere) return { kind: "copy", claim: claimOfElsewhere };
  if (manifestId === undefined) return { kind: "none" };
  return { kind: manifestId === asking.exportId ? "ours" : "anothers" };
}

/** Whose the directory is, for a state that knows which export it is of. */
export function knownOwnership(view: DirectoryView, state: ExportState): Ownership {
  const { exportId, createUrn: urn, referencePointId, virtualMachineId } = state;
  const isSameExport = (target: ExportTarget) =>
    answers(target, { ...state, virtualMachine: virtualMachineId ?? state.virtualMachine }) &&
    (referencePointId === undefined || samePoint(referencePointId, target.referencePointId));
  return ownershipOf(view, { exportId, urn, isSameExport });
}

/** The id decides. The owner's name decides only where the id is unknown. */
function ownershipByClaim(claim: Claim, { exportId, urn, isSameExport }: Asking): Ownership {
  if (claim.exportId === exportId) return { kind: "ours", claim };
  if (urn === "" || claim.owner.urn !== urn) return { kind: "anothers", owner: claim.owner };
  const targets = [claim.finished?.target, claim.attempt?.target].filter((target) => target !== undefined);
  const isSame = isSameExport !== undefined && targets.every(isSameExport);
  return { kind: isSame ? "ours-under-another-id" : "same-owner", claim };
}

/** The claim that this resource may go on with, under whatever id it was written. */
export function heldClaim(ownership: Ownership): Claim | undefined {
  switch (ownership.kind) {
    case "ours":
    case "ours-under-another-id":
    case "same-owner":
      return ownership.claim;
    default:
      return undefined;
  }
}

/** Whether records say that what is there is not the export that is known by its id: it must not be removed by that id. */
export function isOutsideReach(ownership: Ownership): boolean {
  switch (ownership.kind) {
    case "none":
    case "ours":
      return false;
    case "unreadable":
      return ownership.manifestIsAnothers;
    default:
      return true;
  }
}

export interface ProvenManifest {
  readonly manifest: Manifest;
  readonly sha256: string;
}

/**
 * The manifest of the directory, if the state or the claim knows its very text. Its id alone proves nothing: a manifest that was
 * altered may name any file of the directory, and files that a manifest names are removed.
 */
export function provenManifest(
  view: DirectoryView,
  known: { readonly exportId: string; readonly manifestSha256?: string },
): ProvenManifest | undefined {
  if (view.manifest.kind !== "read" || view.manifest.value.exportId !== known.exportId) return undefined;
  const { value: manifest, text } = view.manifest;
  const sha256 = sha256Of(text);
  const ownership = ownershipOf(view, { exportId: known.exportId, urn: "" });
  const claim = ownership.kind === "ours" ? ownership.claim : undefined;
  const vouchers = [known.manifestSha256, claim?.finished?.manifestSha256, claim?.attempt?.manifestSha256];
  return vouchers.includes(sha256) ? { manifest, sha256 } : undefined;
}

/** Which repairs are meant: those of an export, but for the one that its claim goes on with. */
export interface RepairsOf {
  readonly exportId: string;
  readonly except: string | undefined;
}

/** Stray repairs: directories of repairs that were begun and lost, as by somebody who took the claim away. */
export function strayRepairs({ entries }: DirectoryView, { exportId, except }: RepairsOf): string[] {
  return entries
    .filter(({ kind, path }) => kind === "directory" && isRepairOf(exportId, path) && path !== except)
    .map((entry) => entry.path);
}

/** Whether claim or manifest shows that the export is here. */
export function isProven(view: DirectoryView, state: ExportState): boolean {
  const ownership = ownershipOf(view, { exportId: state.exportId, urn: "" });
  return (ownership.kind === "ours" && ownership.claim !== undefined) || provenManifest(view, state) !== undefined;
}
