import { ownerOfUrn } from "../../domain/records/owner";
import { answers, samePoint } from "../../domain/records/target-match";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import { ClaimedDirectory } from "../directory/claim-file";
import type { DirectoryView } from "../directory/look";
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
  const isHeld = isHeldUnderAnotherId(view, state);
  if (view.claim.kind !== "read" || !(isHeld || isTakenBackByHalf(view, state))) return { kind: "view", view };
  const identity = { owner: ownerOfUrn(state.createUrn), exportId: state.exportId };
  const whole = await reuseFinished(operation, view, inputs, identity);
  if (whole) return { kind: "whole", state: whole };
  if (!isHeld) return { kind: "view", view };
  const directory = new ClaimedDirectory(operation, view, view.claim.value);
  await directory.takeOver(state.exportId).catch(ignoreFullVolume);
  return { kind: "view", view: { ...view, claim: { ...view.claim, value: directory.claim } } };
}

/** The claim has been taken back, and the run was killed before the manifest was. */
function isTakenBackByHalf({ claim, manifest }: DirectoryView, { exportId }: ExportState): boolean {
  return claim.kind === "read" && claim.value.exportId === exportId && manifest.kind === "read" && manifest.value.exportId !== exportId;
}

/** Whether the claim names this resource, and the same export, under another id than the state. */
export function isHeldUnderAnotherId({ claim }: DirectoryView, state: ExportState): boolean {
  if (claim.kind !== "read") return false;
  const { exportId, owner, finished, attempt } = claim.value;
  if (exportId === state.exportId || owner.urn !== state.createUrn) return false;
  return [finished?.target, attempt?.target].every(
    (target) =>
      target === undefined ||
      (answers(target, state) && (state.referencePointId === undefined || samePoint(state.referencePointId, target.referencePointId))),
  );
}
