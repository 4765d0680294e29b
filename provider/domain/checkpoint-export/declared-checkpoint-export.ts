import { declaredValues } from "../declared-values";
import { type CheckpointExportInputs, checkpointExportProperties } from "./properties";

/** The arguments with the table's defaults. */
export function declaredCheckpointExport(given: Readonly<Record<string, unknown>>): CheckpointExportInputs {
  return declaredValues(checkpointExportProperties, given) as unknown as CheckpointExportInputs;
}
