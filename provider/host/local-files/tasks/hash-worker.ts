import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { parentPort } from "node:worker_threads";
import { isBusy, WAITS_MS } from "../patience";
import type { HashBatch, HashBatchResult } from "./hash-messages";

const PIECE = 1024 * 1024;
const buffer = Buffer.allocUnsafeSlow(PIECE);

/** Runs in a worker thread: hashes one batch of files after the other with one buffer, whatever their size. */
parentPort?.on("message", (batch: HashBatch) => {
  parentPort?.postMessage(hashBatch(batch));
});

/** A thread of its own may sleep. */
function openPatiently(path: string, cancelled: Int32Array): number {
  for (const wait of WAITS_MS) {
    try {
      return open(path);
    } catch (error) {
      if (!isBusy((error as NodeJS.ErrnoException).code)) throw error;
      Atomics.wait(cancelled, 0, 0, wait);
    }
  }
  return open(path);
}

function open(path: string): number {
  return fs.openSync(path, fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0));
}

function hashBatch(batch: HashBatch): HashBatchResult {
  const progress = new BigInt64Array(batch.progress);
  const cancelled = new Int32Array(batch.cancelled);
  const hashed: { index: number; bytes: number; sha256: string }[] = [];
  for (const file of batch.files) {
    try {
      const descriptor = openPatiently(file.path, cancelled);
      try {
        const hash = createHash("sha256");
        let bytes = 0;
        for (;;) {
          if (Atomics.load(cancelled, 0) !== 0) return { id: batch.id, hashed };
          const read = fs.readSync(descriptor, buffer, 0, PIECE, null);
          if (read === 0) break;
          hash.update(read === PIECE ? buffer : buffer.subarray(0, read));
          bytes += read;
          Atomics.add(progress, 0, BigInt(read));
        }
        hashed.push({ index: file.index, bytes, sha256: hash.digest("hex") });
      } finally {
        fs.closeSync(descriptor);
      }
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return { id: batch.id, hashed, failed: { path: file.path, code: code ?? "", message } };
    }
  }
  return { id: batch.id, hashed };
}
