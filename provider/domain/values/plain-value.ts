import { UNKNOWN_VALUE } from "./unknown-value";

/** By these names Pulumi marks what is no plain object: on its way (an unknown one, a secret, a resource), and in the program. */
const pulumiMarks: ReadonlySet<string> = new Set([
  "4dabf18193072939515e22adb298388d",
  "__pulumiOutput",
  "__pulumiResource",
  "__pulumiAsset",
  "__pulumiArchive",
]);

/** Pulumi makes an output of every value within a value: more of them, or deeper ones, fill the memory or the stack. */
const MOST_VALUES = 100_000;
const MOST_LEVELS = 100;

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
  return new Search(isCarried).find(value, [], new Set());
}

class Search {
  private values = 0;

  constructor(private readonly isCarried: (value: unknown) => boolean) {}

  find(value: unknown, path: readonly string[], above: ReadonlySet<unknown>): NoPlainValue | undefined {
    if (++this.values > MOST_VALUES) return { path: path.slice(0, 1), what: `a value of more than ${MOST_VALUES} parts` };
    try {
      return this.look(value, path, above);
    } catch {
      // Its own code has failed, and what that says may be secret.
      return { path, what: "an object that cannot be read" };
    }
  }

  private look(value: unknown, path: readonly string[], above: ReadonlySet<unknown>): NoPlainValue | undefined {
    if (this.isCarried(value)) return undefined;
    const what = typeof value === "object" && value !== null ? noPlainObject(value, above) : noPlainScalar(value);
    if (what !== undefined) return { path, what };
    if (typeof value !== "object" || value === null) return undefined;
    const below = new Set([...above, value]);
    for (const [name, inner] of Object.entries(value)) {
      const found = this.find(inner, [...path, name], below);
      if (found) return found;
    }
    return undefined;
  }
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
  if (above.size > MOST_LEVELS) return `a value of more than ${MOST_LEVELS} levels`;
  if (isOpaque(value)) return "an object whose class keeps what it holds to itself";
  if (Object.getOwnPropertySymbols(value).some((symbol) => Object.prototype.propertyIsEnumerable.call(value, symbol)))
    return "a property named by a symbol";
  const taken = Object.keys(value).find((name) => pulumiMarks.has(name) || Object.hasOwn(Object.prototype, name));
  return taken === undefined ? undefined : `a property named ${taken}`;
}

/** Of a class, and without a property that can be seen: two that hold something else would be the same. */
function isOpaque(value: object): boolean {
  const isOfClass = Object.getPrototypeOf(Object.getPrototypeOf(value)) !== null;
  return isOfClass && !Array.isArray(value) && Object.keys(value).length === 0;
}
