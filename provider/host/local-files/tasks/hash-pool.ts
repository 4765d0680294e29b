import * as path from "node:path";
import { Worker } from "node:worker_threads";
import type { HashBatch, HashBatchResult } from "./hash-messages";

const WORKERS = 2;

/** Where a task's next batch comes from; undefined when it has no more. */
export interface HashSource {
  next(): HashBatch | undefined;
  done(result: HashBatchResult): void;
  failed(error: Error): void;
}

interface Seat {
  worker: Worker;
  source: HashSource | undefined;
}

/**
 * Two worker threads, started when the first file is to be hashed and kept for the process: hence at most two files at once, whoever
 * asks. Tasks take turns, so a small one does not wait behind a large one. Idle threads keep no process alive.
 */
class HashPool {
  private readonly seats: Seat[] = [];
  private readonly sources: HashSource[] = [];

  add(source: HashSource): void {
    this.sources.push(source);
    this.serve();
  }

  private serve(): void {
    for (const seat of this.seats) if (!seat.source) this.give(seat);
    while (this.seats.length < WORKERS && this.sources.length > 0) {
      const seat = this.hire();
      this.seats.push(seat);
      this.give(seat);
      if (!seat.source) return;
    }
  }

  private give(seat: Seat): void {
    for (let source = this.sources.shift(); source; source = this.sources.shift()) {
      const batch = source.next();
      if (!batch) continue;
      this.sources.push(source);
      seat.source = source;
      seat.worker.postMessage(batch);
      return;
    }
  }

  private hire(): Seat {
    const seat: Seat = { worker: new Worker(path.join(__dirname, "hash-worker.js")), source: undefined };
    seat.worker.on("message", (result: HashBatchResult) => {
      const { source } = seat;
      seat.source = undefined;
      source?.done(result);
      this.serve();
    });
    seat.worker.on("error", (error) => this.dismiss(seat, error));
    seat.worker.on("exit", () => this.dismiss(seat, new Error("a hashing thread ended")));
    // Last: a listener for messages takes the reference again.
    seat.worker.unref();
    return seat;
  }

  private dismiss(seat: Seat, error: Error): void {
    const position = this.seats.indexOf(seat);
    if (position < 0) return;
    this.seats.splice(position, 1);
    seat.source?.failed(error);
    this.serve();
  }
}

export const hashPool = new HashPool();
