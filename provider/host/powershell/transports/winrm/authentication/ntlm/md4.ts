const ROUNDS = [
  { add: 0, order: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], shifts: [3, 7, 11, 19] },
  { add: 0x5a827999, order: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15], shifts: [3, 5, 9, 13] },
  { add: 0x6ed9eba1, order: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15], shifts: [3, 9, 11, 15] },
] as const;

/** MD4 (RFC 1320), of which NTLM makes a password's hash. OpenSSL 3 has it in its legacy provider only, which Node.js does not load. */
export function md4(message: Buffer): Buffer {
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  const padded = pad(message);
  for (let block = 0; block < padded.length; block += 64) mix(state, padded.subarray(block, block + 64));
  const digest = Buffer.alloc(16);
  state.forEach((word, index) => {
    digest.writeInt32LE(word, index * 4);
  });
  return digest;
}

function pad(message: Buffer): Buffer {
  const padded = Buffer.alloc(Math.ceil((message.length + 9) / 64) * 64);
  message.copy(padded);
  padded[message.length] = 0x80;
  padded.writeBigUInt64LE(BigInt(message.length) * 8n, padded.length - 8);
  return padded;
}

function mix(state: Int32Array, block: Buffer): void {
  let [a = 0, b = 0, c = 0, d = 0] = state;
  ROUNDS.forEach(({ add, order, shifts }, round) => {
    order.forEach((word, step) => {
      const f = round === 0 ? (b & c) | (~b & d) : round === 1 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
      const sum = (a + f + block.readInt32LE(word * 4) + add) | 0;
      const shift = shifts[step % 4] ?? 0;
      [a, d, c, b] = [d, c, b, (sum << shift) | (sum >>> (32 - shift))];
    });
  });
  state[0] = (state[0] ?? 0) + a;
  state[1] = (state[1] ?? 0) + b;
  state[2] = (state[2] ?? 0) + c;
  state[3] = (state[3] ?? 0) + d;
}
