import { setTimeout } from "node:timers/promises";

/** Time as the lifecycle sees it, so that tests can run a six-hour job in a moment. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** 0 to 1: the jitter of retries. */
  random(): number;
}

export const systemClock: Clock = { now: Date.now, sleep: setTimeout, random: Math.random };
