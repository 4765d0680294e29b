import { stripVTControlCharacters } from "node:util";
import { HostError } from "../../port";
import { fault } from "../faults";
import type { ShellEnd, ShellPipe, Transport } from "../transports/transport";
import { bridge, firstLine, newMark, secondLine } from "./bootstrap";
import { type Greeting, greeting, PROTOCOL_VERSION } from "./greeting";
import { MarkedLines } from "./marked-lines";
import { requestLine } from "./request-line";

export interface SessionTimes {
  /** How long the shell may take to its first answer. */
  readonly handshakeMs: number;
  /** How often a session is heard of. A word that is not answered within twice the time ends it: not before half of the silence. */
  readonly pingMs: number;
  /** After so long without a word the bridge takes this side for dead; after half of it, it changes nothing any more. */
  readonly silenceSeconds: number;
  /** How long the end may take. */
  readonly closeMs: number;
}

export const sessionTimes: SessionTimes = { handshakeMs: 30_000, pingMs: 30_000, silenceSeconds: 120, closeMs: 1500 };

/** What the bridge answered: a value, or an error that it can name. */
export type Reply = { readonly value: unknown } | { readonly error: unknown };

/** A marked line: the reader is ready, why nothing will come of it, or a reply. */
type Line = { readonly reads: true } | { readonly fault: string; readonly id?: string } | ({ readonly id: number } & Reply);

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: HostError) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * One shell on a host, with the bridge running in it. Requests are answered in any order. When the shell ends, or lets a deadline pass,
 * every request that waits is rejected with `connectionLost`, and the session is over.
 */
export class Session {
  private readonly waiting = new Map<number, Waiting>();
  private readonly output: MarkedLines;
  private readonly mark = newMark();
  private said = "";
  private lastId = 0;
  private over: HostError | undefined;
  private pings: NodeJS.Timeout | undefined;
  private answered: Greeting | undefined;

  private constructor(
    private readonly transport: Transport,
    private readonly pipe: ShellPipe,
    private readonly times: SessionTimes,
  ) {
    this.output = new MarkedLines(pipe.output, this.mark, (text) => this.take(text));
    pipe.errors.on("data", (text: string) => {
      this.said = (this.said + text).slice(-4000);
    });
    pipe.errors.on("error", () => {});
    void pipe.ended.then((end) => this.finish(this.endError(end)));
  }

  /**
   * Starts a shell and the bridge in it. Rejects with `unreachable` or `unusable`.
   *
   * @param closing ends a shell that has not answered yet, with `connectionLost`
   */
  static async open(transport: Transport, times: SessionTimes = sessionTimes, closing?: AbortSignal): Promise<Session> {
    const pipe = await transport.open();
    const session = new Session(transport, pipe, times);
    const stop = () => session.finish(session.closed());
    closing?.addEventListener("abort", stop, { once: true });
    try {
      if (closing?.aborted) throw session.closed();
      await session.shakeHands();
      return session;
    } catch (error) {
      pipe.kill();
      // Only then has what was needed for the way in been removed.
      await pipe.ended;
      throw error;
    } finally {
      closing?.removeEventListener("abort", stop);
    }
  }

  get isOver(): boolean {
    return this.over !== undefined;
  }

  /** What the shell and the machine are. */
  get host(): Greeting {
    if (this.answered === undefined) throw new TypeError("the session has not been opened");
    return this.answered;
  }

  /** @param deadlineMs past it the shell is ended, for nobody knows what it is doing */
  request(verb: string, requestArguments: object, deadlineMs: number): Promise<Reply> {
    if (this.over !== undefined) return Promise.reject(this.over);
    const id = ++this.lastId;
    const reply = this.replyTo(id, deadlineMs, () =>
      this.finish(this.lost(`it has not answered to ${verb} within ${Math.round(deadlineMs / 1000)} s`)),
    );
    this.pipe.input.write(requestLine(id, verb, requestArguments));
    return reply;
  }

  /** Ends the shell: by the end of its input, and where that is not enough, at once. */
  async close(): Promise<void> {
    this.stop(this.closed());
    this.pipe.hold(true);
    this.pipe.input.end();
    const timer = setTimeout(() => this.pipe.kill(), this.times.closeMs);
    await this.pipe.ended;
    clearTimeout(timer);
  }

