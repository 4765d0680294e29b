import { createHash, createHmac } from "node:crypto";
import { md4 } from "./md4";

export const md5 = (...parts: readonly Buffer[]): Buffer => createHash("md5").update(Buffer.concat(parts)).digest();
export const hmacMd5 = (key: Buffer, ...parts: readonly Buffer[]): Buffer => createHmac("md5", key).update(Buffer.concat(parts)).digest();

export interface NtlmAccount {
  /** Empty for an account of the host, and for one that is written as name@domain. */
  readonly domain: string;
  readonly name: string;
  readonly password: string;
}

/** NTOWFv2 (MS-NLMP, section 3.3.2). */
export function responseKey({ domain, name, password }: NtlmAccount): Buffer {
  return hmacMd5(md4(Buffer.from(password, "utf16le")), Buffer.from(upperCase(name) + domain, "utf16le"));
}

/** Windows maps each UTF-16 unit to one: it has no upper case of "ß". */
function upperCase(text: string): string {
  return Array.from({ length: text.length }, (_, index) => {
    const unit = text.charAt(index);
    const upper = unit.toUpperCase();
    return upper.length === 1 ? upper : unit;
  }).join("");
}

export interface ResponseInputs {
  readonly responseKey: Buffer;
  readonly serverChallenge: Buffer;
  readonly clientChallenge: Buffer;
  /** 8 bytes: tenths of microseconds since 1601. */
  readonly timestamp: Buffer;
  readonly targetInfo: Buffer;
}

/** NTLMv2's response, and the key that the session's key comes from (MS-NLMP, section 3.3.2). */
export function ntlmv2Response({ responseKey, serverChallenge, clientChallenge, timestamp, targetInfo }: ResponseInputs): {
  response: Buffer;
  sessionBaseKey: Buffer;
} {
  const versions = Buffer.from([1, 1, 0, 0, 0, 0, 0, 0]);
  const blob = Buffer.concat([versions, timestamp, clientChallenge, Buffer.alloc(4), targetInfo, Buffer.alloc(4)]);
  const proof = hmacMd5(responseKey, serverChallenge, blob);
  return { response: Buffer.concat([proof, blob]), sessionBaseKey: hmacMd5(responseKey, proof) };
}

/** LMv2's response, which a host without a clock in its challenge still compares (MS-NLMP, section 3.3.2). */
export function lmv2Response(key: Buffer, serverChallenge: Buffer, clientChallenge: Buffer): Buffer {
  return Buffer.concat([hmacMd5(key, serverChallenge, clientChallenge), clientChallenge]);
}

const MAGIC = {
  client: {
    sign: "session key to client-to-server signing key magic constant\0",
    seal: "session key to client-to-server sealing key magic constant\0",
  },
  server: {
    sign: "session key to server-to-client signing key magic constant\0",
    seal: "session key to server-to-client sealing key magic constant\0",
  },
} as const;

/** Keys for what one side sends, with extended session security and 128 bits (MS-NLMP, sections 3.4.5.2 and 3.4.5.3). */
export function messageKeys(sessionKey: Buffer, sender: "client" | "server"): { sign: Buffer; seal: Buffer } {
  const { sign, seal } = MAGIC[sender];
  return { sign: md5(sessionKey, Buffer.from(sign, "latin1")), seal: md5(sessionKey, Buffer.from(seal, "latin1")) };
}
