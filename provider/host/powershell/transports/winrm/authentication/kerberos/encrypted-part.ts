import { childrenOf, type Element, readElement } from "../der";
import { type AesKey, decrypt, encrypt, isAes } from "./aes";
import { sessionKeyOf } from "./credential-cache";

/** Numbers of RFC 4120, section 7.5.1, and of RFC 4121, section 2. */
export const usage = { authenticator: 11, apReply: 12, initiatorSeal: 24 } as const;

/** Field of an authenticator with the checksum of GSS-API, and where in that the bindings' hash is (RFC 4121, section 4.1.1). */
const CHECKSUM = 0xa3;
const BINDINGS = { start: 4, end: 20 } as const;

/** The authenticator of a token's AP-REQ, with the session key that the cache has; undefined where it has none, or none of AES. */
export function authenticatorIn(cache: Buffer, token: Buffer): { sessionKey: AesKey; fields: Element[] } | undefined {
  const found = holderIn(cache, token);
  const fields = found && decryptedFields(found.sessionKey, usage.authenticator, found.holder);
  return found && fields && { sessionKey: found.sessionKey, fields };
}

/**
 * The token with its login bound to a TLS channel, which the package `kerberos` cannot do: the hash is put into the authenticator, whose
 * length stays. Undefined where the cache has no AES ticket that the token shows.
 */
export function boundToken(cache: Buffer, token: Buffer, bindings: Buffer): Buffer | undefined {
  const bound = Buffer.from(token);
  const found = holderIn(cache, bound);
  const octets = found && cipherOf(found.holder);
  if (found === undefined || octets === undefined) return undefined;
  const plain = decrypt(found.sessionKey, usage.authenticator, octets);
  const checksum = plain && fieldsOf(plain)?.find(({ tag }) => tag === CHECKSUM);
  const [, value] = (checksum && childrenOf(readElement(checksum.content))) ?? [];
  const hash = value && readElement(value.content)?.content.subarray(BINDINGS.start, BINDINGS.end);
  if (plain === undefined || hash?.length !== bindings.length) return undefined;
  // Both are views: of the plain text, and then of the copied token.
  bindings.copy(hash);
  encrypt(found.sessionKey, usage.authenticator, plain).copy(octets);
  return bound;
}

/** The fields of a message that an element with EncryptedData holds. */
export function decryptedFields(key: AesKey, use: number, holder: Element): Element[] | undefined {
  const octets = cipherOf(holder);
  const plain = octets && decrypt(key, use, octets);
  return plain && fieldsOf(plain);
}

/** Behind the ticket in an AP-REQ stands the authenticator (RFC 4120, section 5.5.1). */
function holderIn(cache: Buffer, token: Buffer): { sessionKey: AesKey; holder: Element } | undefined {
  const found = sessionKeyOf(cache, token);
  if (found === undefined || !isAes(found.key)) return undefined;
  const holder = readElement(token.subarray(found.ticketEnd));
  return holder?.tag === 0xa4 ? { sessionKey: found.key, holder } : undefined;
}

function cipherOf(holder: Element): Buffer | undefined {
  const cipher = childrenOf(readElement(holder.content))?.find(({ tag }) => tag === 0xa2);
  return cipher && readElement(cipher.content)?.content;
}

function fieldsOf(plain: Buffer): Element[] | undefined {
  const outer = readElement(plain);
  return outer && childrenOf(readElement(outer.content));
}
