import type { ErrorCode } from "../../domain/errors/error-table";
import { ExportError, isExportError } from "../../domain/errors/export-error";
import { CLAIM_FILE } from "../../domain/records/record-names";
import { sha256Of } from "../../domain/values/sha256";
import type { Precondition } from "../../host/port";
import type { Operation } from "../session/operation";

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
  const { directory, claimText } = seen;
  const request = { directory, texts: [CLAIM_FILE], list: false };
  const report = await operation.ask(step, directory, () => operation.host.readDirectory(request));
  const now = report.kind === "directory" ? report.texts[CLAIM_FILE] : undefined;
  if (now === claimText) return;
  throw new ExportError("superseded", { step, subject: directory, reason: "its claim has been changed since this run looked at it" });
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

/** Another run has taken the directory over: this one has no say in it any more. */
export function isSuperseded(error: unknown): boolean {
  return isExportError(error) && error.code === "superseded";
}
