import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { cachedPython, winrmPeersVariable } from "../../../tools/winrm-peers/ensure.mjs";

export interface NtlmUser {
  /** Empty for a local account, and for one that is given as name@realm. */
  readonly domain: string;
  readonly name: string;
  readonly password: string;
}

export interface AcceptorOptions {
  readonly users?: readonly NtlmUser[];
  /** What Kerberos needs: KRB5_CONFIG, KRB5_KTNAME. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface AcceptorConnectionOptions {
  /** "ntlm": bare tokens; "negotiate": SPNEGO, or a bare token; "kerberos": a bare token, or SPNEGO around it. */
  readonly protocol: "ntlm" | "negotiate" | "kerberos";
  /** What a login must be bound to: "tls-server-end-point:" and the hash of the certificate. */
  readonly bindings?: Buffer;
  /** In their place the host's certificate (DER): its bindings are then made by other people's code, too. */
  readonly certificate?: Buffer;
}

export interface Accepted {
  /** For the WWW-Authenticate header. */
  readonly token: Buffer | undefined;
  readonly done: boolean;
  readonly user: string | undefined;
  readonly mechanism: string | undefined;
  /** Of Kerberos, whether its bindings were found right. */
  readonly isBound?: boolean;
}

export interface Sealed {
  /** The signature or the token's header, whose length leads a sealed part on the wire. */
  readonly header: Buffer;
  readonly data: Buffer;
  readonly padding: number;
}

/** Rejected with where the peers' code refuses a token or a message. */
export class AcceptorRefusal extends Error {
  constructor(
    /** Class of the error in Python: "InvalidTokenError", "BadBindingsError", "BadMICError". */
    readonly kind: string,
    text: string,
    /** What tells the client why, where Kerberos has something for it. */
    readonly token?: Buffer,
  ) {
    super(`${kind}: ${text}`);
  }
}

/** The Python with pyspnego; undefined where tools/winrm-peers has made none. */
export function peersPython(): string | undefined {
  const python = process.env[winrmPeersVariable] ?? cachedPython().python;
  return fs.existsSync(python) ? python : undefined;
}

/** Other people's code as the server of logins: one process, any number of connections. */
export class Acceptor {
  private readonly waiting: ((line: string) => void)[] = [];
  private opened = 0;
  private said = "";
  private hasEnded = false;

  private constructor(
    private readonly process: ChildProcessWithoutNullStreams,
    private readonly folder: string,
  ) {
    process.stderr.on("data", (data) => {
      this.said += data;
    });
    // What it has not read when it ends is answered below.
    process.stdin.on("error", () => {});
    createInterface({ input: process.stdout }).on("line", (line) => this.waiting.shift()?.(line));
    process.once("close", () => {
      this.hasEnded = true;
      for (const answer of this.waiting.splice(0)) answer(this.lastWords());
    });
  }

  static start({ users = [], environment = {} }: AcceptorOptions = {}): Acceptor {
    const python = peersPython();
    if (python === undefined) throw new Error("There is no Python with pyspnego: run node tools/winrm-peers/ensure.mjs.");
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "acceptor-"));
    const userFile = path.join(folder, "users");
    fs.writeFileSync(userFile, users.map(({ domain, name, password }) => `${domain}:${name}:${password}\n`).join(""), { mode: 0o600 });
    const script = fileURLToPath(new URL("acceptor.py", import.meta.url));
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1", NTLM_USER_FILE: userFile, ...environment };
    return new Acceptor(spawn(python, ["-u", script], { env, stdio: "pipe" }), folder);
  }

  async connection({ protocol, bindings, certificate }: AcceptorConnectionOptions): Promise<AcceptorConnection> {
    const name = `c${++this.opened}`;
    const bound = { bindings: bindings?.toString("base64"), certificate: certificate?.toString("base64") };
    await this.ask({ do: "open", connection: name, protocol, ...bound });
    return new AcceptorConnection(name, (request) => this.ask(request));
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once("close", resolve));
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill("SIGKILL");
      await ended;
    }
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  private lastWords(): string {
    return JSON.stringify({ refused: { kind: "Ended", text: this.said.slice(-2000) } });
  }

  private async ask(request: Readonly<Record<string, unknown>>): Promise<Answer> {
    const answered = new Promise<string>((resolve) => {
      if (this.hasEnded) resolve(this.lastWords());
      else this.waiting.push(resolve);
    });
    this.process.stdin.write(`${JSON.stringify(request)}\n`);
    const answer = JSON.parse(await answered);
    if (answer.refused !== undefined) {
      const { kind, text, token } = answer.refused;
      throw new AcceptorRefusal(kind, text, typeof token === "string" ? bytes(token) : undefined);
    }
    return answer;
  }
}

interface Answer {
  readonly token?: string | null;
  readonly done?: boolean;
  readonly user?: string | null;
  readonly mechanism?: string | null;
  readonly bound?: boolean | null;
  readonly header?: string;
  readonly data?: string;
  readonly padding?: number;
}

/** One connection of HTTP, as the acceptor knows it. */
export class AcceptorConnection {
  constructor(
    private readonly name: string,
    private readonly ask: (request: Readonly<Record<string, unknown>>) => Promise<Answer>,
  ) {}

  async accept(token: Buffer): Promise<Accepted> {
    const answer = await this.ask({ do: "accept", connection: this.name, token: token.toString("base64") });
    return {
      token: typeof answer.token === "string" ? bytes(answer.token) : undefined,
      done: answer.done === true,
      user: answer.user ?? undefined,
      mechanism: answer.mechanism ?? undefined,
      ...(typeof answer.bound === "boolean" && { isBound: answer.bound }),
    };
  }

  async seal(data: Buffer): Promise<Sealed> {
    const answer = await this.ask({ do: "seal", connection: this.name, data: data.toString("base64") });
    return { header: bytes(answer.header), data: bytes(answer.data), padding: answer.padding ?? 0 };
  }

  async unseal(header: Buffer, data: Buffer): Promise<Buffer> {
    const request = { do: "unseal", connection: this.name, header: header.toString("base64"), data: data.toString("base64") };
    return bytes((await this.ask(request)).data);
  }

  async close(): Promise<void> {
    await this.ask({ do: "close", connection: this.name });
  }
}

const bytes = (text: string | undefined): Buffer => Buffer.from(text ?? "", "base64");
