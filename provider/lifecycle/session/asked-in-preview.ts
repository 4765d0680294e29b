import type { ErrorCode } from "../../domain/errors/error-table";
import { ExportError } from "../../domain/errors/export-error";
import { explain, isOutOfSight } from "./host-failure";
import { Operation, type Surroundings } from "./operation";
import { Unfinished } from "./unfinished";

export interface PreviewLimits {
  /** Until the host has answered anything at all: nobody waits longer for a preview's sake. Milliseconds. */
  readonly firstAnswer: number;
  readonly whole: number;
}

/** What a preview hears of a create that it has no answer about. */
export type NoAnswer =
  | { readonly kind: "refused"; readonly error: ExportError }
  /** The host does not answer, so nothing can be said. */
  | { readonly kind: "silent"; readonly error: ExportError };

/**
 * Thinks a create through for a preview. What would refuse the create refuses it; of a host that does not answer, nothing is said.
 *
 * @param think on the host, which has answered once
 */
export async function askedInPreview<Answer>(
  surroundings: Surroundings,
  { firstAnswer, whole }: PreviewLimits,
  think: (surroundings: Surroundings, wholeLimit: number) => Promise<Answer>,
): Promise<Answer | NoAnswer> {
  const subject = surroundings.hostName;
  surroundings.host.imagine();
  try {
    await new Operation(surroundings, firstAnswer, "the limit of a preview").machineId();
  } catch (failed) {
    const { code, reason, remedy, cause } = explain(failed, "ask the host", subject);
    const error = new ExportError(code, { step: "reach the host", subject, reason, remedy }, { cause });
    return { kind: certain.has(code) ? "refused" : "silent", error };
  }
  try {
    return await think(surroundings, whole);
  } catch (failed) {
    const error = explain(failed instanceof Unfinished ? failed.reason : failed, "ask the host", subject);
    return { kind: isOutOfSight(error) ? "silent" : "refused", error };
  }
}

/** What is wrong with the way to the host, here or there, will be wrong for the up, too: no waiting mends it. */
const certain: ReadonlySet<ErrorCode> = new Set(["secret-missing", "program-missing", "not-windows"]);
