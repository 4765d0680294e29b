import { isExportError } from "../../domain/errors/export-error";
import type { ExportTarget } from "../../domain/records/export-target";
import { answers } from "../../domain/records/target-match";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import type { Identity } from "../directory/claimed-directory";
import type { Look } from "../directory/look";
import { heldClaim, ownershipOf } from "../directory/ownership";

/**
 * What an earlier run of the same owner has begun to export, for the case that its point is gone by now: the files may be whole, or a
 * job may still write them, and then the point is not needed any more. Throws the error of resolving where there is no such thing.
 */
export function rememberedTarget(error: unknown, look: Look, inputs: ExportInputs, { exportId, owner }: Identity): ExportTarget {
  const claim = look.kind === "view" ? heldClaim(ownershipOf(look.view, { exportId, urn: owner.urn })) : undefined;
  const attempt = claim?.attempt;
  const isBegun = attempt !== undefined && attempt.state !== "prepared" && attempt.subdirectory === "";
  const isGone = isExportError(error) && error.code.includes("reference-point");
  if (isBegun && isGone && answers(attempt.target, inputs)) return attempt.target;
  throw error;
}
