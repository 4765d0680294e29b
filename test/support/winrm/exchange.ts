import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type Answer, refused } from "./answer";
import { faults } from "./faults";
import type { Admission, Gate } from "./gate";
import { readBody, sendStatus, urlOf } from "./http-answer";
import type { TroubleKind } from "./options";
import { Reply } from "./reply";
import { readRequest, type WsmanRequest } from "./request";
import { open, sealingProtocol } from "./sealed-body";
import { MACHINE, refusal, type Service } from "./service";
import type { Troubles } from "./troubles";
import type { Operation } from "./words";

/** A request that the server has read. */
export interface Told {
  readonly operation: Operation;
  readonly user: string;
  readonly envelope: string;
  readonly isSealed: boolean;
}

/** HTTP requests and their answers, and what goes wrong with them. */
export class Exchange {
  private lastAnswer: Answer | undefined;
  private swap: Swap | undefined;

  constructor(
    private readonly service: Service,
    private readonly troubles: Troubles,
    private readonly told: Told[],
    private readonly gateOf: (socket: Socket) => Gate,
    private readonly needsSealing: boolean,
  ) {}

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, this.service.maxEnvelopeBytes, (bytes, soFar) => this.troubles.cuts(bytes, soFar));
    if (body === "broken") return;
    if (request.url !== "/wsman" && request.url !== "/wsman/") return sendStatus(response, 404);
    if (request.method !== "POST") return sendStatus(response, 405);
    const admission = await this.gateOf(request.socket).admit(request);
    if ("challenges" in admission) {
      response.setHeader("WWW-Authenticate", [...admission.challenges]);
      return sendStatus(response, 401);
    }
    if (body === "too large") return sendStatus(response, 413);
    if (admission.token !== undefined) response.setHeader("WWW-Authenticate", admission.token);
    if (body.length === 0) return sendStatus(response, 200);
    await this.read(request, response, body, admission);
  }

  private async read(
    request: IncomingMessage,
    response: ServerResponse,
    body: Buffer,
    { user, sealing: connection }: Extract<Admission, { user: string }>,
  ): Promise<void> {
    const protocol = sealingProtocol(request.headers["content-type"] ?? "");
    const sealing = protocol !== undefined && connection !== undefined ? { connection, protocol } : undefined;
    if (sealing === undefined && this.needsSealing) return sendStatus(response, 500);
    let envelope: string;
    try {
      envelope = (sealing ? await open(sealing, body) : body).toString("utf8");
    } catch {
      return sendStatus(response, 400);
    }
    const reply = new Reply(request, response, sealing);
    let understood: WsmanRequest;
    try {
      understood = readRequest(envelope);
    } catch (error) {
      return reply.send(refusal(error, ""));
    }
    this.told.push({ operation: understood.operation, user, envelope, isSealed: sealing !== undefined });
    const trouble = this.troubles.meet(understood.operation);
    if (trouble?.kind === "stall") return;
    if (trouble?.kind === "dropRequest") return reply.drop();
    if (trouble?.kind === "status") return sendStatus(response, trouble.status);
    if (trouble?.kind === "fault") return reply.send(refused(trouble.fault, faults[trouble.fault].text, understood.messageId, MACHINE));
    // From now on: the other answer may be ready before this one.
    const own = trouble?.kind === "swapped" ? new Swap() : undefined;
    this.swap = own ?? this.swap;
    const answer = await this.service.answer(understood, { user, clientAddress: "127.0.0.1", url: urlOf(request) });
    if (trouble?.kind === "slow") await new Promise((resolve) => setTimeout(resolve, trouble.ms));
    await this.respond(reply, answer, trouble, own);
  }

  private async respond(reply: Reply, answer: Answer, trouble: TroubleKind | undefined, own: Swap | undefined): Promise<void> {
    const { lastAnswer = answer } = this;
    this.lastAnswer = answer;
    switch (trouble?.kind) {
      case "cutAnswer":
        return reply.sendCut(answer, trouble.bytes);
      case "olderAnswer":
        return reply.send(lastAnswer);
      case "unsealed":
        return reply.sendUnsealed(answer);
      case "damaged":
        return reply.sendDamaged(answer);
      case "twice":
        return reply.sendTwice(answer);
      case "forged":
        return reply.send({ ...answer, envelope: trouble.forge(answer.envelope) });
      case "swapped":
        own?.first(answer);
        return reply.send((await own?.theOther) ?? answer);
    }
    const { swap } = this;
    if (swap === undefined) return reply.send(answer);
    this.swap = undefined;
    swap.other(answer);
    await reply.send(await swap.theFirst);
  }
}

/** Two answers that change places; each waits for the other. */
class Swap {
  first: (answer: Answer) => void = () => {};
  other: (answer: Answer) => void = () => {};
  readonly theFirst = new Promise<Answer>((resolve) => {
    this.first = resolve;
  });
  readonly theOther = new Promise<Answer>((resolve) => {
    this.other = resolve;
  });
}
