import type { IncomingHttpHeaders } from "node:http";
import type { Socket } from "node:net";
import { Client, type Dispatcher } from "undici";
import { HostError } from "../../../port";
import { fault } from "../../faults";
import type { Login, LoginOptions } from "./authentication/login";
import { newLogin } from "./authentication/new-login";
import { NtlmLogin } from "./authentication/ntlm-login";
import { damaged } from "./faults";
import { openSocket, type SocketOptions } from "./socket";

export interface ConnectionOptions extends SocketOptions {
  readonly authentication: LoginOptions["authentication"];
  readonly userName?: string | undefined;
  readonly password?: string | undefined;
}

/** An answer with its seal taken off. */
export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

interface RawAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly challenges: readonly string[];
  readonly body: Buffer;
}

/** No envelope is larger than what was asked for, and around it stand only headers and a seal. */
const LARGEST_ANSWER = 1024 * 1024;
const LARGEST_HEADERS = 64 * 1024;
/** More than any way to log in has. */
const MOST_LEGS = 8;
/** The service keeps a connection for two minutes; how long it stays is decided there. */
const NEVER_MS = 24 * 3_600_000;

const PATH = "/wsman";
const PLAIN = "application/soap+xml;charset=UTF-8";

/**
 * One connection to the service, logged in. Requests go one after the other, and each is sent once: when the connection breaks, what was
 * under way is rejected with `connectionLost`, and so is all that comes later.
 */
export class Connection {
  readonly url: string;
  private turn: Promise<unknown> = Promise.resolve();
  private over: HostError | undefined;
  private isHeld = true;

  private constructor(
    private readonly description: string,
    private readonly client: Client,
    private readonly socket: Socket,
    private readonly login: Login,
    private readonly useSsl: boolean,
    origin: string,
    /** How it was logged in: where Negotiate has settled on NTLM, that. */
    readonly authentication: LoginOptions["authentication"],
  ) {
    this.url = `${origin}${PATH}`;
    const ref = socket.ref.bind(socket);
    // The client holds the process for each request, and one is always under way.
    socket.ref = () => (this.isHeld ? ref() : socket);
  }

