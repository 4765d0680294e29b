import { type Method, type Parameter, type Schema, virtualization } from "../schema";
import { inRange, type Reference, type Row, type Scalar, type Value } from "../values";
import type { Sent, Target } from "../wire/request";
import { ClientError, WmiError } from "../wmi-error";

/**
 * Arguments of a call on an instance: the cmdlet has fetched the class and converts by its declaration, as a real one was seen to:
 * numbers are rounded and fitted, a name or a value that does not fit fails before any call, [ref] becomes null without a word.
 */
export function declaredArguments(schema: Schema, method: Method, sent: Readonly<Record<string, Sent>>): Row {
  const row: Record<string, Value> = {};
  for (const [name, one] of Object.entries(sent)) {
    const parameter = find(method, name);
    if (parameter === undefined) {
      throw new ClientError(
        "ArgumentException",
        `Unable to find parameter "${name}" of method "${method.name}". Verify that the parameter exists.`,
      );
    }
    const value = converted(schema, parameter, one);
    if (value !== undefined) row[parameter.name] = value;
  }
  return row;
}

/** Arguments of a call on a class: sent with the type that the .NET value has; the server takes no other than the declared one. */
export function inferredArguments(schema: Schema, method: Method, sent: Readonly<Record<string, Sent>>): Row {
  const row: Record<string, Value> = {};
  for (const [name, one] of Object.entries(sent)) {
    const parameter = find(method, name);
    if (parameter === undefined) throw new WmiError("invalidMethodParameters", `${method.name} has no in parameter ${name}`);
    if (one.type === "none") continue;
    const instance = parameter.ref && (one.type === "instance" || one.type === "reference");
    if (!instance && (cimType(one.type) !== parameter.type || one.array !== parameter.array)) {
      throw new WmiError("typeMismatch", `${name} is ${one.type}${one.array ? "[]" : ""}, declared ${parameter.type}`);
    }
    row[parameter.name] = instance ? reference(schema, parameter, one) : plain(one);
  }
  return row;
}

function find(method: Method, name: string): Parameter | undefined {
  return method.parameters.find((one) => one.direction !== "out" && one.name.toLowerCase() === name.toLowerCase());
}

function converted(schema: Schema, parameter: Parameter, one: Sent): Value {
  if (one.type === "none" || one.type === "reference") return undefined;
  if (parameter.ref) return reference(schema, parameter, one);
  if (one.type === "instance" || one.type === "other") throw mismatch(parameter, one);
  if (parameter.array !== one.array) throw mismatch(parameter, one);
  if (!parameter.array) return scalar(parameter, one.value, one);
  const items = one.value as unknown[];
  if (items.length === 0) throw new ClientError("CimException", `The array for parameter "${parameter.name}" is empty.`, 4);
  return items.map((item) => scalar(parameter, item, one));
}

function scalar(parameter: Parameter, value: unknown, one: Sent): Scalar {
  if (parameter.type === "string") return String(value);
  if (parameter.type === "boolean") return typeof value === "string" ? value !== "" : Boolean(value);
  if (parameter.type === "datetime") {
    if (one.type === "interval") return { interval: Number(value) };
    if (one.type !== "datetime") throw mismatch(parameter, one);
    return new Date(String(value));
  }
  if (!/^(-?\d+(\.\d+)?|true|false)$/i.test(String(value))) throw mismatch(parameter, one);
  const number = halfToEven(typeof value === "boolean" ? Number(value) : Number(value));
  if (!inRange(number, parameter.type)) {
    throw new ClientError(
      "OverflowException",
      `Value was either too large or too small for ${parameter.type}: ${parameter.name} = ${value}.`,
    );
  }
  return number;
}

/** A TimeSpan goes out as a datetime, too. */
function cimType(type: string): string {
  return type === "interval" ? "datetime" : type;
}

/** As .NET's Convert rounds: 4.6 is 5, 4.5 is 4. */
function halfToEven(value: number): number {
  const low = Math.floor(value);
  const rest = value - low;
  if (rest !== 0.5) return Math.round(value);
  return low % 2 === 0 ? low : low + 1;
}

function plain({ type, array, value }: Sent): Value {
  if (type === "interval") return { interval: Number(value) };
  const convert = (one: unknown): Scalar =>
    type === "datetime" ? new Date(String(one)) : /int|real/.test(type) ? Number(one) : (one as Scalar);
  return array ? (value as unknown[]).map(convert) : convert(value);
}

function reference(schema: Schema, parameter: Parameter, { value, type, array }: Sent): Reference {
  if (array || (type !== "instance" && type !== "reference") || value === undefined || value === null) {
    throw new ClientError("InvalidCastException", `Parameter "${parameter.name}" takes an instance of ${parameter.type}.`);
  }
  const { className, namespace, keys } = value as Target;
  const wmiClass = schema.class(namespace || virtualization, className);
  if (wmiClass === undefined || !wmiClass.isA(parameter.type)) {
    throw new WmiError("typeMismatch", `${parameter.name} refers to ${className}, declared ${parameter.type}`);
  }
  const given = Object.fromEntries(Object.entries(keys).map(([name, one]) => [name, String(one.value)]));
  const missing = wmiClass.keys.find((key) => given[key] === undefined);
  if (missing !== undefined) throw new WmiError("invalidParameter", `${parameter.name} has no key ${missing}`);
  return { namespace, className: wmiClass.name, keys: given };
}

function mismatch(parameter: Parameter, one: Sent): ClientError {
  return new ClientError(
    "InvalidCastException",
    `Cannot convert ${one.type}${one.array ? "[]" : ""} to ${parameter.type} for parameter "${parameter.name}".`,
  );
}
