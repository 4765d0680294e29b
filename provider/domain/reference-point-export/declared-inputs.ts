import { declaredValues } from "../declared-values";
import { type ExportInputs, exportProperties } from "./properties";

/** The arguments with the table's defaults. */
export function declaredInputs(given: Readonly<Record<string, unknown>>): ExportInputs {
  return declaredValues(exportProperties, given) as ExportInputs;
}
