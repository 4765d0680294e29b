import type { ExportState } from "../../domain/reference-point-export/outputs";
import { Unfinished } from "../session/unfinished";

/** The export has a claim and is not finished. */
export class UnfinishedExport extends Unfinished<ExportState> {
  override readonly name = "UnfinishedExport";
}
