import * as fc from "fast-check";
import { countFrom, wholeNumber } from "./environment";
import type { Direction, TroubleKind } from "./troubled-proxy";

/** A trouble of a connection at some part of the bytes that an undisturbed run passes. */
export interface Moment {
  readonly kind: TroubleKind;
  readonly direction: Direction;
  /** 0 to 1. */
  readonly part: number;
}

/** HYPERV_CUT_SEED chooses other moments, HYPERV_CUT_TIMES more of them. */
export const cutSeed = wholeNumber("HYPERV_CUT_SEED", 1);
export const cutTimes = countFrom("HYPERV_CUT_TIMES", 1);

const directions: readonly Direction[] = ["toHost", "fromHost"];

/**
 * Moments of these kinds, the same for the same seed; the directions take turns.
 *
 * @param salt keeps the lists of different tests apart
 */
export function seededMoments(salt: number, kinds: readonly TroubleKind[]): Moment[] {
  const wanted = Array.from({ length: cutTimes }, () => kinds).flat();
  const parts = fc.sample(fc.noBias(fc.integer({ min: 0, max: 1000 })), { seed: cutSeed * 1000 + salt, numRuns: wanted.length });
  return wanted.map((kind, index) => ({
    kind,
    direction: directions[(index + salt + cutSeed) % 2] as Direction,
    part: (parts[index] as number) / 1000,
  }));
}

export function describeMoment({ kind, direction, part }: Moment): string {
  const way = direction === "toHost" ? "towards the host" : "from the host";
  return `${kind} at ${(part * 100).toFixed(1)} % of the bytes ${way}`;
}
