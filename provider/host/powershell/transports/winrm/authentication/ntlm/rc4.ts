/** A stream of RC4: NTLM seals with it, and OpenSSL 3 has it in its legacy provider only. Each message goes on where the last one ended. */
export class Rc4 {
  private readonly state = Uint8Array.from({ length: 256 }, (_, index) => index);
  private i = 0;
  private j = 0;

  constructor(key: Buffer) {
    const { state } = this;
    let j = 0;
    for (let i = 0; i < 256; i++) {
      const one = state[i] as number;
      j = (j + one + (key[i % key.length] as number)) & 255;
      state[i] = state[j] as number;
      state[j] = one;
    }
  }

  /** Encrypts and decrypts alike. */
  update(message: Buffer): Buffer {
    const { state } = this;
    const result = Buffer.allocUnsafe(message.length);
    let { i, j } = this;
    for (let index = 0; index < message.length; index++) {
      i = (i + 1) & 255;
      const one = state[i] as number;
      j = (j + one) & 255;
      const other = state[j] as number;
      state[i] = other;
      state[j] = one;
      result[index] = (message[index] as number) ^ (state[(one + other) & 255] as number);
    }
    this.i = i;
    this.j = j;
    return result;
  }
}
