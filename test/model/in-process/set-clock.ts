import { afterAll } from "vitest";
import { type Clock, systemClock } from "../../../provider/lifecycle/session/clock";

/** Polls and back-off take this part of their time; deadlines hold as they stand. */
const PART_OF_WAITS = 1 / 20;

const RealDate = Date;
let shift = 0;

/** The time of day of this process, and so of the simulated host. */
class SetDate extends RealDate {
  constructor(...args: [] | ConstructorParameters<typeof Date>) {
    super(...((args.length === 0 ? [RealDate.now() + shift] : args) as [number]));
  }
  static override now(): number {
    return RealDate.now() + shift;
  }
}

/** From now on the tests of this file set the time of day, and the provider waits in haste. One sequence at a time: there is one clock. */
export function useSetClock(): void {
  const { date, sleep } = systemClock;
  const clock = systemClock as { -readonly [Name in keyof Clock]: Clock[Name] };
  globalThis.Date = SetDate as DateConstructor;
  clock.date = SetDate.now;
  clock.sleep = (milliseconds) => sleep(milliseconds * PART_OF_WAITS);
  afterAll(() => {
    globalThis.Date = RealDate;
    Object.assign(clock, { date, sleep });
  });
}

/** Sets the time of day ahead, or back. */
export function setClockAhead(milliseconds: number): void {
  shift += milliseconds;
}

export function setClockTo(moment: string): void {
  shift = RealDate.parse(moment) - RealDate.now();
}
