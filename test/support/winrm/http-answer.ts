import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";

/** What goes out as the body of an answer. */
export interface Outgoing {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

export const SOAP = "application/soap+xml;charset=UTF-8";

export function send(response: ServerResponse, { status, contentType, body }: Outgoing): void {
  response.writeHead(status, { "Content-Type": contentType, Server: "Microsoft-HTTPAPI/2.0", "Content-Length": body.length });
  response.end(body);
}

export function sendStatus(response: ServerResponse, status: number): void {
  response.writeHead(status, { Server: "Microsoft-HTTPAPI/2.0", "Content-Length": 0 });
  response.end();
}

/** The same answer as bytes, for what no well-behaved server does with them. */
export function asBytes({ status, contentType, body }: Outgoing): Buffer {
  const head = [
    `HTTP/1.1 ${status} ${status === 200 ? "OK" : ""}`,
    `Content-Type: ${contentType}`,
    `Content-Length: ${body.length}`,
    "",
    "",
  ];
  return Buffer.concat([Buffer.from(head.join("\r\n")), body]);
}

/** @param cuts  whether the connection ends here, by what has come so far */
export async function readBody(
  request: IncomingMessage,
  mostBytes: number,
  cuts: (bytes: number, soFar: () => Buffer) => boolean,
): Promise<Buffer | "too large" | "broken"> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of request) {
      bytes += piece.length;
      if (bytes <= mostBytes) pieces.push(piece);
      if (cuts(bytes, () => Buffer.concat(pieces))) {
        request.socket.destroy();
        return "broken";
      }
    }
  } catch {
    return "broken";
  }
  return bytes > mostBytes ? "too large" : Buffer.concat(pieces);
}

export function urlOf(request: IncomingMessage): string {
  const scheme = (request.socket as TLSSocket).encrypted ? "https" : "http";
  return `${scheme}://${request.headers.host ?? "localhost"}${request.url ?? ""}`;
}
