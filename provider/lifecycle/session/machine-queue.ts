import type { Operation } from "./operation";

/**
 * Hyper-V refuses an export or a point of a machine while another one is made, so those of one machine that one process makes take turns
 * instead of asking again and again.
 */
export class MachineQueue {
  private readonly last = new Map<string, Promise<unknown>>();

  /** Whether somebody has the turn, so that {@link MachineQueue.take} would have to wait. */
  isTaken(key: string): boolean {
    return this.last.has(key);
  }

  /** Runs the work after everything that asked for the same key before. The wait counts against the operation's time limit. */
  async take<T>(operation: Operation, key: string, subject: string, work: () => Promise<T>): Promise<T> {
    const before = this.last.get(key);
    let leave = () => {};
    const mine = new Promise<void>((resolve) => {
      leave = resolve;
    });
    // Whoever comes next waits for those before, too: this one may give up before its turn.
    const all = Promise.all([before, mine]);
    this.last.set(key, all);
    try {
      if (before) {
        operation.progress(`waiting for other work on ${subject}`);
        await operation.withinTime("wait for other work on the machine", subject, before);
      }
      return await work();
    } finally {
      leave();
      if (this.last.get(key) === all) this.last.delete(key);
    }
  }
}
