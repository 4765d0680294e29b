import { parseDuration } from "../values/duration";
import { sha256Of } from "../values/sha256";
import { isDue } from "./due";
import type { ChainInputs } from "./properties";

/** What is known of the generations that are there. */
export interface Known {
  /** When the newest complete one was made: ISO 8601. */
  readonly newest: string | undefined;
  /** Whether there is one of a label. */
  has(label: string): boolean;
  /** Of the triggers that the newest one was made with. */
  readonly triggersSha256: string | undefined;
}

/**
 * Whether the arguments ask for a generation that is not there. By the clock alone, or by a word that is new: what is damaged or
 * unfinished asks for one in another way.
 */
export function asksForGeneration(
  { generation, triggers }: Pick<ChainInputs, "generation" | "triggers">,
  known: Known,
  now: Date,
): boolean {
  if (known.newest === undefined) return true;
  if (digestOfTriggers(triggers) !== (known.triggersSha256 ?? digestOfTriggers(undefined))) return true;
  if (typeof generation === "string") return !known.has(generation);
  const every = parseDuration(generation.every);
  return every.ok && isDue(new Date(known.newest), every.value, now);
}

/** Values may be secret, and they lie in the record of the host: so it is only their digest. */
export function digestOfTriggers(triggers: readonly unknown[] | undefined): string {
  return sha256Of(canonicalText(triggers ?? []));
}

/** Equal for equal values, in whatever order their members came. */
function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, inner]) => `${JSON.stringify(name)}:${canonicalText(inner)}`).join()}}`;
}
