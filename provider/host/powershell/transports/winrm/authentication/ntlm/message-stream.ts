import { timingSafeEqual } from "node:crypto";
import { hmacMd5 } from "./keys";
import { Rc4 } from "./rc4";

export const SIGNATURE_LENGTH = 16;

/** The messages of one side of an NTLM session, in their order (MS-NLMP, section 3.4.4, with extended session security and key exchange). */
export class MessageStream {
  private cipher: Rc4;
  private sequence = 0;

  constructor(private readonly keys: { readonly sign: Buffer; readonly seal: Buffer }) {
    this.cipher = new Rc4(keys.seal);
  }

  sign(message: Buffer): Buffer {
    const number = Buffer.alloc(4);
    number.writeUInt32LE(this.sequence);
    this.sequence = (this.sequence + 1) >>> 0;
    const checksum = this.cipher.update(hmacMd5(this.keys.sign, number, message).subarray(0, 8));
    return Buffer.concat([Buffer.from([1, 0, 0, 0]), checksum, number]);
  }

  seal(message: Buffer): { signature: Buffer; data: Buffer } {
    const data = this.cipher.update(message);
    return { signature: this.sign(message), data };
  }

  /** Undefined for a message that was changed on the way, or is not the next one. */
  unseal(signature: Buffer, data: Buffer): Buffer | undefined {
    const message = this.cipher.update(data);
    return this.verify(signature, message) ? message : undefined;
  }

  verify(signature: Buffer, message: Buffer): boolean {
    return signature.length === SIGNATURE_LENGTH && timingSafeEqual(signature, this.sign(message));
  }

  /** SPNEGO's code over its list takes a number, and nothing of the cipher's stream (MS-SPNG, section 3.3.5.1). */
  restartCipher(): void {
    this.cipher = new Rc4(this.keys.seal);
  }
}
