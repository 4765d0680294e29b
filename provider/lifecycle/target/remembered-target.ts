import { isExportError } from "../../domain/errors/export-error";
import { goneUnder, isGoneFromHost } from "../../domain/errors/gone-from-host";
import type { ExportTarget } from "../../domain/records/export-target";
import { answers } from "../../domain/records/target-match";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import type { Identity } from "../directory/claimed-directory";
import type { Look } from "../directory/look";
import { heldClaim, ownershipOf } from "../directory/ownership";

/** What is to be exported. */
export interface Resolved {
  readonly target: ExportTarget;
  /** Why the host can export it no more: only what it has written, or is writing, can be gone on with. */
  readonly gone?: Error;
}

/**
 * What an earlier run of the same owner has begun to export, for the case that the host no longer knows it, or knows more points than
 * the one that was meant: the files may be whole, or a job may still write them. Throws the error of resolving where there is no such
 * thing.
 */
export function rememberedTarget(error: unknown, look: Look, inputs: ExportInputs, { exportId, owner }: Identity): Resolved {
  const claim = look.kind === "view" ? heldClaim(ownershipOf(look.view, { exportId, urn: owner.urn })) : undefined;
  const attempt = claim?.attempt;
  const isBegun = attempt !== undefined && attempt.state !== "prepared" && attempt.subdirectory === "";
  if (!isBegun || !answers(attempt.target, inputs)) throw error;
  const { target } = attempt;
  if (isGoneFromHost(error)) return { target, gone: goneUnder(error, inputs.exportDirectory, "unfinished") };
  if (isExportError(error) && error.code === "reference-point-ambiguous") return { target };
  throw error;
}
