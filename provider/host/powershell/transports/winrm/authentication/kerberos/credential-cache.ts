import type { AesKey } from "./aes";

/** Tag of a ticket (RFC 4120, section 5.3). */
const TICKET = 0x61;

/**
 * The session key of the ticket that a token shows, from a cache file of tickets (MIT's format, versions 3 and 4). The ticket is found by
 * its bytes, since the library may have asked for it under another name than the declared one. Undefined where it is not there.
 */
export function sessionKeyOf(cache: Buffer, token: Buffer): { key: AesKey; ticketEnd: number } | undefined {
  try {
    return search(new Reader(cache), token);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function search(reader: Reader, token: Buffer): { key: AesKey; ticketEnd: number } | undefined {
  const version = reader.uint16();
  if (version !== 0x0504 && version !== 0x0503) return undefined;
  if (version === 0x0504) reader.take(reader.uint16());
  principal(reader);
  while (!reader.isAtEnd) {
    const { key, ticket } = credential(reader, version);
    // Beside tickets, the cache holds notes of the library's own.
    const at = ticket[0] === TICKET ? token.indexOf(ticket) : -1;
    if (at !== -1) return { key, ticketEnd: at + ticket.length };
  }
  return undefined;
}

function credential(reader: Reader, version: number): { key: AesKey; ticket: Buffer } {
  principal(reader);
  principal(reader);
  const encryptionType = reader.uint16();
  if (version === 0x0503) reader.uint16();
  const key = { encryptionType, bytes: reader.data() };
  const [times, isSessionKey, flags] = [16, 1, 4];
  reader.take(times + isSessionKey + flags);
  for (const _ of ["addresses", "authorization data"]) {
    for (let left = reader.uint32(); left > 0; left--) {
      reader.uint16();
      reader.data();
    }
  }
  const ticket = reader.data();
  reader.data();
  return { key, ticket };
}

function principal(reader: Reader): void {
  reader.uint32();
  const components = reader.uint32();
  for (let left = components + 1; left > 0; left--) reader.data();
}

/** Throws a RangeError past the end. */
class Reader {
  private offset = 0;

  constructor(private readonly bytes: Buffer) {}

  get isAtEnd(): boolean {
    return this.offset >= this.bytes.length;
  }

  uint16(): number {
    return this.take(2).readUInt16BE(0);
  }

  uint32(): number {
    return this.take(4).readUInt32BE(0);
  }

  data(): Buffer {
    return this.take(this.uint32());
  }

  take(length: number): Buffer {
    const end = this.offset + length;
    if (end > this.bytes.length) throw new RangeError("past the end");
    const taken = this.bytes.subarray(this.offset, end);
    this.offset = end;
    return taken;
  }
}
