import { parseDuration } from "../values/duration";
import { generationOfLine } from "./generation/generation-line";

/**
 * A job that is started every night does not start at the same second: a generation may come this part of the interval early, or every
 * other night would be skipped.
 */
const EARLY_PART = 1 / 48;

/**
 * Whether a chain that makes a generation every so often is to make one now. A newest generation that lies further ahead than the
 * interval was dated by a clock that was wrong, and does not hold the next one up.
 *
 * @param newest when the newest complete generation was made; undefined where there is none
 * @param every milliseconds
 */
export function isDue(newest: Date | undefined, every: number, now: Date): boolean {
  if (newest === undefined) return true;
  const age = now.getTime() - newest.getTime();
  return age >= every * (1 - EARLY_PART) || age < -every;
}

/** Label of a generation that its moment gives the name to: safe in a path, in the order of time. `20261128T020000Z` */
export function labelOf(moment: Date): string {
  return moment.toISOString().replace(/[-:]|\.\d+/g, "");
}

/**
 * When a generation was last seen to be due: what a check before it had seen, until it is so again. Undefined where generations are
 * named. The state decides; this makes a preview show it.
 *
 * @param before what was seen until then, if anything
 */
export function seenDue(generation: unknown, before: unknown, now: Date): string | undefined {
  const every = isByClock(generation) ? generation.every : undefined;
  const interval = typeof every === "string" ? parseDuration(every) : undefined;
  if (!interval?.ok) return undefined;
  const last = typeof before === "string" && !Number.isNaN(Date.parse(before)) ? before : undefined;
  const isSeenBefore = last !== undefined && !isDue(new Date(last), interval.value, now);
  return isSeenBefore ? last : `${now.toISOString().slice(0, 19)}Z`;
}

/** The same after a refresh: when the newest generation was made that a state's `result` lists. */
export function foundDue(generation: unknown, result: unknown): string | undefined {
  if (!isByClock(generation)) return undefined;
  const lines = typeof result === "object" && result !== null && "generations" in result ? result.generations : undefined;
  const newest: unknown = Array.isArray(lines) ? lines.at(-1) : undefined;
  return typeof newest === "string" ? generationOfLine(newest)?.madeAt : undefined;
}

function isByClock(generation: unknown): generation is { readonly every: unknown } {
  return typeof generation === "object" && generation !== null && "every" in generation;
}
