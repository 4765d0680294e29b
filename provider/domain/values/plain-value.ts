import { UNKNOWN_VALUE } from "./unknown-value";

/** By this name Pulumi marks what is no plain object on its way: an unknown one, a secret, a resource. */
const PULUMI_MARK = "4dabf18193072939515e22adb298388d";

/** A value, or a part of one, that does not reach the provider as it is. */
export interface NoPlainValue {
  /** Where in the value; empty for the value itself. */
  readonly path: readonly string[];
  /** "a function": what stands there. */
  readonly what: string;
}

/**
 * The first part of a value that Pulumi does not carry: it waits for ever for some, drops others (two dates are then the same), and never
 * finds a third kind the same as before. Undefined where all of it is plain.
 *
 * @param isCarried what is no plain value, and Pulumi's own to carry; it is not looked into
 */
export function noPlainValue(value: unknown, isCarried: (value: unknown) => boolean = () => false): NoPlainValue | undefined {
  return find(value, [], new Set(), isCarried);
}

function find(
  value: unknown,
  path: readonly string[],
  above: ReadonlySet<unknown>,
  isCarried: (value: unknown) => boolean,
): NoPlainValue | undefined {
  if (isCarried(value)) return undefined;
  const what = typeof value === "object" && value !== null ? noPlainObject(value, above) : noPlainScalar(value);
  if (what !== undefined) return { path, what };
  if (typeof value !== "object" || value === null) return undefined;
  const below = new Set([...above, value]);
  for (const [name, inner] of Object.entries(value)) {
    const found = find(inner, [...path, name], below, isCarried);
    if (found) return found;
  }
  return undefined;
}

function noPlainScalar(value: unknown): string | undefined {
  if (typeof value === "function" || typeof value === "symbol" || typeof value === "bigint") return `a ${typeof value}`;
  if (typeof value === "number" && !Number.isFinite(value)) return `the number ${value}`;
  return value === UNKNOWN_VALUE ? "the text that stands for an unknown value" : undefined;
}

function noPlainObject(value: object, above: ReadonlySet<unknown>): string | undefined {
  if (above.has(value)) return "an object that holds itself";
  if (Object.getPrototypeOf(value) === null) return "an object without a prototype";
  const kind = Object.prototype.toString.call(value).slice("[object ".length, -1);
  if (kind !== "Object" && kind !== "Array") return `an object of type ${kind}`;
  const inherited = Object.keys(value).find((name) => name === PULUMI_MARK || Object.hasOwn(Object.prototype, name));
  return inherited === undefined ? undefined : `a property named ${inherited}`;
}
