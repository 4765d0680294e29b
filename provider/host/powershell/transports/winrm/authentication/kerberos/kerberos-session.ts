import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import type { HostError } from "../../../../../port";
import { fault } from "../../../../faults";
import { withVariable } from "../../../process-environment";
import { endPointBindingHash } from "../channel-binding";
import type { LoginOptions } from "../login";
import type { MessageSecurity } from "../message-encryption";
import { whoAndWhere } from "../refusals";
import { boundToken } from "./encrypted-part";
import { explained, isJudged } from "./explain";
import { type ClientOptions, type KerberosClient, loadKerberos, mechanismOf } from "./kerberos-package";
import { MessageSealer } from "./message-sealer";
import { type OwnCache, type TicketProblem, ticketFor } from "./ticket";
import { splitToken } from "./wrapped-token";

/** Where Kerberos has not even begun; nothing was sent to the host. */
export interface NotBegun {
  readonly error: HostError;
  /** A domain controller has judged the password: it must not be tried again in another way. */
  readonly isJudged: boolean;
}

type Mechanism = keyof typeof mechanismOf;

/** One client of GSS-API, or of SSPI on Windows. */
export class KerberosSession {
  private hasReply = false;

  private constructor(
    private readonly options: LoginOptions,
    private readonly client: KerberosClient,
    /** For the first request. */
    readonly firstToken: Buffer,
    private readonly sealer: MessageSealer | undefined,
  ) {}

  /** Gets a ticket to the host. Rejects with a HostError where the package is missing. */
  static async begin(options: LoginOptions, mechanism: Mechanism): Promise<KerberosSession | NotBegun> {
    const kerberos = loadKerberos();
    const { userName, password } = options;
    const hasOwnCache = !isWindows && userName !== undefined && password !== undefined;
    const own = hasOwnCache ? await ticketFor(userName, password) : undefined;
    if (own !== undefined && "problem" in own) return { error: ticketError(options, own), isJudged: isJudged(own.problem) };
    try {
      return await inTurn(own, async () => {
        const client = await kerberos.initializeClient(serviceOf(options), clientOptions(options, mechanism));
        const token = bytes(await client.step(""));
        if (isWindows) return new KerberosSession(options, client, token, undefined);
        const cache = readCache(own?.file ?? defaultCache());
        if (options.useSsl) return new KerberosSession(options, client, bound(options, cache, token), undefined);
        const sealer = cache && MessageSealer.of(cache, token);
        if (sealer === undefined) return { error: noSealing(options), isJudged: false };
        return new KerberosSession(options, client, token, sealer);
      });
    } catch (error) {
      return { error: explained(options, (error as Error).message), isJudged: false };
    } finally {
      own?.remove();
    }
  }

  /** Takes a token of the host; answers the next one, if there is one. Rejects with a HostError. */
  async step(token: Buffer): Promise<Buffer | undefined> {
    const next = await this.client.step(token.toString("base64")).catch((error: Error) => {
      throw explained(this.options, error.message);
    });
    if (this.sealer?.takeReply(token)) this.hasReply = true;
    if (this.isComplete && this.sealer !== undefined && !this.hasReply) throw noSealing(this.options);
    return next ? bytes(next) : undefined;
  }

  /** Nothing is waited for: with Kerberos the host has proved itself, too. */
  get isComplete(): boolean {
    return this.client.username !== null;
  }

  readonly security: MessageSecurity = {
    seal: async (message) => {
      const token = this.sealer?.seal(message) ?? bytes(await this.client.wrap(message.toString("base64"), { protect: true }));
      const parts = splitToken(token, message.length);
      if (parts === undefined) throw noSealing(this.options);
      return parts;
    },
    unseal: async (header, data) => {
      try {
        return bytes(await this.client.unwrap(Buffer.concat([header, data]).toString("base64")));
      } catch {
        return undefined;
      }
    },
  };
}

function bytes(text: string | null): Buffer {
  return Buffer.from(text ?? "", "base64");
}

const isWindows = process.platform === "win32";

/** HTTP is the name that Windows takes for WinRM; without an entry of its own the domain takes HOST for it. */
function serviceOf({ computerName }: LoginOptions): string {
  return isWindows ? `HTTP/${computerName}` : `HTTP@${computerName}`;
}

/** Mutual authentication, replays and order noticed, secret and whole. The last one has another number in SSPI. */
const FLAGS = 2 | 4 | 8 | 16 | (isWindows ? 0x10000 : 32);

function clientOptions({ userName, password }: LoginOptions, mechanism: Mechanism): ClientOptions {
  const base = { mechOID: mechanismOf[mechanism], flags: FLAGS };
  if (userName === undefined) return base;
  if (!isWindows) return password === undefined ? { ...base, principal: userName } : base;
  const [domain = "", user = ""] = userName.includes("\\") ? userName.split("\\", 2) : ["", userName];
  return { ...base, user, domain, ...(password !== undefined && { password }) };
}

/** Where MIT's library keeps tickets unless it is told otherwise. What is no file cannot be read here. */
function defaultCache(): string {
  const { KRB5CCNAME } = process.env;
  if (KRB5CCNAME === undefined) return `/tmp/krb5cc_${userInfo().uid}`;
  return KRB5CCNAME.replace(/^FILE:/, "");
}

function readCache(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Where no file has the ticket's key, the login goes without a binding, which a host takes unless its CbtHardeningLevel is Strict. */
function bound({ serverCertificate }: LoginOptions, cache: Buffer | undefined, token: Buffer): Buffer {
  const bindings = serverCertificate && endPointBindingHash(serverCertificate);
  return (cache && bindings && boundToken(cache, token, bindings)) ?? token;
}

function ticketError(options: LoginOptions, { problem, isProgramMissing }: TicketProblem): HostError {
  if (!isProgramMissing) return explained(options, problem);
  return fault("programMissing", `Kerberos gets a ticket for a password by kinit, and there is none on this machine (${problem}).`, {
    remedy: "Install kinit (Debian: krb5-user), or leave the credential out and have a ticket where pulumi runs.",
  });
}

function noSealing(options: LoginOptions): HostError {
  const { host } = whoAndWhere(options);
  const why = "its ticket is in no file of this machine, or is not of AES";
  return fault("handshakeFailed", `Messages to ${host} cannot be sealed with Kerberos: ${why}.`, {
    remedy:
      "Use HTTPS (useSsl), which seals by itself; or give the host a credential, or keep tickets in a file (KRB5CCNAME=FILE:/path) and let the host's account have AES keys.",
  });
}

let turn: Promise<unknown> = Promise.resolve();

/** GSS-API is told by a variable of the whole process which cache to read: one login after the other. */
function inTurn<T>(own: OwnCache | undefined, use: () => Promise<T>): Promise<T> {
  const result = turn.then(() => (own === undefined ? use() : withVariable("KRB5CCNAME", `FILE:${own.file}`, use)));
  turn = result.catch(() => {});
  return result;
}
