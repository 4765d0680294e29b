import { setTimeout } from "node:timers/promises";

/** Time as the lifecycle sees it, so that tests can run a six-hour job in a moment. */
export interface Clock {
  /** Milliseconds since some moment, by a clock that nobody sets: every duration is measured by it. */
  now(): number;
  /** Milliseconds since 1970, for records alone: this clock may be set, by hours, at any time. */
  date(): number;
  sleep(milliseconds: number): Promise<void>;
  /** 0 to 1: the jitter of retries. */
  random(): number;
}

export const systemClock: Clock = { now: () => performance.now(), date: Date.now, sleep: setTimeout, random: Math.random };
