import { ownerOfUrn } from "../../domain/records/owner";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import { isOfRecordsOnly } from "../../domain/reference-point-export/problem";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import { intactState } from "../../domain/reference-point-export/states";
import { ClaimedDirectory } from "../directory/claimed-directory";
import { inspectExport, verifyContent } from "../directory/inspect";
import { type DirectoryView, type Look, lookAt, outOfReach, requireSameMachine, requireSamePlace, withClaim } from "../directory/look";
import { isProven, knownOwnership, ownershipOf } from "../directory/ownership";
import { removeLeftovers } from "../directory/remove-files";
import { refuseObstacles } from "../repair/obstacles";
import { repairExport } from "../repair/repair";
import { removeStrayRepairs } from "../repair/repair-directories";
import { rewriteRecords } from "../repair/rewrite-records";
import { ignoreFullVolume } from "../session/host-failure";
import type { MachineQueue } from "../session/machine-queue";
import type { Operation } from "../session/operation";
import { settleMoved } from "../takeover/moved-export";
import { takeBack } from "../takeover/take-back";
import { resolveSameTarget } from "../target/resolve-target";
import { createExport } from "./create";

/** What every step of an update uses. `state`: what was stored, with the arguments as they are now. */
interface Updating {
  readonly operation: Operation;
  readonly queue: MachineQueue;
  readonly state: ExportState;
  readonly inputs: ExportInputs;
}

/**
 * Brings an existing export in line: finishes an incomplete one, repairs a damaged one, and takes over new settings and a new name of
 * the resource. The damage is looked for again first: what the last refresh saw may have been mended by hand, or by a repair that was
 * killed late.
 */
export async function updateExport(
  operation: Operation,
  queue: MachineQueue,
  olds: ExportState,
  inputs: ExportInputs,
): Promise<ExportState> {
  const { exportDirectory } = inputs;
  const isMoved = !operation.paths.same(olds.exportDirectory, exportDirectory);
  if (isMoved) await settleMoved(operation, olds, exportDirectory);
  if (olds.status === "incomplete") return createExport(operation, queue, inputs, olds.exportId);
  const state = { ...olds, ...inputs };
  if (olds.status === "intact" && olds.createUrn === inputs.createUrn && !isMoved) return state;

  const updating: Updating = { operation, queue, state, inputs };
  const look = await renameInClaim(updating, await lookAt(operation, inputs.exportDirectory));
  if (olds.status === "intact" && look.kind === "view" && inspectExport(look.view, state, operation.paths).problems.length === 0) {
    await removeLeftovers(operation, look.view, look.view);
    return state;
  }
  if (look.kind !== "view" || look.view.claim.kind !== "damaged") return mend(updating, look);
  // Two resources of one program may both believe that the directory is theirs. The second one finds the claim of the first.
  return queue.take(operation, look.view.canonicalPath, inputs.exportDirectory, async () =>
    mend(updating, await lookAt(operation, inputs.exportDirectory)),
  );
}

/**
 * Uses the look. Produces the look after the claim names its owner as it is called now. After an alias, a rename of the stack or a move
 * of the state, a new resource of the old name would find itself named in the claim, and take the export over. A directory whose claim
 * is not the export's is left as it is.
 */
async function renameInClaim({ operation, state }: Updating, look: Look): Promise<Look> {
  if (look.kind !== "view") return look;
  const ownership = ownershipOf(look.view, { exportId: state.exportId, urn: state.createUrn });
  if (ownership.kind !== "ours" || ownership.claim === undefined || ownership.claim.owner.urn === state.createUrn) return look;
  const directory = new ClaimedDirectory(operation, look.view, ownership.claim);
  operation.did("gave the claim the new name");
  const renamed = directory.renameOwner(ownerOfUrn(state.createUrn));
  await (state.status === "intact" ? renamed : renamed.catch(ignoreFullVolume));
  return { kind: "view", view: withClaim(look.view, directory.claim, directory) };
}

/** Uses the look. Produces the state of the export as it is after what is wrong with it has been mended, with as little as will do. */
async function mend(updating: Updating, look: Look): Promise<ExportState> {
  const { operation, queue, state, inputs } = updating;
  if (look.kind === "absent") {
    await requireSameMachine(operation, state);
    return makeAgain(updating);
  }
  if (look.kind !== "view") throw outOfReach(look, inputs.exportDirectory, { known: true });
  requireSamePlace(look.view, state);
  if (!isProven(look.view, state)) await requireSameMachine(operation, state);
  refuseObstacles(operation.paths, look.view, [], []);
  const taken = await takeBackIfTakenOver(updating, look.view);
  if ("exportId" in taken) return taken;
  const view = taken;
  if (isBeingMadeAgain(view, state)) return makeAgain(updating);

  const { facts, problems, warnings } = inspectExport(view, state, operation.paths);
  if (facts === undefined || !isOfRecordsOnly(problems)) return repairExport(operation, queue, view, state, inputs);
  // The records are all that is known to be wrong. Before the files are called well, every one is read.
  if ((await verifyContent(operation, view, facts.files)).length > 0) return repairExport(operation, queue, view, state, inputs);
  await removeLeftovers(operation, view, view);
  await removeStrayRepairs(operation, view, { exportId: state.exportId, except: undefined }, view);
  if (problems.length === 0) operation.did("found whole");
  if (problems.length === 0) return intactState(inputs, state.exportId, facts, warnings);
  return rewriteRecords(operation, view, state, inputs, facts);
}

/** Uses arguments and ids of the state. Produces the same export anew, in the same directory. */
function makeAgain({ operation, queue, state, inputs }: Updating): Promise<ExportState> {
  return createExport(operation, queue, inputs, state.exportId, () => resolveSameTarget(operation, state, inputs, "nothing"));
}

/** Uses the view. Produces it with a claim of ours, or the state where that is all that was wrong. */
async function takeBackIfTakenOver({ operation, state, inputs }: Updating, view: DirectoryView): Promise<DirectoryView | ExportState> {
  const isManifestOfAnotherId = view.manifest.kind === "read" && view.manifest.value.exportId !== state.exportId;
  if (knownOwnership(view, state).kind !== "ours-under-another-id" && !isManifestOfAnotherId) return view;
  const taken = await takeBack(operation, view, state, inputs);
  operation.did("took it back from a replacement that was stopped");
  return taken.kind === "whole" ? taken.state : taken.view;
}

/** A run before this one found the directory gone and was killed while it exported into it again: its job is to be gone on with. */
function isBeingMadeAgain(view: DirectoryView, { exportId }: ExportState): boolean {
  const ownership = ownershipOf(view, { exportId, urn: "" });
  return ownership.kind === "ours" && ownership.claim?.attempt?.subdirectory === "";
}
