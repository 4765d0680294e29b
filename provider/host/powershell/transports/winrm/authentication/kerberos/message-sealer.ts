import { childrenOf, type Element, readElement } from "../der";
import { readResponse } from "../spnego/tokens";
import { type AesKey, encrypt, isAes } from "./aes";
import { authenticatorIn, decryptedFields, usage } from "./encrypted-part";

const SEALED = 0x02;
const BY_ACCEPTORS_KEY = 0x04;

/**
 * Seals what the client of a Kerberos login sends (RFC 4121, section 4.2.4). The package `kerberos` does not outside of Windows: its `wrap`
 * puts four bytes of its own in place of every message, even in 7.0.0. The keys come from the ticket's session key, which the cache file
 * holds, and from the two tokens of the login.
 */
export class MessageSealer {
  private constructor(
    private readonly sessionKey: AesKey,
    private key: AesKey,
    private sequence: bigint,
    private flags = SEALED,
  ) {}

  /** Undefined where the cache has no AES ticket that the token shows. */
  static of(cache: Buffer, token: Buffer): MessageSealer | undefined {
    const found = authenticatorIn(cache, token);
    if (found === undefined) return undefined;
    const key = keyOf(found.fields, 0xa6) ?? found.sessionKey;
    return new MessageSealer(found.sessionKey, key, numberOf(found.fields, 0xa7));
  }

  /** Takes the host's token of the login: the key that it asserts is used from then on. False for one that holds no reply of Kerberos. */
  takeReply(token: Buffer): boolean {
    const reply = childrenOf(replyIn(readResponse(token)?.token ?? token));
    const holder = reply?.find(({ tag }) => tag === 0xa2);
    const part = holder && decryptedFields(this.sessionKey, usage.apReply, holder);
    if (part === undefined) return false;
    const asserted = keyOf(part, 0xa2);
    if (asserted !== undefined) {
      this.key = asserted;
      this.flags = SEALED | BY_ACCEPTORS_KEY;
    }
    return isAes(this.key);
  }

  seal(message: Buffer): Buffer {
    const header = Buffer.from([5, 4, this.flags, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    header.writeBigUInt64BE(this.sequence++, 8);
    return Buffer.concat([header, encrypt(this.key, usage.initiatorSeal, Buffer.concat([message, header]))]);
  }
}

/** An AP-REP, bare or in GSS-API's frame (RFC 4121, section 4.1): an identifier, two bytes, and the message. */
function replyIn(token: Buffer): Element | undefined {
  const outer = readElement(token);
  if (outer?.tag !== 0x60) return outer && readElement(outer.content);
  const identifier = readElement(outer.content);
  const reply = identifier && readElement(identifier.rest.subarray(2));
  return reply?.tag === 0x6f ? readElement(reply.content) : undefined;
}

function keyOf(fields: readonly Element[], tag: number): AesKey | undefined {
  const field = fields.find((one) => one.tag === tag);
  const [type, value] = (field && childrenOf(readElement(field.content))) ?? [];
  const encryptionType = type && readElement(type.content)?.content;
  const bytes = value && readElement(value.content)?.content;
  if (encryptionType === undefined || encryptionType.length === 0 || encryptionType.length > 4 || bytes === undefined) return undefined;
  return { encryptionType: encryptionType.readIntBE(0, encryptionType.length), bytes };
}

function numberOf(fields: readonly Element[], tag: number): bigint {
  const field = fields.find((one) => one.tag === tag);
  const value = field && readElement(field.content)?.content;
  return value === undefined || value.length === 0 ? 0n : BigInt.asUintN(32, BigInt(`0x${value.toString("hex")}`));
}
