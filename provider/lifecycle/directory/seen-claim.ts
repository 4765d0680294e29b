import type { ErrorCode } from "../../domain/errors/error-table";
import { isExportError } from "../../domain/errors/export-error";
import { CLAIM_FILE } from "../../domain/records/record-names";
import { sha256Of } from "../../domain/values/sha256";
import type { Precondition } from "../../host/port";
import { isSuperseded } from "../session/host-failure";
import type { Operation } from "../session/operation";
import { requireUnchanged } from "../session/unchanged";

export { isSuperseded } from "../session/host-failure";

/** An export directory with the text of its claim as this run has last seen or written it: what it decides rests on that. */
export interface SeenClaim {
  readonly directory: string;
  /** Undefined where there was none. */
  readonly claimText: string | undefined;
}

/** Lets the host make a change only while no other run has changed the claim: a run that was stopped may have been overtaken. */
export function onlyIfSeen({ directory, claimText }: SeenClaim): Precondition {
  return { directory, path: CLAIM_FILE, sha256: claimText === undefined ? undefined : sha256Of(claimText) };
}

/** The same for a change that takes no condition: looked at right before it. */
export async function requireSeen(operation: Operation, step: string, seen: SeenClaim): Promise<void> {
  await requireUnchanged(operation, step, "claim", onlyIfSeen(seen));
}

/**
 * What a run failed with or, where another run has changed the claim meanwhile, that: what it made of the directory may be all that failed
 * here.
 */
export async function orSuperseded(operation: Operation, seen: SeenClaim, error: unknown): Promise<unknown> {
  if (!isExportError(error) || !mayBeOfAnotherRun.has(error.code)) return error;
  try {
    await requireSeen(operation.extended(LOOK_LIMIT_MS), error.step, seen);
  } catch (changed) {
    if (isSuperseded(changed)) return changed;
  }
  return error;
}

const mayBeOfAnotherRun: ReadonlySet<ErrorCode> = new Set([
  "host-failed",
  "export-incomplete",
  "job-failed",
  "job-terminated",
  "job-vanished",
]);

/** How long that look may take, beyond the operation's own time. */
const LOOK_LIMIT_MS = 10_000;
