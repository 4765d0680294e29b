import type { ExportState } from "../../domain/reference-point-export/outputs";
import { isOfRecordsOnly } from "../../domain/reference-point-export/problem";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import { intactState } from "../../domain/reference-point-export/states";
import { inspectExport } from "../directory/inspect";
import { type DirectoryView, type Look, lookAt, outOfReach, requireSamePlace } from "../directory/look";
import { removeLeftovers } from "../directory/remove-leftovers";
import { renameOwner } from "../directory/rename-owner";
import { verifyContent } from "../directory/verify-content";
import { refuseObstacles } from "../repair/obstacles";
import { repairExport } from "../repair/repair";
import { removeStrayRepairs } from "../repair/repair-directories";
import { rewriteRecords } from "../repair/rewrite-records";
import type { MachineQueue } from "../session/machine-queue";
import type { Operation } from "../session/operation";
import { takeBack } from "../takeover/take-back";
import { rememberedTarget } from "../target/remembered-target";
import { createExport } from "./create";

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
  if (olds.status === "incomplete") return createExport(operation, queue, inputs, olds.exportId);
  const state = { ...olds, ...inputs };
  if (olds.status === "intact" && olds.createUrn === inputs.createUrn) return state;

  const look = await renameOwner(operation, state);
  if (olds.status === "intact" && look.kind === "view" && inspectExport(look.view, state).problems.length === 0) {
    await removeLeftovers(operation, look.view);
    return state;
  }
  if (look.kind !== "view" || look.view.claim.kind !== "damaged") return mendExport(operation, queue, look, state, inputs);
  // Two resources of one program may both believe that the directory is theirs. The second one finds the claim of the first.
  return queue.take(operation, look.view.canonicalPath, inputs.exportDirectory, async () =>
    mendExport(operation, queue, await lookAt(operation, inputs.exportDirectory), state, inputs),
  );
}

async function mendExport(
  operation: Operation,
  queue: MachineQueue,
  look: Look,
  state: ExportState,
  inputs: ExportInputs,
): Promise<ExportState> {
  const makeAgain = () => createExport(operation, queue, inputs, state.exportId, () => rememberedTarget(operation, state, inputs));
  if (look.kind === "absent") return makeAgain();
  if (look.kind !== "view") throw outOfReach(look.kind, inputs.exportDirectory);
  requireSamePlace(look.view, state);
  refuseObstacles(look.view, [], []);
  const taken = await takeBack(operation, look.view, state, inputs);
  if (taken.kind === "whole") return taken.state;
  const { view } = taken;
  if (isBeingMadeAgain(view, state)) return makeAgain();

  const { facts, problems, warnings } = inspectExport(view, state);
  if (facts === undefined || !isOfRecordsOnly(problems)) return repairExport(operation, queue, view, state, inputs);
  // The records are all that is known to be wrong. Before the files are called well, every one is read.
  if ((await verifyContent(operation, view, facts.files)).length > 0) return repairExport(operation, queue, view, state, inputs);
  await removeLeftovers(operation, view);
  await removeStrayRepairs(operation, view, { exportId: state.exportId, except: undefined }, facts.files);
  if (problems.length === 0) return intactState(inputs, state.exportId, facts, warnings);
  return rewriteRecords(operation, view, state, inputs, facts);
}

/** A run before this one found the directory gone and was killed while it exported into it again: its job is to be gone on with. */
function isBeingMadeAgain({ claim }: DirectoryView, { exportId }: ExportState): boolean {
  return claim.kind === "read" && claim.value.exportId === exportId && claim.value.attempt?.subdirectory === "";
}
