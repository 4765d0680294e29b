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
