import { randomUUID } from "node:crypto";
import type { HostError } from "../../../port";
import { answerTo, commandIdOf, type Output, outputOf, requireResponse, shellIdOf, stackVersionOf } from "./answers";
import {
  commandEnvelope,
  createEnvelope,
  deleteEnvelope,
  identifyEnvelope,
  type Message,
  receiveEnvelope,
  sendEnvelope,
  terminateEnvelope,
} from "./envelopes";
import { damaged, isTimedOut, refusedBy } from "./faults";
import type { ShellAction } from "./vocabulary";
import type { Element } from "./xml";

/** What every Windows takes, and what it takes and sends since version 3.0 of the stack, which speaks version 2.2 of the protocol. */
const SMALL_ENVELOPE = 150 * 1024;
const LARGE_ENVELOPE = 500 * 1024;
/** Headers and elements around a piece of input. */
const AROUND_A_PIECE = 4096;

/** A request that is refused is answered at once, and one that waits within OperationTimeout. */
const LATENESS_MS = 10_000;

/** What takes requests, and answers them in their order. */
export interface Line {
  readonly url: string;
  request(body: string, deadlineMs: number): Promise<{ readonly status: number; readonly text: string }>;
}

export interface ShellTimes {
  readonly operationTimeoutMs: number;
}

/** A remote shell of one host and the one program in it: each request once, each answer read strictly. Rejects with HostErrors alone. */
export class RemoteShell {
  private readonly sessionId = randomUUID();
  private maxEnvelopeSize = SMALL_ENVELOPE;
  private shellId = "";
  private commandId = "";

  /** @param commands a connection on which nothing waits for long */
  constructor(
    private readonly description: string,
    private readonly commands: Line,
    private readonly times: ShellTimes,
  ) {}

  get isCreated(): boolean {
    return this.shellId !== "";
  }

  /** How many bytes one Send takes. */
  get pieceSize(): number {
    return Math.floor((this.maxEnvelopeSize - AROUND_A_PIECE) / 4) * 3;
  }

  /** Asks what the service is, by a connection of its own: a service that does not say is taken for an old one. */
  async identify(connection: Line): Promise<void> {
    const { status, text } = await connection.request(identifyEnvelope(), this.deadlineMs);
    let version: string | undefined;
    try {
      version = status === 200 ? stackVersionOf(text) : undefined;
    } catch {
      return; // What cannot be read says nothing, and everybody takes a small envelope.
    }
    if (version !== undefined && Number(version) >= 3) this.maxEnvelopeSize = LARGE_ENVELOPE;
  }

  async create(): Promise<void> {
    const body = await this.ask("create", (message) => createEnvelope(message));
    this.shellId = this.read(() => shellIdOf(body));
  }

  async start(program: string, programArguments: readonly string[]): Promise<void> {
    const body = await this.ask("command", (message) => commandEnvelope(message, this.shellId, program, programArguments));
    this.commandId = this.read(() => commandIdOf(body));
  }

  /** @param data at most {@link pieceSize} bytes */
  async send(data: Buffer, end: boolean): Promise<void> {
    const body = await this.ask("send", (message) => sendEnvelope(message, this.shellId, this.commandId, data, end));
    this.read(() => requireResponse(body, "SendResponse"));
  }

  /** What the program has written since, after at most OperationTimeout. Undefined: nothing yet. */
  async receive(connection: Line): Promise<Output | undefined> {
    const answer = await this.exchange(connection, "receive", (message) => receiveEnvelope(message, this.shellId, this.commandId));
    if (!("fault" in answer)) return this.read(() => outputOf(answer.body, this.commandId));
    if (isTimedOut(answer.fault)) return undefined;
    throw refusedBy(this.description, answer.fault);
  }

  /** Ends the program if it still runs, and frees what the shell keeps of it. */
  async terminate(line: Line): Promise<void> {
    if (this.commandId === "") return;
    const body = await this.ask("signal", (message) => terminateEnvelope(message, this.shellId, this.commandId), line);
    this.read(() => requireResponse(body, "SignalResponse"));
  }

  /** Removes the shell, and ends whatever runs in it. */
  async remove(line: Line): Promise<void> {
    await this.ask("delete", (message) => deleteEnvelope(message, this.shellId), line);
  }

  private get deadlineMs(): number {
    return this.times.operationTimeoutMs + LATENESS_MS;
  }

  private async ask(action: ShellAction, envelope: (message: Message) => string, line = this.commands): Promise<Element> {
    const answer = await this.exchange(line, action, envelope);
    if ("fault" in answer) throw refusedBy(this.description, answer.fault);
    return answer.body;
  }

  private async exchange(connection: Line, action: ShellAction, envelope: (message: Message) => string) {
    const messageId = randomUUID().toUpperCase();
    const { sessionId, maxEnvelopeSize } = this;
    const { operationTimeoutMs } = this.times;
    const message = { messageId, sessionId, maxEnvelopeSize, operationTimeoutMs, url: connection.url };
    const { status, text } = await connection.request(envelope(message), this.deadlineMs);
    return this.read(() => {
      const answer = answerTo(action, messageId, text);
      if (status !== 200 && !("fault" in answer)) throw new SyntaxError(`it comes with HTTP status ${status}`);
      return answer;
    });
  }

  private read<T>(reader: () => T): T {
    try {
      return reader();
    } catch (error) {
      if (error instanceof SyntaxError) throw damaged(this.description, error.message) satisfies HostError;
      throw error;
    }
  }
}
