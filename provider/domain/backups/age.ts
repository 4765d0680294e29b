/** Clocks of two machines differ. What lies further ahead was dated by one that was wrong. */
const AHEAD_MS = 3_600_000;

/** Milliseconds since the date; undefined where it is none, or lies ahead: a backup must not be called new by a clock that was wrong. */
export function ageOf(date: string | undefined, now: Date): number | undefined {
  const age = now.getTime() - Date.parse(date ?? "");
  return Number.isNaN(age) || age < -AHEAD_MS ? undefined : Math.max(0, age);
}
