import type { AcceptorConnection } from "./acceptor";

const DASHES = "--Encrypted Boundary";

/** A host's sealed answer, by pieces, as it stands on the wire (MS-WSMV, section 2.2.9.1.1.2). */
export async function sealedAnswer(
  connection: AcceptorConnection,
  message: Buffer,
  { protocol = "SPNEGO", pieces = [message] }: { protocol?: "SPNEGO" | "Kerberos"; pieces?: readonly Buffer[] } = {},
): Promise<{ contentType: string; body: Buffer }> {
  const media = `application/HTTP-${protocol}-session-encrypted`;
  const parts: Buffer[] = [];
  for (const piece of pieces) {
    const { header, data } = await connection.seal(piece);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(header.length);
    const original = `OriginalContent: type=application/soap+xml;charset=UTF-8;Length=${piece.length}`;
    const head = `${DASHES}\r\n\tContent-Type: ${media}\r\n\t${original}\r\n${DASHES}\r\n\tContent-Type: application/octet-stream\r\n`;
    parts.push(Buffer.from(head), length, header, data);
  }
  const kind = pieces.length === 1 ? "encrypted" : "x-multi-encrypted";
  const contentType = `multipart/${kind};protocol="${media}";boundary="Encrypted Boundary"`;
  return { contentType, body: Buffer.concat([...parts, Buffer.from(`${DASHES}--\r\n`)]) };
}

/** What a host reads of a sealed request, by a parser that knows nothing of the client's. */
export function sealedParts(body: Buffer): { length: number; header: Buffer; data: Buffer; head: string } {
  const text = body.toString("latin1");
  const octets = "Content-Type: application/octet-stream\r\n";
  const start = text.indexOf(octets) + octets.length;
  const headerLength = body.readUInt32LE(start);
  const head = text.slice(0, start);
  return {
    head,
    length: Number(/Length=(\d+)/.exec(head)?.[1]),
    header: body.subarray(start + 4, start + 4 + headerLength),
    data: body.subarray(start + 4 + headerLength, text.lastIndexOf(`${DASHES}--`)),
  };
}
