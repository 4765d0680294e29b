import { type PathStyle, pathRules } from "../../domain/paths/path-rules";
import type { Property } from "../../domain/property-table";
import { type ExportInputs, exportProperties } from "../../domain/reference-point-export/properties";
import { containsUnknown } from "../../domain/values/unknown-value";

export interface Checked {
  /** The arguments as they were given, and what the provider declares itself. */
  readonly inputs: Record<string, unknown>;
  /** Every failure at once, each beginning with the path of its property. No value is repeated: any may be secret. */
  readonly failures: readonly string[];
}

/** What the engine adds by itself and no program gives. */
const engineProperties = new Set(["__provider", "__defaults"]);

/**
 * Validates the arguments against the table. No host is asked. A value that is not known yet, or holds one
 * that is not, passes: check is called again with the real one.
 *
 * @param pathStyleOf the style of the paths that a host takes; undefined where the host is not known
 */
export function checkArguments(raw: Readonly<Record<string, unknown>>, pathStyleOf: (host: unknown) => PathStyle | undefined): Checked {
  const failures: string[] = [];
  const inputs: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(raw)) {
    if (engineProperties.has(name)) inputs[name] = value;
    else if (!Object.hasOwn(exportProperties, name)) failures.push(`${name}: there is no such argument`);
  }
  for (const [name, property] of Object.entries<Property>(exportProperties)) {
    // What is wanted of an output is the provider's to say, whatever a refresh has stored of it (ignoreChanges brings that back here).
    const value = property.internal && property.default !== undefined ? property.default : raw[name];
    if (value === undefined || value === null) {
      if (property.required) failures.push(`${name}: is missing; give it, or ${property.defaultText ?? "see docs/arguments.md"}`);
      continue;
    }
    if (containsUnknown(value)) {
      inputs[name] = value;
      continue;
    }
    const parsed = property.schema.safeParse(value);
    if (parsed.success) inputs[name] = value;
    else failures.push(...parsed.error.issues.map((issue) => `${[name, ...issue.path].join(".")}: ${issue.message}`));
  }
  failures.push(...pathFailures(inputs, pathStyleOf));
  return { inputs, failures };
}

function pathFailures(inputs: Readonly<Record<string, unknown>>, pathStyleOf: (host: unknown) => PathStyle | undefined): string[] {
  const { exportDirectory, host } = inputs as Partial<ExportInputs>;
  if (typeof exportDirectory !== "string" || host === undefined || containsUnknown(exportDirectory) || containsUnknown(host)) return [];
  const style = pathStyleOf(host);
  if (style === undefined) return [];
  const rules = pathRules(style);
  const failures = rules.check(exportDirectory).map((problem) => `exportDirectory: ${problem}`);
  return host.kind === "simulator" && rules.root(host.directory) === ""
    ? [...failures, "host.directory: Expected an absolute path; got a relative one."]
    : failures;
}
