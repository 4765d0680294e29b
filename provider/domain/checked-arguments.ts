import { ExportError } from "./errors/export-error";
import { redact, secretTexts } from "./errors/redaction";
import { hostSecretNames, secretWords } from "./hosts/host-secrets";
import type { Property, PropertyTable } from "./property-table";
import { nearest } from "./values/nearest";
import { whyUnfit } from "./values/unfit-value";
import { containsUnknown } from "./values/unknown-value";

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
type Path = readonly PropertyKey[];

/** One that a table, or what goes beyond it, has found. */
export interface Failure {
  readonly path: Path;
  readonly reason: string;
  /** Better than the table's. */
  readonly remedy?: string;
}

/** What the engine adds by itself and no program gives. */
const engineProperties = new Set(["__provider", "__defaults"]);

/** A longer value fills the row and tells no more. */
const LONGEST_SHOWN = 120;

/**
 * Validates the arguments against a table. A value that is not known yet, or holds one that is not, passes: check is called again with
 * the real one.
 *
 * @param more what the table cannot say of the values that it lets through
 */
export function checkedArguments(table: PropertyTable, raw: Raw, more: (inputs: Raw) => readonly Failure[]): Checked {
  const failures: Failure[] = [];
  const inputs: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(raw)) {
    if (engineProperties.has(name)) inputs[name] = value;
    else if (!Object.hasOwn(table, name)) failures.push({ path: [name], reason: noSuchArgument(table, name) });
  }
  for (const [name, property] of Object.entries<Property>(table)) {
    // What is wanted of an output is the provider's to say, whatever a refresh has stored of it (ignoreChanges brings that back here).
    const value = property.internal && property.default !== undefined ? property.default : raw[name];
    if (value === undefined || value === null) {
      const elsewhere = name === "host" ? ", or set hyperv:host in the stack's configuration" : "";
      if (property.required) failures.push({ path: [name], reason: "it is missing", remedy: `Give ${name} in the program${elsewhere}.` });
      continue;
    }
    if (containsUnknown(value)) {
      inputs[name] = value;
      continue;
    }
    const parsed = property.schema.safeParse(value);
    if (parsed.success) inputs[name] = value;
    else failures.push(...parsed.error.issues.map((issue) => ({ path: [name, ...issue.path], reason: whyUnfit(issue) })));
  }
  failures.push(...more(inputs));
  return { inputs, failures: failures.map((failure) => refusedOf(failure, raw)) };
}

function noSuchArgument(table: PropertyTable, name: string): string {
  const names = Object.entries<Property>(table).flatMap(([known, { internal }]) => (internal ? [] : [known]));
  return `there is no such argument; the one most like it is ${nearest(name, names)[0]}`;
}

/** Where it came from is not known here: without one in the program, it is the configured one. */
function hostRemedy(name: string): string {
  return `Correct ${name} in the program; if the program gives no host, correct it in the stack's configuration (pulumi config set --path hyperv:${name} VALUE).`;
}

function refusedOf(
  { path, reason, remedy = path[0] === "host" ? hostRemedy(path.map(String).join(".")) : undefined }: Failure,
  raw: Raw,
): Refused {
  const secretNames = Array.isArray(raw.secretInputs) ? raw.secretInputs.map(String) : [];
  const name = path.map(String).join(".");
  const shown = isSecret(path, secretNames) ? undefined : shownValue(valueAt(raw, path));
  const hide = (text: string) => redact(text, secretTexts(raw, secretNames));
  // The name of an argument is no secret, whatever the value of another one is.
  const named =
    shown === undefined ? { step: "use the argument", subject: name } : { step: `use the argument ${name}`, subject: hide(shown) };
  const error = new ExportError("invalid-arguments", { ...named, reason: hide(reason).replace(/\.$/, ""), ...(remedy && { remedy }) });
  return { property: name, error };
}

/** Whether the value is secret, or a part of it, or what it is a part of. */
function isSecret(path: Path, secretNames: readonly string[]): boolean {
  const name = path.map(String).join(".");
  return (
    path.some((word) => secretWords.has(word)) ||
    // A text in the place of what would hold a secret may be that secret.
    (path.length > 1 && hostSecretNames.some((one) => one.startsWith(`${name}.`))) ||
    secretNames.some((one) => `${one}.`.startsWith(`${name}.`) || `${name}.`.startsWith(`${one}.`))
  );
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
