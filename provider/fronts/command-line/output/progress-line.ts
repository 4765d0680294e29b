import { formatBytes } from "../../../domain/values/byte-size";
import { formatDuration } from "../../../domain/values/duration";

const SHOWN_EVERY_MS = 200;
/** Before that much time nothing is said of the rate: it would jump. */
const RATE_AFTER_MS = 1000;
const CLEAR_LINE = "\r\u001b[2K";

/** One line on a terminal that tells how far it is, and is gone in the end. Elsewhere nothing is said. */
export class ProgressLine {
  private readonly begun = performance.now();
  private shownAt = Number.NEGATIVE_INFINITY;
  private isShown = false;
  private readonly stop = (signal: NodeJS.Signals) => {
    this.end();
    process.kill(process.pid, signal);
  };

  constructor(private readonly stream: NodeJS.WriteStream) {}

  show(done: number, total: number): void {
    const now = performance.now();
    if (now - this.shownAt < SHOWN_EVERY_MS) return;
    this.shownAt = now;
    this.tell(progressText(done, total, now - this.begun));
  }

  /** Shows the text until the next one, or the end. */
  tell(text: string): void {
    if (!this.stream.isTTY) return;
    if (!this.isShown) for (const signal of signals) process.once(signal, this.stop);
    this.isShown = true;
    this.stream.write(CLEAR_LINE + text);
  }

  /** Takes the line away. A signal does that, too, and then ends the process as it would have without. */
  end(): void {
    for (const signal of signals) process.removeListener(signal, this.stop);
    if (this.isShown) this.stream.write(CLEAR_LINE);
    this.isShown = false;
  }
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** "12% of 40 GiB, 512 MiB/s, 1m10s left" */
export function progressText(done: number, total: number, elapsed: number): string {
  const share = `${total > 0 ? Math.floor((done / total) * 100) : 100}% of ${formatBytes(total)}`;
  if (elapsed < RATE_AFTER_MS || done === 0) return share;
  const rate = done / elapsed;
  const left = Math.ceil((total - done) / rate / 1000) * 1000;
  return `${share}, ${formatBytes(rate * 1000)}/s, ${left > 0 ? formatDuration(left) : "0s"} left`;
}
