import { isChainOfOne } from "../../../domain/checkpoint-export/chain-of-one";
import type { ErrorCode } from "../../../domain/errors/error-table";
import { isExportError } from "../../../domain/errors/export-error";
import type { GenerationAttempt } from "../../../domain/export-chain/chain-record";
import { digestOfTriggers } from "../../../domain/export-chain/demand";
import type { ChainInputs } from "../../../domain/export-chain/properties";
import { sameId } from "../../../domain/hyperv/same-id";
import type { Chaining } from "../record/chaining";
import { discardExport, requireAttempt } from "./discard-generation";
import { settleGeneration } from "./settle-generation";

/**
 * Uses the error. Produces the attempt as it was before what the host knows no more: its point, its base, a disk that the machine had
 * when the point was made. False where it is of something else.
 *
 * @param isPointNew it was made a moment ago, or is still to be made: then a disk that is not found is a slip in its name, and another point
 *   would not have it either
 */
export async function isBegunAnew(chaining: Chaining, error: unknown, isPointNew: boolean): Promise<boolean> {
  if (!isExportError(error) || !lostOnTheWay.has(error.code)) return false;
  if (isPointNew && ofDisks.has(error.code)) return false;
  await discardExport(chaining);
  const isByCheckpoint = chaining.file.record.via === "checkpoint";
  await beginAnew(chaining, { isPointLost: isByCheckpoint || error.code !== "base-reference-point-not-found" });
  return true;
}

const ofDisks: ReadonlySet<ErrorCode> = new Set(["disk-not-found", "disk-not-on-machine"]);
const lostOnTheWay: ReadonlySet<ErrorCode> = new Set([
  "base-reference-point-not-found",
  "reference-point-not-found",
  "checkpoint-gone",
  ...ofDisks,
]);

/** Uses an attempt whose export has been removed. Produces it as another export: whoever knows the first one has no say in it. */
export async function beginAnew({ operation, file }: Chaining, { isPointLost }: { readonly isPointLost: boolean }): Promise<void> {
  const { plan: _, point, checkpoint, discarding: _discarding, ...rest } = requireAttempt(file.record);
  const exportId = operation.surroundings.newExportId();
  const kept = { ...(point && { point }), ...(checkpoint && { checkpoint }) };
  const anew = isPointLost ? { startedAt: operation.timestamp() } : kept;
  await file.change({ attempt: { ...rest, exportId, ...anew } });
}

/**
 * Whether an unfinished export by a checkpoint is of another base or of other triggers than the program names by now. Finished, it would be
 * removed at once for the one that is asked for; or nothing is asked for any more, since the export that is there is as declared again.
 */
export function isOutdated(attempt: GenerationAttempt, inputs: Pick<ChainInputs, "createUrn" | "triggers">): boolean {
  if (!isChainOfOne(inputs)) return false;
  return (attempt.triggersSha256 ?? digestOfTriggers(undefined)) !== digestOfTriggers(inputs.triggers);
}

/** Removes such a one, with its checkpoint and its point. */
export async function giveUpOutdated(chaining: Chaining): Promise<void> {
  const { operation, inputs, file } = chaining;
  const { attempt } = file.record;
  if (attempt === undefined || !isOutdated(attempt, inputs)) return;
  const { virtualMachineId } = attempt;
  const referencePointId = await settleGeneration(chaining);
  await discardExport(chaining);
  const { points } = file.record;
  const isKnown = referencePointId === undefined || points.some((point) => sameId(point.referencePointId, referencePointId));
  // In one change: once the attempt is forgotten, nothing else would prove the point to be ours.
  await file.change({ attempt: undefined, ...(!isKnown && { points: [...points, { virtualMachineId, referencePointId }] }) });
  const isBegun = attempt.checkpoint !== undefined || attempt.plan !== undefined;
  if (isBegun) operation.warn(`The unfinished export ${attempt.label} was given up: it was of another base or of other triggers.`);
}
