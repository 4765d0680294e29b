import * as net from "node:net";
import type { Lab } from "../../../provider/host/simulator/lab/lab";
import { connectionFault } from "./connection-faults";
import type { Moods } from "./moods";
import { Operations } from "./operations";
import { Schema } from "./schema";
import type { Upkeep } from "./upkeep";
import { written } from "./wire/answer";
import { type Request, request as requestForm } from "./wire/request";
import { errorAnswer, WmiError } from "./wmi-error";

/** A request that arrived, and what came of it. */
export interface LoggedRequest {
  readonly operation: Request["operation"];
  readonly className: string;
  /** The method, the filter or the query. */
  readonly text: string;
  readonly rows?: number;
  readonly returnValue?: number;
  /** WmiErrorKind, name of the client's exception, or "cut". */
  readonly error?: string;
  readonly why?: string;
  /** Serial number of the connection: one a runspace. */
  readonly connection: number;
  readonly milliseconds: number;
}

/** Plays WMI to every connection: a request is a line, its answer one, in order. */
export class WmiServer {
  readonly requests: LoggedRequest[] = [];
  /** Faults of the stand-in itself; a test that finds one fails. */
  readonly broken: Error[] = [];
  private readonly operations: Operations;
  private readonly sockets = new Set<net.Socket>();
  private readonly server = net.createServer((socket) => this.serve(socket));
  private connections = 0;

  constructor(
    private lab: Lab,
    private upkeep: Upkeep,
    private readonly moods: Moods,
  ) {
    this.operations = new Operations(new Schema(), moods);
  }

  /** Resolves to the address, "127.0.0.1:PORT". */
  async listen(): Promise<string> {
    await new Promise<void>((resolve, reject) => this.server.once("error", reject).listen(0, "127.0.0.1", resolve));
    return `127.0.0.1:${(this.server.address() as net.AddressInfo).port}`;
  }

  /** Plays another lab from now on; whoever is connected stays so. */
  moveTo(lab: Lab, upkeep: Upkeep): void {
    this.upkeep.close();
    this.lab = lab;
    this.upkeep = upkeep;
  }

  async close(): Promise<void> {
    this.upkeep.close();
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(socket: net.Socket): void {
    const connection = ++this.connections;
    this.sockets.add(socket);
    socket.setNoDelay(true);
    socket.setEncoding("utf8");
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.sockets.delete(socket));
    let unread = "";
    let turn = Promise.resolve();
    socket.on("data", (data: string) => {
      const lines = (unread + data).split("\n");
      unread = lines.pop() ?? "";
      for (const line of lines) turn = turn.then(() => this.answer(socket, line, connection));
    });
  }

  private async answer(socket: net.Socket, line: string, connection: number): Promise<void> {
    try {
      const request = requestForm.parse(JSON.parse(line));
      const cut = this.takeCut(request);
      if (cut === "before" || (await connectionFault(this.lab, "before", request))) return this.cutOff(socket, request, connection);
      const reply = await this.reply(request, connection);
      if (cut === "after" || (await connectionFault(this.lab, "after", request))) return this.cutOff(socket, request, connection);
      if (cut === "inAnswer") socket.write(reply.slice(0, reply.length / 2), () => this.cutOff(socket, request, connection));
      else socket.write(`${reply}!\n`);
    } catch (error) {
      this.broken.push(error as Error);
      socket.destroy();
    }
  }

  private async reply(request: Request, connection: number): Promise<string> {
    const begun = performance.now();
    const log = (outcome: Pick<LoggedRequest, "rows" | "returnValue" | "error" | "why">) =>
      this.requests.push({ ...described(request), ...outcome, connection, milliseconds: performance.now() - begun });
    try {
      await this.delay(request);
      const state = await this.upkeep.now();
      const view = { lab: this.lab, state, moods: this.moods, now: Date.now() };
      const { answer, ...outcome } = await this.operations.run(view, request);
      log(outcome);
      return written(answer, this.moods.computerName);
    } catch (error) {
      const answer = errorAnswer(error, this.moods.language);
      log({ error: error instanceof WmiError ? error.kind : answer.exception, why: (error as Error).message });
      return ascii(JSON.stringify(answer));
    }
  }

  private async delay(request: Request): Promise<void> {
    const { delay, ignoreOperationTimeout } = this.moods;
    const limit = request.timeout * 1000;
    const timedOut = limit > 0 && delay > limit && !ignoreOperationTimeout;
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, timedOut ? limit : delay));
    if (timedOut) throw new WmiError("timedOut", `no answer within ${request.timeout} s`);
  }

  private takeCut(request: Request): "before" | "inAnswer" | "after" | undefined {
    const { cut } = this.moods;
    if (cut === undefined || cut.times <= 0) return undefined;
    const { operation, className, text } = described(request);
    if (cut.on !== undefined && ![operation, className, text].includes(cut.on)) return undefined;
    cut.times--;
    return cut.at;
  }

  private cutOff(socket: net.Socket, request: Request, connection: number): void {
    this.requests.push({ ...described(request), error: "cut", connection, milliseconds: 0 });
    socket.destroy();
  }
}

function described(request: Request): Pick<LoggedRequest, "operation" | "className" | "text"> {
  const { operation } = request;
  switch (request.operation) {
    case "enumerate":
      return { operation, className: request.className, text: request.filter ?? "" };
    case "query":
      return { operation, className: "", text: request.query };
    case "get":
      return { operation, className: request.instance.className, text: "" };
    case "associated":
      return { operation, className: request.instance.className, text: request.association || request.resultClass };
    case "invoke":
      return { operation, className: request.instance?.className ?? request.className, text: request.method };
    case "class":
      return { operation, className: request.className, text: "" };
  }
}

function ascii(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
