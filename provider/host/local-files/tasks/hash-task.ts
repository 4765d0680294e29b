import { nextTurn } from "../../event-loop";
import type { HashedFile, Place, TaskState } from "../../port";
import { hostErrorFrom } from "../file-errors";
import { GuardedPlace, lstat } from "../guarded-place";
import type { HashBatch, HashBatchResult } from "./hash-messages";
import { type HashSource, hashPool } from "./hash-pool";
import type { RunningTask } from "./running-task";

const BATCH_BYTES = 8 * 1024 * 1024;
const BATCH_FILES = 64;
const SLICE = 500;

/** SHA-256 of files, on the hashing threads; small files go together in one message. */
export class HashTask implements RunningTask, HashSource {
  private readonly progress = new SharedArrayBuffer(8);
  private readonly flag = new SharedArrayBuffer(4);
  private readonly results: (HashedFile | undefined)[];
  private readonly ended: Promise<TaskState>;
  private resolve: (state: TaskState) => void = () => {};
  private reject: (error: Error) => void = () => {};
  private queue: { index: number; path: string; bytes: number }[] = [];
  private position = 0;
  private outstanding = 0;
  private over = false;

  constructor(private readonly task: Place & { readonly files: readonly string[] }) {
    this.results = new Array<HashedFile | undefined>(task.files.length);
    this.ended = new Promise<TaskState>((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    void this.prepare();
  }

  get end(): Promise<TaskState> {
    return this.ended;
  }

  get doneBytes(): number {
    return Number(Atomics.load(new BigInt64Array(this.progress), 0));
  }

  cancel(): void {
    Atomics.store(new Int32Array(this.flag), 0, 1);
    this.finish({ kind: "cancelled" });
  }

  next(): HashBatch | undefined {
    if (this.over || this.position >= this.queue.length) return undefined;
    const files: { index: number; path: string }[] = [];
    for (let bytes = 0; this.position < this.queue.length && files.length < BATCH_FILES && bytes < BATCH_BYTES; this.position++) {
      const file = this.queue[this.position] as { index: number; path: string; bytes: number };
      if (files.length > 0 && bytes + file.bytes > BATCH_BYTES) break;
      files.push({ index: file.index, path: file.path });
      bytes += file.bytes;
    }
    this.outstanding++;
    return { id: 0, files, progress: this.progress, cancelled: this.flag };
  }

  done(result: HashBatchResult): void {
    this.outstanding--;
    for (const { index, bytes, sha256 } of result.hashed) this.results[index] = { path: this.task.files[index] as string, bytes, sha256 };
    if (result.failed) {
      this.failed(Object.assign(new Error(result.failed.message), { code: result.failed.code }), result.failed.path);
      return;
    }
    if (this.outstanding === 0 && this.position >= this.queue.length)
      this.finish({ kind: "hashed", files: this.results.filter((one) => one !== undefined) });
  }

  failed(error: Error, path: string = this.task.directory): void {
    if (this.over) return;
    this.over = true;
    Atomics.store(new Int32Array(this.flag), 0, 1);
    this.reject(hostErrorFrom(error, "hash the file", path));
  }

  private async prepare(): Promise<void> {
    try {
      const place = GuardedPlace.open(this.task);
      const queue: { index: number; path: string; bytes: number }[] = [];
      for (let index = 0; index < this.task.files.length && !this.over; index++) {
        if (index % SLICE === SLICE - 1) await nextTurn();
        const file = place.file(this.task.files[index] as string);
        queue.push({ index, path: file.path, bytes: file.exists ? (lstat(file.path)?.size ?? 0) : 0 });
      }
      this.queue = queue;
      if (queue.length === 0) this.finish({ kind: "hashed", files: [] });
      else if (!this.over) hashPool.add(this);
    } catch (error) {
      this.failed(error as Error);
    }
  }

  private finish(state: TaskState): void {
    if (this.over) return;
    this.over = true;
    this.resolve(state);
  }
}
