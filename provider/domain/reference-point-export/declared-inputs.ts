import type { Property } from "../property-table";
import { containsUnknown } from "../values/unknown-value";
import { type ExportInputs, exportProperties } from "./properties";

/**
 * The arguments with the table's defaults, nested ones included. The engine keeps them without: a state is rewritten at every step of
 * an up, so what every resource has alike stays out of it. A value that is not known yet stays as it is.
 */
export function declaredInputs(given: Readonly<Record<string, unknown>>): ExportInputs {
  const entries = Object.entries<Property>(exportProperties).flatMap(([name, property]) => {
    const value = given[name] ?? property.default;
    if (value === undefined) return [];
    const parsed = containsUnknown(value) ? undefined : property.schema.safeParse(value);
    return [[name, parsed?.success ? parsed.data : value]];
  });
  return Object.fromEntries(entries) as ExportInputs;
}
