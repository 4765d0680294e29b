import { offered } from "./flags";

const SIGNATURE = Buffer.from("NTLMSSP\0", "latin1");
/** Windows 10 and its revision of NTLMSSP; for nobody's use but a look at a capture (MS-NLMP, section 2.2.2.10). */
const VERSION = Buffer.from([10, 0, 0, 0, 0, 0, 0, 15]);
const AUTHENTICATE_HEADER = 88;
const MIC_OFFSET = 72;

/** The first message: what the client can do. It names nobody. */
export function negotiateMessage(): Buffer {
  const message = Buffer.alloc(40);
  SIGNATURE.copy(message);
  message.writeUInt32LE(1, 8);
  message.writeUInt32LE(offered, 12);
  VERSION.copy(message, 32);
  return message;
}

export interface Challenge {
  readonly flags: number;
  readonly serverChallenge: Buffer;
  readonly targetInfo: Buffer;
}

/** Undefined for bytes that are no challenge. */
export function readChallenge(message: Buffer): Challenge | undefined {
  if (message.length < 48 || !message.subarray(0, 8).equals(SIGNATURE) || message.readUInt32LE(8) !== 2) return undefined;
  const length = message.readUInt16LE(40);
  const offset = message.readUInt32LE(44);
  if (offset + length > message.length) return undefined;
  return {
    flags: message.readUInt32LE(20),
    serverChallenge: message.subarray(24, 32),
    targetInfo: message.subarray(offset, offset + length),
  };
}

export interface AuthenticateFields {
  readonly flags: number;
  readonly lmResponse: Buffer;
  readonly ntResponse: Buffer;
  readonly domain: string;
  readonly userName: string;
  readonly workstation: string;
  readonly encryptedSessionKey: Buffer;
}

/** The third message, with room for the code over all three, which `withMic` fills. */
export function authenticateMessage(fields: AuthenticateFields): Buffer {
  const text = (value: string) => Buffer.from(value, "utf16le");
  // The order of the descriptors in the header; their payloads may lie in any order.
  const payloads = [
    fields.lmResponse,
    fields.ntResponse,
    text(fields.domain),
    text(fields.userName),
    text(fields.workstation),
    fields.encryptedSessionKey,
  ];
  const header = Buffer.alloc(AUTHENTICATE_HEADER);
  SIGNATURE.copy(header);
  header.writeUInt32LE(3, 8);
  let offset = AUTHENTICATE_HEADER;
  payloads.forEach(({ length }, index) => {
    const descriptor = 12 + index * 8;
    header.writeUInt16LE(length, descriptor);
    header.writeUInt16LE(length, descriptor + 2);
    header.writeUInt32LE(offset, descriptor + 4);
    offset += length;
  });
  header.writeUInt32LE(fields.flags >>> 0, 60);
  VERSION.copy(header, 64);
  return Buffer.concat([header, ...payloads]);
}

export function withMic(authenticate: Buffer, mic: Buffer): Buffer {
  const message = Buffer.from(authenticate);
  mic.copy(message, MIC_OFFSET);
  return message;
}
