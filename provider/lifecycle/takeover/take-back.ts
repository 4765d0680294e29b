import { ownerOfUrn } from "../../domain/records/owner";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import { ClaimedDirectory } from "../directory/claimed-directory";
import { type DirectoryView, withClaim } from "../directory/look";
import { heldClaim, knownOwnership, type Ownership } from "../directory/ownership";
import { ignoreFullVolume } from "../session/host-failure";
import type { Operation } from "../session/operation";
import { reuseFinished } from "./reuse-finished";

export type TakenBack =
  /** It is whole: nothing else is to be done. */
  { readonly kind: "whole"; readonly state: ExportState } | { readonly kind: "view"; readonly view: DirectoryView };

/**
 * Takes an export back that a forced replacement of this very resource had taken over when it was stopped: the claim names the
 * resource under an id that the engine never came to know. An export of something else stays as it is.
 */
export async function takeBack(operation: Operation, view: DirectoryView, state: ExportState, inputs: ExportInputs): Promise<TakenBack> {
  const ownership = knownOwnership(view, state);
  const isHeld = ownership.kind === "ours-under-another-id";
  const claim = heldClaim(ownership);
  if (claim === undefined || !(isHeld || isTakenBackByHalf(view, ownership, state))) return { kind: "view", view };
  const identity = { owner: ownerOfUrn(state.createUrn), exportId: state.exportId };
  const whole = await reuseFinished(operation, view, inputs, identity);
  if (whole) return { kind: "whole", state: whole };
  if (!isHeld) return { kind: "view", view };
  const directory = new ClaimedDirectory(operation, view, claim);
  await directory.takeOver(state.exportId).catch(ignoreFullVolume);
  return { kind: "view", view: withClaim(view, directory.claim, directory) };
}

/** The claim has been taken back, and the run was killed before the manifest was. */
function isTakenBackByHalf({ manifest }: DirectoryView, ownership: Ownership, { exportId }: ExportState): boolean {
  return ownership.kind === "ours" && manifest.kind === "read" && manifest.value.exportId !== exportId;
}
