import { ExportError } from "../../domain/errors/export-error";
import { redact, secretTexts } from "../../domain/errors/redaction";
import { type PathStyle, pathRules } from "../../domain/paths/path-rules";
import type { Property } from "../../domain/property-table";
import { type ExportInputs, exportProperties } from "../../domain/reference-point-export/properties";
import { nearest } from "../../domain/values/nearest";
import { containsUnknown } from "../../domain/values/unknown-value";

export interface Checked {
  /** The arguments as they were given, and what the provider declares itself. */
  readonly inputs: Record<string, unknown>;
  /** Every failure at once, each with the value where it is known to be no secret. */
  readonly failures: readonly Refused[];
}

export interface Refused {
  /** The argument, or the path of what is wrong within it: "timeouts.create". */
  readonly property: string;
  readonly error: ExportError;
}

type Raw = Readonly<Record<string, unknown>>;
type StyleOf = (host: unknown) => PathStyle | undefined;
type Path = readonly PropertyKey[];

interface Failure {
  readonly path: Path;
  readonly reason: string;
}

/** What the engine adds by itself and no program gives. */
const engineProperties = new Set(["__provider", "__defaults"]);

/** A secret whoever gives it, also where the program has not said so. */
const alwaysSecret = "privateKey";

/** A longer value fills the row and tells no more. */
const LONGEST_SHOWN = 120;

/**
 * Validates the arguments against the table. No host is asked. A value that is not known yet, or holds one
 * that is not, passes: check is called again with the real one.
 *
 * @param pathStyleOf the style of the paths that a host takes; undefined where the host is not known
 */
export function checkArguments(raw: Raw, pathStyleOf: StyleOf): Checked {
  const failures: Failure[] = [];
  const inputs: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(raw)) {
    if (engineProperties.has(name)) inputs[name] = value;
    else if (!Object.hasOwn(exportProperties, name)) failures.push({ path: [name], reason: noSuchArgument(name) });
  }
  for (const [name, property] of Object.entries<Property>(exportProperties)) {
    // What is wanted of an output is the provider's to say, whatever a refresh has stored of it (ignoreChanges brings that back here).
    const value = property.internal && property.default !== undefined ? property.default : raw[name];
    if (value === undefined || value === null) {
      if (property.required)
        failures.push({ path: [name], reason: `is missing; give it, or ${property.defaultText ?? "see docs/arguments.md"}` });
      continue;
    }
    if (containsUnknown(value)) {
      inputs[name] = value;
      continue;
    }
    const parsed = property.schema.safeParse(value);
    if (parsed.success) inputs[name] = value;
    else failures.push(...parsed.error.issues.map((issue) => ({ path: [name, ...issue.path], reason: issue.message })));
  }
  failures.push(...pathFailures(inputs, pathStyleOf));
  return { inputs, failures: failures.map((failure) => refusedOf(failure, raw)) };
}

function noSuchArgument(name: string): string {
  const names = Object.entries<Property>(exportProperties).flatMap(([known, { internal }]) => (internal ? [] : [known]));
  return `there is no such argument; the one most like it is ${nearest(name, names)[0]}`;
}

function refusedOf({ path, reason }: Failure, raw: Raw): Refused {
  const secretNames = Array.isArray(raw.secretInputs) ? raw.secretInputs.map(String) : [];
  const name = path.map(String).join(".");
  const shown = isSecret(path, secretNames) ? undefined : shownValue(valueAt(raw, path));
  const hide = (text: string) => redact(text, secretTexts(raw, secretNames));
  // The name of an argument is no secret, whatever the value of another one is.
  const named =
    shown === undefined ? { step: "use the argument", subject: name } : { step: `use the argument ${name}`, subject: hide(shown) };
  const error = new ExportError("invalid-arguments", { ...named, reason: hide(reason).replace(/\.$/, "") });
  return { property: name, error };
}

/** Whether the value is secret, or a part of it, or what it is a part of. */
function isSecret(path: Path, secretNames: readonly string[]): boolean {
  const name = path.map(String).join(".");
  return path.includes(alwaysSecret) || secretNames.some((one) => `${one}.`.startsWith(`${name}.`) || `${name}.`.startsWith(`${one}.`));
}

function valueAt(value: unknown, [first, ...rest]: Path): unknown {
  if (first === undefined) return value;
  return typeof value === "object" && value !== null && Object.hasOwn(value, first)
    ? valueAt((value as Readonly<Record<PropertyKey, unknown>>)[first], rest)
    : undefined;
}

/** What can be told at a glance: a text, a number, a switch. Texts of Windows paths are not made longer by JSON. */
function shownValue(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "string") return undefined;
  const text = value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN)}…` : value;
  return JSON.stringify(text).replaceAll("\\\\", "\\");
}

function pathFailures(inputs: Raw, pathStyleOf: StyleOf): Failure[] {
  const { exportDirectory, host } = inputs as Partial<ExportInputs>;
  if (typeof exportDirectory !== "string" || host === undefined || containsUnknown(exportDirectory) || containsUnknown(host)) return [];
  const style = pathStyleOf(host);
  if (style === undefined) return [];
  const rules = pathRules(style);
  const failures: Failure[] = rules.check(exportDirectory).map((reason) => ({ path: ["exportDirectory"], reason }));
  if (host.kind !== "simulator" || rules.root(host.directory) !== "") return failures;
  const such = style === "windows" ? "C:\\hyperv-lab" : "/srv/hyperv-lab";
  return [...failures, { path: ["host", "directory"], reason: `Expected an absolute path such as ${such}; got another text.` }];
}
