const SHORTEST_MS = 20;
const NEAR_THE_END_MS = 1000;
const LONGEST_MS = 20_000;

/**
 * How long to wait before the next look at a job. PercentComplete is a whole number, so at p percent the job is sure to run for
 * about another 99 - p hundredths; half of that, in four looks, finds the end within a second at a fraction of the polls.
 *
 * @param elapsed milliseconds since the job was started
 * @param percent PercentComplete, 0 to 100
 */
export function nextPollDelay(elapsed: number, percent: number): number {
  const early = clamp(elapsed / 10, SHORTEST_MS, NEAR_THE_END_MS);
  if (percent <= 0) return early;
  const sureToRun = ((99 - percent) * elapsed) / percent / 2;
  return clamp(sureToRun / 4, early, LONGEST_MS);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