  private async shakeHands(): Promise<void> {
    const { transport, times } = this;
    const first = this.replyTo(0, transport.connectMs + times.handshakeMs, () => this.finish(this.silent()));
    this.pipe.input.write(firstLine(this.mark));
    const reply = await first;
    const parsed = greeting.safeParse("value" in reply ? reply.value : undefined);
    if (!parsed.success || parsed.data.protocolVersion !== PROTOCOL_VERSION) throw this.handshakeFailed("its first answer makes no sense");
    if (parsed.data.digest !== bridge().digest) throw this.handshakeFailed("the bridge's text did not arrive as it was sent");
    if (parsed.data.paths === "unknown") throw fault("notWindows", `${transport.description} is no Windows machine.`);
    this.answered = parsed.data;
    this.pipe.established();
    this.pings = setInterval(() => {
      this.request("ping", {}, 2 * times.pingMs).catch(() => {});
    }, times.pingMs);
    this.pings.unref();
  }

  private replyTo(id: number, deadlineMs: number, late: () => void): Promise<Reply> {
    this.pipe.hold(true);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject, timer: setTimeout(late, deadlineMs) });
    });
  }

  private take(text: string): void {
    let line: Line;
    try {
      line = JSON.parse(text) as Line;
    } catch {
      this.finish(this.lost("an answer arrived damaged"));
      return;
    }
    if ("reads" in line) this.pipe.input.write(secondLine(this.mark, this.times.silenceSeconds));
    else if ("fault" in line) this.finish(this.refused(line.fault, line.id ?? ""));
    else {
      const waiting = this.waiting.get(line.id);
      this.waiting.delete(line.id);
      clearTimeout(waiting?.timer);
      waiting?.resolve(line);
      // A session that only stands by for the next question must not keep a program from ending.
      if (this.waiting.size === 0) this.pipe.hold(false);
    }
  }

  /** Nobody is answered any more, and the shell is ended. */
  private finish(error: HostError): void {
    this.stop(error);
    this.pipe.kill();
  }

  private stop(error: HostError): void {
    this.over ??= error;
    clearInterval(this.pings);
    for (const { reject, timer } of this.waiting.values()) {
      clearTimeout(timer);
      reject(this.over);
    }
    this.waiting.clear();
  }

  private endError(end: ShellEnd): HostError {
    if (this.answered === undefined) return this.transport.explain(end, this.noise());
    if (end.failure !== undefined) return new HostError("connectionLost", end.failure.message, end.failure.details, { cause: end.failure });
    const how = end.signal === undefined ? `exit code ${end.exitCode ?? "unknown"}` : `signal ${end.signal}`;
    return this.lost(`it ended (${how})${this.noise()}`);
  }

  private closed(): HostError {
    return this.lost("the session was closed");
  }

  private lost(why: string): HostError {
    return new HostError("connectionLost", `The connection to ${this.transport.description} broke: ${why}.`);
  }

  private silent(): HostError {
    const { connectMs, description } = this.transport;
    const why = `it has not answered within ${Math.round((connectMs + this.times.handshakeMs) / 1000)} s`;
    // Over a network, a shell that says nothing cannot be told from a connection that carries nothing: worth another try.
    if (connectMs > 0) return new HostError("unreachable", `Could not reach ${description}: ${why}${this.noise()}.`);
    return this.handshakeFailed(why);
  }

  private handshakeFailed(why: string): HostError {
    return fault("handshakeFailed", `${this.transport.description} cannot be worked with: ${why}${this.noise()}.`);
  }

  private refused(name: string, id: string): HostError {
    const { description } = this.transport;
    if (name === "languageMode") return fault("languageMode", `${description} runs in a restricted language mode.`);
    if (name === "powershellTooOld") return fault("powershellTooOld", `${description} is older than version 5.1.`);
    if (id.includes("ScriptContainedMaliciousContent")) {
      return fault("blockedByAntimalware", `The antimalware of ${description} stopped the bridge (${id}).`);
    }
    return this.handshakeFailed(`the bridge did not start (${id})`);
  }

  /** What the shell said beside its answers, for a person. */
  private noise(): string {
    const said = stripVTControlCharacters(`${this.output.noise}\n${this.said}`).replace(/\s+/g, " ").trim();
    return said === "" ? "" : `; it said: ${said.slice(-600)}`;
  }
}
