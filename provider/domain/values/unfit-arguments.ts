/**
 * What is wrong with the arguments of a call, as a clause; undefined where nothing is. Types do not hold a plain JavaScript program, which
 * may leave them out or give something else.
 *
 * @param needed the members without which the call means nothing; whether their values are right is not asked here
 */
export function unfitArguments(given: unknown, needed: readonly string[]): string | undefined {
  if (given === undefined || given === null) return needed.length === 0 ? "its arguments are missing" : areMissing(needed);
  if (typeof given !== "object" || Array.isArray(given))
    return `expected ${["an object", inWords(needed)].filter(Boolean).join(" with ")}, got ${kindOf(given)}`;
  const missing = needed.filter((name) => isAbsent((given as Readonly<Record<string, unknown>>)[name]));
  return missing.length === 0 ? undefined : areMissing(missing);
}

/** The same for an argument that is a text by itself. */
export function unfitText(given: unknown, name: string): string | undefined {
  if (isAbsent(given) || given === "") return areMissing([name]);
  return typeof given === "string" ? undefined : `expected ${name} to be a text, got ${kindOf(given)}`;
}

/** The same for one that is a list. */
export function unfitList(given: unknown, name: string): string | undefined {
  if (isAbsent(given)) return areMissing([name]);
  return Array.isArray(given) ? undefined : `expected ${name} to be a list, got ${kindOf(given)}`;
}

function areMissing(names: readonly string[]): string {
  return `${inWords(names)} ${names.length === 1 ? "is" : "are"} missing`;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

/** Never the value itself, which may be secret. */
function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value === "string" ? "text" : typeof value}`;
}

function inWords(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
