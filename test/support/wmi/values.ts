import { type Declared, namespaceName } from "./schema";

/** A WMI object's address: class and keys. */
export interface Reference {
  readonly namespace: string;
  readonly className: string;
  readonly keys: Readonly<Record<string, string>>;
}

/** Milliseconds: what an interval in a datetime property holds. */
export interface Interval {
  readonly interval: number;
}

export type Scalar = string | number | boolean | Date | Interval | Reference;
export type Value = Scalar | readonly Scalar[] | undefined;

/** Properties that an instance has a value for; the rest of its class is null. */
export type Row = Readonly<Record<string, Value>>;

export interface Instance {
  readonly className: string;
  readonly row: Row;
}

export function isReference(value: Value): value is Reference {
  return typeof value === "object" && "className" in value;
}

export function isInterval(value: Value): value is Interval {
  return typeof value === "object" && "interval" in value;
}

/** Whether a value is one of the declared type: what the provider answers is held to the schema, too. */
export function fits(value: Value, declared: Declared): boolean {
  if (value === undefined) return true;
  if (declared.array) return Array.isArray(value) && value.every((one) => fitsScalar(one, declared));
  return !Array.isArray(value) && fitsScalar(value as Scalar, declared);
}

function fitsScalar(value: Scalar, declared: Declared): boolean {
  if (declared.ref) return isReference(value);
  switch (declared.type) {
    case "string":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    case "datetime":
      return value instanceof Date || isInterval(value);
    default:
      return typeof value === "number" && inRange(value, declared.type);
  }
}

/** Whether a number is a whole one within the type's range; false for what is no integer type. */
export function inRange(value: number, type: string): boolean {
  const form = /^([us])int(8|16|32|64)$/.exec(type);
  if (form === null || !Number.isInteger(value)) return false;
  const bits = Number(form[2]);
  const [low, high] = form[1] === "u" ? [0, 2 ** bits - 1] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
  return value >= low && value <= high;
}

/** `\\HOST\root\virtualization\v2:Class.Key="value",...`, with backslashes and quotes escaped. */
export function pathOf(reference: Reference, computerName: string): string {
  const keys = Object.entries(reference.keys).map(([name, value]) => `${name}="${value.replace(/["\\]/g, "\\$&")}"`);
  return `\\\\${computerName}\\${reference.namespace.replaceAll("/", "\\")}:${reference.className}.${keys.join(",")}`;
}

/** Reads a WMI object path, full or relative; undefined when it is none. */
export function parsePath(text: string, defaultNamespace: string): Reference | undefined {
  const form = /^(?:\\\\[^\\/:]+[\\/])?(?:([^:"]+):)?([A-Za-z_]\w*)\.(.+)$/s.exec(text);
  if (form === null) return undefined;
  const keys: Record<string, string> = {};
  let rest = form[3] ?? "";
  for (;;) {
    const key = /^(\w+)=(?:"((?:[^"\\]|\\["\\])*)"|'((?:[^'\\]|\\['\\])*)'|(\d+))/s.exec(rest);
    if (key === null) return undefined;
    keys[key[1] ?? ""] = (key[2] ?? key[3] ?? key[4] ?? "").replace(/\\(["'\\])/g, "$1");
    rest = rest.slice(key[0].length);
    if (rest === "") break;
    if (!rest.startsWith(",")) return undefined;
    rest = rest.slice(1);
  }
  return { namespace: namespaceName(form[1] ?? defaultNamespace), className: form[2] ?? "", keys };
}

export function sameReference(one: Reference, other: Reference): boolean {
  if (one.className.toLowerCase() !== other.className.toLowerCase()) return false;
  const [left, right] = [lowered(one.keys), lowered(other.keys)];
  return left.size === right.size && [...left].every(([name, value]) => right.get(name) === value);
}

function lowered(keys: Readonly<Record<string, string>>): Map<string, string> {
  return new Map(Object.entries(keys).map(([name, value]) => [name.toLowerCase(), value.toLowerCase()]));
}
