import type { HostError } from "../../../../port";
import { fault } from "../../../faults";
import type { MessageEncryption } from "./login";

/** Seals and opens single messages of one connection, in their order. */
export interface MessageSecurity {
  /** `padding`: bytes that the sealed data is longer by than the message. */
  seal(message: Buffer): Promise<{ readonly header: Buffer; readonly data: Buffer; readonly padding: number }>;
  /** Undefined for a message that was changed on the way, or is not the next one. */
  unseal(header: Buffer, data: Buffer): Promise<Buffer | undefined>;
}

const DASHES = "--Encrypted Boundary";
const OCTETS = "\tContent-Type: application/octet-stream\r\n";
/** No cipher of Kerberos pads by more. */
const MOST_PADDING = 16;

/**
 * Sealed bodies (MS-WSMV, section 2.2.9.1). A body goes as one piece: the specification cuts into pieces of 16 KiB with CredSSP alone, which
 * is not spoken here. An answer may be of any number of pieces.
 */
export function sealedBodies(security: MessageSecurity, protocol: "SPNEGO" | "Kerberos", host: string): MessageEncryption {
  const media = `application/HTTP-${protocol}-session-encrypted`;
  const contentType = `multipart/encrypted;protocol="${media}";boundary="Encrypted Boundary"`;
  return {
    contentType,
    seal: async (body) => {
      const { header, data, padding } = await security.seal(body);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(header.length);
      const original = `type=application/soap+xml;charset=UTF-8;Length=${body.length + padding}`;
      const head = `${DASHES}\r\n\tContent-Type: ${media}\r\n\tOriginalContent: ${original}\r\n${DASHES}\r\n${OCTETS}`;
      return { contentType, body: Buffer.concat([Buffer.from(head, "latin1"), length, header, data, Buffer.from(`${DASHES}--\r\n`)]) };
    },
    open: async (answeredType, body) => {
      if (!/^multipart\/(x-multi-)?encrypted\s*(;|$)/i.test(answeredType)) throw unsealed(host, answeredType);
      const pieces = readPieces(body);
      if (pieces === undefined) throw damaged(host);
      const messages: Buffer[] = [];
      for (const { header, data, length } of pieces) {
        const message = await security.unseal(header, data);
        if (message === undefined || !isOfLength(message, length, data)) throw damaged(host);
        messages.push(message);
      }
      return Buffer.concat(messages);
    },
  };
}

/** The announced length may count what the cipher has added. */
function isOfLength(message: Buffer, announced: number, data: Buffer): boolean {
  return message.length === announced || (data.length === announced && announced - message.length <= MOST_PADDING);
}

interface Piece {
  readonly header: Buffer;
  readonly data: Buffer;
  readonly length: number;
}

/** Undefined for a body that is not made of whole pieces to its end. */
function readPieces(body: Buffer): Piece[] | undefined {
  const pieces: Piece[] = [];
  let rest = body;
  for (;;) {
    const piece = readPiece(rest);
    if (piece === undefined) return undefined;
    pieces.push(piece);
    rest = piece.rest;
    if (/^--\s*Encrypted Boundary--\s*$/.test(rest.toString("latin1", 0, 64))) return pieces;
  }
}

/** What stands above the bytes of a piece. Some hosts put a blank after the dashes. */
const HEAD =
  /^--\s*Encrypted Boundary\r\n(?:[^\r\n]*\r\n){0,8}?\s*OriginalContent:[^\r\n]*Length=(\d{1,9})\r\n(?:[^\r\n]*\r\n){0,8}?--\s*Encrypted Boundary\r\n\s*Content-Type:\s*application\/octet-stream\r\n/i;

function readPiece(body: Buffer): (Piece & { readonly rest: Buffer }) | undefined {
  const found = HEAD.exec(body.toString("latin1", 0, 2048));
  if (found === null) return undefined;
  const start = found[0].length;
  if (start + 4 > body.length) return undefined;
  const length = Number(found[1]);
  const dataStart = start + 4 + body.readUInt32LE(start);
  if (dataStart + length > body.length) return undefined;
  // Sealed bytes may hold the boundary by chance: it counts only from where they must have ended.
  const end = boundaryFrom(body, dataStart + length);
  if (end === undefined) return undefined;
  return { header: body.subarray(start + 4, dataStart), data: body.subarray(dataStart, end), length, rest: body.subarray(end) };
}

function boundaryFrom(body: Buffer, offset: number): number | undefined {
  for (let end = offset; end <= offset + MOST_PADDING; end++) {
    if (/^--\s?Encrypted Boundary/.test(body.toString("latin1", end, end + 24))) return end;
  }
  return undefined;
}

function unsealed(host: string, contentType: string): HostError {
  const what = contentType === "" ? "an answer without a type" : `${contentType.split(";")[0]}`;
  return fault("handshakeFailed", `${host} has answered a sealed request in the clear (${what}), and such an answer is not taken.`, {
    remedy: "Look whether a proxy stands between this machine and the host; HTTPS (useSsl) keeps it from reading.",
  });
}

function damaged(host: string): HostError {
  return fault("handshakeFailed", `What ${host} has sealed was changed on the way, or is not its next answer.`, {
    remedy: "Run the command again; if it recurs, look for what changes bytes between this machine and the host, or use HTTPS (useSsl).",
  });
}
