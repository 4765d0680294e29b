import type { Clock } from "../../provider/lifecycle/session/clock";

/** Time that passes only while somebody sleeps: hours of back-off take a moment. */
export class VirtualClock implements Clock {
  readonly slept: number[] = [];
  private time = Date.now();
  private state = 1;

  now(): number {
    return this.time;
  }

  date(): number {
    return this.time;
  }

  async sleep(milliseconds: number): Promise<void> {
    this.slept.push(milliseconds);
    // Long enough that a host which answers at once is not late by a limit of half a minute.
    const alarm = this.time + milliseconds;
    await new Promise((resolve) => setTimeout(resolve, milliseconds >= 25_000 ? 250 : Math.min(milliseconds / 1000, 20)));
    this.time = Math.max(this.time, alarm);
  }

  /** The same numbers in every run. */
  random(): number {
    this.state = (this.state * 48271) % 2147483647;
    return this.state / 2147483647;
  }
}
