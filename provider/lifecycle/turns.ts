/**
 * Hyper-V refuses a second export of a machine while one runs, so the exports of one machine that one process makes take turns
 * instead of asking again and again.
 */
export class Turns {
  private readonly last = new Map<string, Promise<void>>();

  /** Runs the work after everything that asked for the same key before. A failure of theirs does not matter. */
  async take<T>(key: string, work: () => Promise<T>, onWait: () => void = () => {}): Promise<T> {
    const before = this.last.get(key);
    if (before) onWait();
    const turn = (before ?? Promise.resolve()).then(work);
    const done = turn.then(
      () => {},
      () => {},
    );
    this.last.set(key, done);
    try {
      return await turn;
    } finally {
      if (this.last.get(key) === done) this.last.delete(key);
    }
  }
}