  /** Rejects with a HostError: not reached, not believed, not let in. */
  static async open(options: ConnectionOptions, description: string): Promise<Connection> {
    const { socket, serverCertificate } = await openSocket(options, description);
    try {
      const login = await newLogin({ ...options, serverCertificate });
      const { origin, client } = clientOn(socket, options);
      const connection = new Connection(description, client, socket, login, options.useSsl, origin, settledOn(login, options));
      if (!login.eachRequest) await connection.logIn(options.connectTimeoutMs);
      return connection;
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  get isOver(): boolean {
    return this.over !== undefined || this.socket.destroyed;
  }

  /**
   * Sends one request, when those before it have been answered.
   *
   * @param deadlineMs past it the connection is given up: the answer could be taken for that of a later request
   */
  request(body: string, deadlineMs: number): Promise<HttpAnswer> {
    const answer = this.turn.then(() => this.exchange(body, deadlineMs));
    this.turn = answer.catch(() => {});
    return answer;
  }

  /** Whether this process stays while a request is under way. */
  hold(isHeld: boolean): void {
    this.isHeld = isHeld;
    if (isHeld) this.socket.ref();
    else this.socket.unref();
  }

  /** Ends it at once. What is under way is rejected with the error. */
  destroy(error: HostError): void {
    this.over ??= error;
    this.client.destroy(this.over, () => {});
    this.socket.destroy();
  }

  private async exchange(body: string, deadlineMs: number): Promise<HttpAnswer> {
    const authorization = this.login.eachRequest ? await this.login.next([]) : undefined;
    const { encryption } = this.login;
    if (!this.useSsl && encryption === undefined) {
      throw new HostError("invalidParameter", `Nothing is said to ${this.description} in plain text: the login seals no messages.`);
    }
    const plain = Buffer.from(body);
    const sent = encryption === undefined ? { contentType: PLAIN, body: plain } : await encryption.seal(plain);
    const answer = await this.post(sent.contentType, sent.body, authorization, deadlineMs);
    if (answer.status === 401) throw await this.notLetIn(answer);
    // Whoever stands between may speak for itself; nothing of it is believed but that the request has failed.
    if (answer.status !== 200 && answer.status !== 500) throw this.refusal(answer);
    const opened = encryption === undefined ? answer.body : await encryption.open(answer.contentType, answer.body);
    return { status: answer.status, text: this.decoded(opened) };
  }

  /** With empty requests: nothing of ours is shown to whom nobody has been let in by. */
  private async logIn(deadlineMs: number): Promise<void> {
    let challenges: readonly string[] = [];
    for (let leg = 0; leg < MOST_LEGS; leg++) {
      const authorization = await this.login.next(challenges);
      const answer = await this.post(PLAIN, Buffer.alloc(0), authorization, deadlineMs);
      if (answer.status === 401) challenges = answer.challenges;
      else if (answer.status >= 400 && answer.status !== 500) throw this.refusal(answer);
      else return this.login.accepted(answer.challenges);
    }
    throw this.loginRefused("it asks again and again");
  }

  private async notLetIn({ challenges }: RawAnswer): Promise<HostError> {
    try {
      // What there is to say of it the login knows best.
      await this.login.next(challenges);
    } catch (error) {
      if (error instanceof HostError) return error;
    }
    return this.loginRefused("it has taken neither the account nor another way to log in");
  }

  private loginRefused(why: string): HostError {
    return fault("loginRefused", `${this.description} does not let the account in: ${why}.`, { remedy: LOGIN });
  }

  private refusal({ status }: RawAnswer): HostError {
    const said = `${this.description} answers with HTTP status ${status}`;
    if (status === 403) return new HostError("accessDenied", `${said}: the account may not.`);
    if (status === 404) {
      return fault("handshakeFailed", `${said}: no WinRM is there.`, {
        remedy:
          "Name the port of the host's WinRM in the host's port (winrm enumerate winrm/config/listener shows it), or switch WinRM on there.",
      });
    }
    if (status === 413) return fault("remoteShellQuota", `${said}: a message is larger than the host takes.`);
    return new HostError("unreachable", `Could not reach WinRM on ${this.description}: HTTP status ${status}.`);
  }

  private async post(contentType: string, body: Buffer, authorization: string | undefined, deadlineMs: number): Promise<RawAnswer> {
    if (this.over !== undefined) throw this.over;
    const late = () => this.destroy(this.lost(`it has not answered within ${Math.round(deadlineMs / 1000)} s`));
    const timer = setTimeout(late, deadlineMs);
    if (!this.isHeld) timer.unref();
    try {
      const headers = {
        "content-type": contentType,
        "user-agent": "pulumi-hyperv-reference-point",
        ...(authorization && { authorization }),
      };
      return await answered(this.client, { method: "POST", path: PATH, headers, body });
    } catch (error) {
      this.destroy(this.broken(error as NodeJS.ErrnoException));
      throw this.over;
    } finally {
      clearTimeout(timer);
    }
  }

  private broken(error: NodeJS.ErrnoException): HostError {
    if (error.code === "UND_ERR_RES_EXCEEDED_MAX_SIZE") return damaged(this.description, "it is larger than any that was asked for");
    if (error.code?.startsWith("HPE_")) return damaged(this.description, `it is no HTTP (${error.code})`);
    return this.lost(error.message);
  }

  private lost(why: string): HostError {
    return new HostError("connectionLost", `The connection to ${this.description} broke: ${why}.`);
  }

  private decoded(body: Buffer): string {
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(body);
    } catch {
      throw damaged(this.description, "it is no UTF-8");
    }
  }
}

const LOGIN =
  "Check the host's userName and password, and that the host's WinRM takes this way to log in (winrm get winrm/config/service/auth); then run the command again.";

function settledOn(login: Login, { authentication }: ConnectionOptions): LoginOptions["authentication"] {
  return login instanceof NtlmLogin ? "ntlm" : authentication;
}

/** By the dispatcher itself: a stream for each answer, which is taken whole, would cost more than what is said. */
function answered(client: Client, request: Dispatcher.DispatchOptions): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let status = 0;
    let headers: IncomingHttpHeaders = {};
    client.dispatch(request, {
      // Without it the dispatcher takes the handler for one of its old kind.
      onRequestStart: () => {},
      onResponseStart: (_, statusCode, said) => {
        status = statusCode;
        headers = said;
      },
      onResponseData: (_, piece) => pieces.push(piece),
      onResponseEnd: () =>
        resolve({
          status,
          contentType: String(headers["content-type"] ?? ""),
          challenges: [headers["www-authenticate"] ?? []].flat(),
          body: Buffer.concat(pieces),
        }),
      onResponseError: (_, error) => reject(error),
    });
  });
}

/** Speaks HTTP on one socket, and never on another. */
function clientOn(socket: Socket, { useSsl, computerName, port }: ConnectionOptions): { origin: string; client: Client } {
  const origin = `${useSsl ? "https" : "http"}://${computerName.includes(":") ? `[${computerName}]` : computerName}:${port}`;
  let isTaken = false;
  const client = new Client(origin, {
    connect: (_, callback) => {
      const taken = isTaken || socket.destroyed;
      isTaken = true;
      // An answer within the call is overlooked: the client is at something else.
      queueMicrotask(() => (taken ? callback(new Error("it was closed"), null) : callback(null, socket)));
    },
    pipelining: 1,
    // Each request has a deadline of its own.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: NEVER_MS,
    keepAliveMaxTimeout: NEVER_MS,
    maxHeaderSize: LARGEST_HEADERS,
    maxResponseSize: LARGEST_ANSWER,
  });
  return { origin, client };
}
