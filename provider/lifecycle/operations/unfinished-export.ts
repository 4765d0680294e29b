import type { ExportError } from "../../domain/errors/export-error";
import type { ExportState } from "../../domain/reference-point-export/outputs";

/** The export has a claim and is not finished: the state is kept so that the next up can go on and destroy can clean. */
export class UnfinishedExport extends Error {
  override readonly name = "UnfinishedExport";
  constructor(
    readonly state: ExportState,
    readonly reason: ExportError,
  ) {
    super(reason.message, { cause: reason });
  }
}
