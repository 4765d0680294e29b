/** A few files for a worker thread, with memory that it shares with the main thread. */
export interface HashBatch {
  readonly id: number;
  readonly files: readonly { readonly index: number; readonly path: string }[];
  /** One 64-bit count of bytes hashed for the whole task. */
  readonly progress: SharedArrayBuffer;
  /** One 32-bit flag: not 0 when the task was cancelled. */
  readonly cancelled: SharedArrayBuffer;
}

export interface HashBatchResult {
  readonly id: number;
  readonly hashed: readonly { readonly index: number; readonly bytes: number; readonly sha256: string }[];
  readonly failed?: { readonly path: string; readonly code: string; readonly message: string };
}
