import type { Property } from "../property-table";
import { containsUnknown } from "../values/unknown-value";
import { type ExportInputs, type ExportPropertyName, exportProperties } from "./properties";

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

/** Of these the provider declares what should be, and the state says what is. */
const stateDecides: ReadonlySet<string> = new Set(["status", "problems", "createUrn"] satisfies ExportPropertyName[]);

/** What the engine is to keep: the arguments as they were given, and everything else of the state. */
export function asGiven(state: Readonly<Record<string, unknown>>, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(state).flatMap(([name, value]) => {
      // An empty one stands for none: a look-up has no URN of its own.
      if (!Object.hasOwn(exportProperties, name) || (stateDecides.has(name) && value !== "")) return [[name, value]];
      return given[name] === undefined ? [] : [[name, given[name]]];
    }),
  );
}
