import type { IncomingMessage, ServerResponse } from "node:http";
import type { Answer } from "./answer";
import { asBytes, type Outgoing, SOAP, send } from "./http-answer";
import { type Sealing, seal } from "./sealed-body";

/** The way back to who has sent a request: sealed, if the request was. */
export class Reply {
  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly sealing: Sealing | undefined,
  ) {}

  async send(answer: Answer): Promise<void> {
    send(this.response, await this.outgoing(answer));
  }

  sendUnsealed(answer: Answer): void {
    send(this.response, plain(answer));
  }

  async sendDamaged(answer: Answer): Promise<void> {
    const outgoing = await this.outgoing(answer);
    const at = Math.floor(outgoing.body.length / 2);
    outgoing.body[at] = (outgoing.body[at] ?? 0) ^ 1;
    send(this.response, outgoing);
  }

  async sendTwice(answer: Answer): Promise<void> {
    const outgoing = await this.outgoing(answer);
    this.response.once("finish", () => this.request.socket.write(asBytes(outgoing)));
    send(this.response, outgoing);
  }

  /** The first bytes of it, then the connection's end. */
  async sendCut(answer: Answer, bytes: number): Promise<void> {
    const { socket } = this.request;
    socket.write(asBytes(await this.outgoing(answer)).subarray(0, bytes), () => socket.destroy());
  }

  drop(): void {
    this.request.socket.destroy();
  }

  private async outgoing(answer: Answer): Promise<Outgoing> {
    const { status, body, contentType } = plain(answer);
    if (this.sealing === undefined) return { status, body, contentType };
    return { status, ...(await seal(this.sealing, body)) };
  }
}

function plain({ status, envelope }: Answer): Outgoing {
  return { status, contentType: SOAP, body: Buffer.from(envelope) };
}
