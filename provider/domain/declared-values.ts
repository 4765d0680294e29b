import type { Property, PropertyTable } from "./property-table";
import { containsUnknown } from "./values/unknown-value";

/**
 * The arguments with a table's defaults, nested ones included. The engine keeps them without: a state is rewritten at every step of
 * an up, so what every resource has alike stays out of it. A value that is not known yet stays as it is.
 */
export function declaredValues(table: PropertyTable, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries<Property>(table).flatMap(([name, property]) => {
    const value = given[name] ?? property.default;
    if (value === undefined) return [];
    const parsed = containsUnknown(value) ? undefined : property.schema.safeParse(value);
    return [[name, parsed?.success ? parsed.data : value]];
  });
  return Object.fromEntries(entries);
}
