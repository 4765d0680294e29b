import type { ErrorCode } from "../../../domain/errors/error-table";
import { ExportError, isExportError } from "../../../domain/errors/export-error";
import { standingCheckpoint, unneededPoints } from "../../../domain/export-chain/chain-record";
import { isSuperseded } from "../../session/host-failure";
import type { Chaining } from "../record/chaining";
import { destroyPoints } from "../removal/destroy-points";
import { mayWait } from "../removal/retain";
import { discardExport } from "./discard-generation";
import { OCCUPIED_REMEDY } from "./next-label";

/** Told of a generation's directory: it is somebody's. */
export function isOccupied(error: unknown): error is ExportError {
  return isExportError(error) && occupied.has(error.code);
}

const occupied: ReadonlySet<ErrorCode> = new Set(["directory-not-empty", "directory-owned-by-another", "not-a-directory"]);

/** Somebody has put something into the generation's directory since the look at it. */
export class Occupied extends Error {
  /** @param isBegun the directory holds our claim, all the same */
  constructor(
    readonly reason: ExportError,
    readonly isBegun: boolean,
  ) {
    super(reason.message);
  }
}

/**
 * Uses an attempt whose directory is somebody's. Produces none, so that another label goes on: waiting for the directory would hold up
 * every generation after it. What is in the directory is not looked at, but for what our claim proves to be ours.
 */
export async function givenUp(
  chaining: Chaining,
  { reason: { code, step, subject, reason, cause }, isBegun }: Occupied,
): Promise<ExportError> {
  const { file } = chaining;
  const error = new ExportError(code, { step, subject, reason, remedy: OCCUPIED_REMEDY }, { cause });
  try {
    if (isBegun) await discardExport(chaining);
    // By it a checkpoint of ours is known that could not be removed yet.
    if (standingCheckpoint(file.record)) return error;
    await file.change({ attempt: undefined });
    await mayWait(chaining, destroyPoints(chaining, unneededPoints(file.record)));
  } catch (failure) {
    if (isSuperseded(failure)) throw failure;
    // The next up comes to it again.
  }
  return error;
}
