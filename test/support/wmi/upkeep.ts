import type { Lab } from "../../../provider/host/simulator/lab/lab";
import type { LabState } from "../../../provider/host/simulator/state/lab-state";

/** How long an answer waits for work of jobs that is due. */
const PATIENCE = 250;
const SHORTEST_PAUSE = 40;
/** A twentieth of the time at most, however many jobs run. */
const PAUSE_PER_WORK = 19;

/** Has jobs write while nobody asks: a real host does, and clients look at its files. */
export class Upkeep {
  private readonly release: () => void;
  private timer: NodeJS.Timeout;
  private closed = false;

  constructor(private readonly lab: Lab) {
    this.release = lab.settlement.use();
    this.timer = setTimeout(() => void this.work(), SHORTEST_PAUSE);
  }

  /** The lab as it is now. */
  now(): Promise<LabState> {
    return this.lab.settlement.settle(PATIENCE);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.release();
  }

  private async work(): Promise<void> {
    const begun = performance.now();
    await this.settleWhatIsThere();
    if (this.closed) return;
    this.timer = setTimeout(() => void this.work(), Math.max(SHORTEST_PAUSE, (performance.now() - begun) * PAUSE_PER_WORK));
  }

  /** A lab that was removed is not made again here; a damaged one is told to whoever asks next. */
  private async settleWhatIsThere(): Promise<void> {
    try {
      if (this.lab.store.peek() !== undefined) await this.lab.settlement.settle(PATIENCE);
    } catch {}
  }
}
