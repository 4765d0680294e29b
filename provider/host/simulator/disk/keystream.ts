import { createCipheriv, createHash } from "node:crypto";

const BLOCK = 16;
const ZEROS = Buffer.alloc(1024 * 1024 + BLOCK);

/** Bytes that look random, made from a seed, at any offset, at about the speed of memory (AES-128-CTR). Not for secrets. */
export class Keystream {
  private readonly key: Buffer;

  constructor(seed: string) {
    this.key = createHash("sha256").update(`hyperv-simulator:${seed}`).digest().subarray(0, BLOCK);
  }

  fill(target: Buffer, offset: number): void {
    const skipped = offset % BLOCK;
    const counter = Buffer.alloc(BLOCK);
    counter.writeBigUInt64BE(BigInt((offset - skipped) / BLOCK), BLOCK - 8);
    const cipher = createCipheriv("aes-128-ctr", this.key, counter);
    if (skipped > 0) cipher.update(ZEROS.subarray(0, skipped));
    for (let done = 0; done < target.length; ) {
      const size = Math.min(target.length - done, 1024 * 1024);
      cipher.update(ZEROS.subarray(0, size)).copy(target, done);
      done += size;
    }
  }
}

const known = new Map<string, Keystream>();

export function keystream(seed: string): Keystream {
  const found = known.get(seed);
  if (found) return found;
  if (known.size > 2_000) known.clear();
  const made = new Keystream(seed);
  known.set(seed, made);
  return made;
}
