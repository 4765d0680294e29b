import type { ErrorCode } from "../../../domain/errors/error-table";
import { isExportError } from "../../../domain/errors/export-error";
import type { Chaining } from "../record/chaining";
import { discardExport, requireAttempt } from "./discard-generation";

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
