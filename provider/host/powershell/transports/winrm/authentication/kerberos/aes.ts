import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** A key of aes128-cts-hmac-sha1-96 or aes256-cts-hmac-sha1-96, which are all that Windows gives out beside RC4. */
export interface AesKey {
  readonly encryptionType: number;
  readonly bytes: Buffer;
}

const KEY_LENGTHS: Readonly<Record<number, number>> = { 17: 16, 18: 32 };
const BLOCK = 16;
const CHECKSUM = 12;

export function isAes({ encryptionType, bytes }: AesKey): boolean {
  return KEY_LENGTHS[encryptionType] === bytes.length;
}

/** RFC 3961, section 5.3, with AES (RFC 3962). */
export function encrypt(key: AesKey, usage: number, message: Buffer): Buffer {
  const plain = Buffer.concat([randomBytes(BLOCK), message]);
  return Buffer.concat([cipherTextStealing(derived(key, usage, 0xaa), plain), checksum(key, usage, plain)]);
}

/** Undefined for what was not encrypted with that key, or was changed. */
export function decrypt(key: AesKey, usage: number, sealed: Buffer): Buffer | undefined {
  if (sealed.length < BLOCK + CHECKSUM) return undefined;
  const end = sealed.length - CHECKSUM;
  const plain = stolenCipherText(derived(key, usage, 0xaa), sealed.subarray(0, end));
  return timingSafeEqual(checksum(key, usage, plain), sealed.subarray(end)) ? plain.subarray(BLOCK) : undefined;
}

function checksum(key: AesKey, usage: number, plain: Buffer): Buffer {
  return createHmac("sha1", derived(key, usage, 0x55))
    .update(plain)
    .digest()
    .subarray(0, CHECKSUM);
}

const algorithm = (key: Buffer) => `aes-${key.length * 8}-cbc`;

/** CBC whose last two blocks change places, so that the end of the message may be short (RFC 3962, section 5). At least one whole block. */
export function cipherTextStealing(key: Buffer, plain: Buffer): Buffer {
  const cipher = createCipheriv(algorithm(key), key, Buffer.alloc(BLOCK)).setAutoPadding(false);
  const blocks = Math.ceil(plain.length / BLOCK);
  const padded = Buffer.alloc(blocks * BLOCK);
  plain.copy(padded);
  const whole = cipher.update(padded);
  if (blocks === 1) return whole;
  const lastButOne = (blocks - 2) * BLOCK;
  const [stolen, last] = [whole.subarray(lastButOne, lastButOne + BLOCK), whole.subarray(lastButOne + BLOCK)];
  return Buffer.concat([whole.subarray(0, lastButOne), last, stolen]).subarray(0, plain.length);
}

export function stolenCipherText(key: Buffer, sealed: Buffer): Buffer {
  const decipher = (text: Buffer, vector: Buffer) => createDecipheriv(algorithm(key), key, vector).setAutoPadding(false).update(text);
  const blocks = Math.ceil(sealed.length / BLOCK);
  if (blocks === 1) return decipher(sealed, Buffer.alloc(BLOCK));
  const start = (blocks - 2) * BLOCK;
  const [last, short] = [sealed.subarray(start, start + BLOCK), sealed.subarray(start + BLOCK)];
  // The last block's own plain text has the rest of the block that stands behind it, shortened.
  const open = decipher(last, Buffer.alloc(BLOCK));
  const full = Buffer.concat([short, open.subarray(short.length)]);
  const inOrder = Buffer.concat([sealed.subarray(0, start), full, last]);
  return decipher(inOrder, Buffer.alloc(BLOCK)).subarray(0, sealed.length);
}

/** DK of RFC 3961, section 5.1: a key for one use of a key. */
function derived(key: AesKey, usage: number, purpose: number): Buffer {
  const constant = Buffer.alloc(5);
  constant.writeUInt32BE(usage);
  constant[4] = purpose;
  const blocks: Buffer[] = [];
  let block = nFold(constant, BLOCK);
  for (let length = 0; length < key.bytes.length; length += BLOCK) {
    const cipher = createCipheriv(algorithm(key.bytes), key.bytes, Buffer.alloc(BLOCK)).setAutoPadding(false);
    block = cipher.update(block);
    blocks.push(block);
  }
  return Buffer.concat(blocks);
}

/** RFC 3961, section 5.1: the text, again and again and each time turned by 13 bits, added up in ones' complement. */
export function nFold(text: Buffer, length: number): Buffer {
  const total = (text.length * length) / greatestCommonDivisor(text.length, length);
  const bits = text.length * 8;
  const bitAt = (position: number) => {
    const at = ((position % bits) + bits) % bits;
    return ((text[at >> 3] ?? 0) >> (7 - (at & 7))) & 1;
  };
  const sum = new Array<number>(length).fill(0);
  for (let index = 0; index < total; index++) {
    const turned = Math.floor(index / text.length) * 13;
    let byte = 0;
    for (let bit = 0; bit < 8; bit++) byte = (byte << 1) | bitAt((index % text.length) * 8 + bit - turned);
    sum[index % length] = (sum[index % length] ?? 0) + byte;
  }
  for (let carry = 0, pass = 0; pass === 0 || carry > 0; pass++) {
    for (let index = length - 1; index >= 0; index--) {
      const value = (sum[index] ?? 0) + carry;
      sum[index] = value & 255;
      carry = value >> 8;
    }
  }
  return Buffer.from(sum);
}

function greatestCommonDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestCommonDivisor(other, one % other);
}
