import { declaredValues } from "../declared-values";
import { type PointInputs, pointProperties } from "./properties";

/** The arguments with the table's defaults. */
export function declaredPoint(given: Readonly<Record<string, unknown>>): PointInputs {
  return declaredValues(pointProperties, given) as PointInputs;
}
