import { isExportError } from "../../domain/errors/export-error";
import type { ExportTarget } from "../../domain/records/claim";
import { answers } from "../../domain/records/target-match";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import type { Identity } from "../directory/claim-file";
import type { Look } from "../directory/look";

/**
 * What is to be exported. Where its point is gone by now, what an earlier run of the same owner has begun counts: the files may be
 * whole, or a job may still write them, and then the point is not needed any more.
 */
export async function resolveOrRemembered(
  resolve: () => Promise<ExportTarget>,
  look: Look,
  inputs: ExportInputs,
  identity: Identity,
): Promise<ExportTarget> {
  try {
    return await resolve();
  } catch (error) {
    const begun = unfinishedTarget(look, inputs, identity);
    if (begun && isExportError(error) && error.code.includes("reference-point")) return begun;
    throw error;
  }
}

function unfinishedTarget(look: Look, inputs: ExportInputs, { exportId, owner }: Identity): ExportTarget | undefined {
  if (look.kind !== "view" || look.view.claim.kind !== "read") return undefined;
  const { attempt, ...claim } = look.view.claim.value;
  if (attempt === undefined || attempt.state === "prepared" || attempt.subdirectory !== "") return undefined;
  if (claim.owner.urn !== owner.urn && claim.exportId !== exportId) return undefined;
  return answers(attempt.target, inputs) ? attempt.target : undefined;
}
