import type { AcceptorConnection } from "./acceptor";

/** What seals the bodies of a connection (MS-WSMV 2.2.9.1), and by which protocol. */
export interface Sealing {
  readonly connection: AcceptorConnection;
  readonly protocol: string;
}

const BOUNDARY = "--Encrypted Boundary";
const PROTOCOLS = ["application/HTTP-SPNEGO-session-encrypted", "application/HTTP-Kerberos-session-encrypted"];
const OCTETS = /^\s*Content-Type: application\/octet-stream\r\n/;

/** The protocol that a sealed body's Content-Type names; undefined for any other body. */
export function sealingProtocol(contentType: string): string | undefined {
  if (!/^multipart\/(x-multi-)?encrypted;/.test(contentType)) return undefined;
  const protocol = /protocol="([^"]+)"/.exec(contentType)?.[1];
  return PROTOCOLS.find((one) => one === protocol);
}

/** Opens every part in turn: a long body may come as several. Rejects where something is not as it has to be. */
export async function open({ connection, protocol }: Sealing, body: Buffer): Promise<Buffer> {
  const opened: Buffer[] = [];
  for (let rest = body; ; ) {
    const head = Buffer.from(`${BOUNDARY}\r\n`);
    if (rest.subarray(0, head.length).compare(head) !== 0) throw new Error("a sealed part does not begin with the boundary");
    const [described, afterHead] = cut(rest.subarray(head.length), `${BOUNDARY}\r\n`);
    const words = described.toString("latin1");
    if (!words.includes(`Content-Type: ${protocol}\r\n`)) throw new Error("a sealed part names another protocol");
    const length = Number(/OriginalContent: type=[^;]+;charset=[^;]+;Length=(\d+)\r\n/.exec(words)?.[1]);
    const type = OCTETS.exec(afterHead.subarray(0, 100).toString("latin1"))?.[0];
    if (type === undefined) throw new Error("a sealed part has no octets");
    const [sealed, end] = cut(afterHead.subarray(type.length), BOUNDARY);
    const signatureBytes = sealed.readUInt32LE(0);
    const data = await connection.unseal(sealed.subarray(4, 4 + signatureBytes), sealed.subarray(4 + signatureBytes));
    // As many bytes as were sealed, in AES; other ciphers pad, and clients do not agree on whether that is counted.
    if (data.length !== length) throw new Error(`a sealed part says ${length} bytes and holds ${data.length}`);
    opened.push(data);
    if (end.subarray(0, 2).toString() === "--") return Buffer.concat(opened);
    rest = Buffer.concat([Buffer.from(BOUNDARY), end]);
  }
}

export async function seal({ connection, protocol }: Sealing, body: Buffer): Promise<{ contentType: string; body: Buffer }> {
  const { header, data } = await connection.seal(body);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const head =
    `${BOUNDARY}\r\n\tContent-Type: ${protocol}\r\n` +
    `\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=${body.length}\r\n` +
    `${BOUNDARY}\r\n\tContent-Type: application/octet-stream\r\n`;
  return {
    contentType: `multipart/encrypted;protocol="${protocol}";boundary="Encrypted Boundary"`,
    body: Buffer.concat([Buffer.from(head), length, header, data, Buffer.from(`${BOUNDARY}--\r\n`)]),
  };
}

/** Splits at the first boundary: that sealed bytes hold it is too unlikely to count. */
function cut(bytes: Buffer, boundary: string): [Buffer, Buffer] {
  const at = bytes.indexOf(boundary);
  if (at < 0) throw new Error("a sealed part has no end");
  return [bytes.subarray(0, at), bytes.subarray(at + boundary.length)];
}
