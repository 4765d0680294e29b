import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type Answer, refused } from "./answer";
import { faults } from "./faults";
import type { Gate } from "./gate";
import { asBytes, type Outgoing, readBody, SOAP, send, sendStatus, urlOf } from "./http-answer";
import type { TroubleKind } from "./options";
import { readRequest, type WsmanRequest } from "./request";
import { type Caller, MACHINE, refusal, type Service } from "./service";
import type { Troubles } from "./troubles";
import type { Operation } from "./words";

/** A request that the server has read. */
export interface Told {
  readonly operation: Operation;
  readonly user: string;
  readonly envelope: string;
}

/** HTTP requests and their answers, and what goes wrong with them. */
export class Exchange {
  private lastAnswer: Outgoing | undefined;
  private swapping: ((other: Outgoing) => Outgoing) | undefined;

  constructor(
    private readonly service: Service,
    private readonly troubles: Troubles,
    private readonly told: Told[],
    private readonly gateOf: (socket: Socket) => Gate,
  ) {}

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, this.service.maxEnvelopeBytes);
    if (body === "broken") return;
    if (request.url !== "/wsman" && request.url !== "/wsman/") return sendStatus(response, 404);
    if (request.method !== "POST") return sendStatus(response, 405);
    const admission = await this.gateOf(request.socket).admit(request);
    if ("challenges" in admission) {
      response.setHeader("WWW-Authenticate", [...admission.challenges]);
      return sendStatus(response, 401);
    }
    if (body === "too large") return sendStatus(response, 413);
    for (const [name, value] of Object.entries(admission.headers ?? {})) response.setHeader(name, value);
    if (body.length === 0) return sendStatus(response, 200);
    const envelope = body.toString("utf8");
    const caller = { user: admission.user, clientAddress: "127.0.0.1", url: urlOf(request) };
    let understood: WsmanRequest;
    try {
      understood = readRequest(envelope);
    } catch (error) {
      return send(response, soap(refusal(error, "")));
    }
    this.told.push({ operation: understood.operation, user: caller.user, envelope });
    await this.meet(request, response, understood, caller, this.troubles.meet(understood.operation));
  }

  private async meet(
    request: IncomingMessage,
    response: ServerResponse,
    understood: WsmanRequest,
    caller: Caller,
    trouble: TroubleKind | undefined,
  ): Promise<void> {
    if (trouble?.kind === "stall") return;
    if (trouble?.kind === "dropRequest") {
      request.socket.destroy();
      return;
    }
    if (trouble?.kind === "status") return sendStatus(response, trouble.status);
    if (trouble?.kind === "fault") {
      const words = faults[trouble.fault].text;
      return send(response, soap(refused(trouble.fault, words, understood.messageId, MACHINE)));
    }
    const answer = await this.service.answer(understood, caller);
    if (trouble?.kind === "slow") await new Promise((resolve) => setTimeout(resolve, trouble.ms));
    this.respond(request.socket, response, soap(answer), trouble);
  }

  private respond(socket: Socket, response: ServerResponse, answer: Outgoing, trouble: TroubleKind | undefined): void {
    const { lastAnswer = answer, swapping } = this;
    this.lastAnswer = answer;
    switch (trouble?.kind) {
      case "cutAnswer":
        socket.write(asBytes(answer).subarray(0, trouble.bytes), () => socket.destroy());
        break;
      case "olderAnswer":
        send(response, lastAnswer);
        break;
      case "swapped":
        this.swapping = (other) => {
          send(response, other);
          return answer;
        };
        break;
      case "twice":
        response.once("finish", () => socket.write(asBytes(answer)));
        send(response, answer);
        break;
      case "forged":
        send(response, { ...answer, body: Buffer.from(trouble.forge(answer.body.toString("utf8"))) });
        break;
      default:
        this.swapping = undefined;
        send(response, swapping ? swapping(answer) : answer);
    }
  }
}

function soap({ status, envelope }: Answer): Outgoing {
  return { status, contentType: SOAP, body: Buffer.from(envelope) };
}
