import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import type { Acceptor, AcceptorConnection } from "./acceptor";
import { defaultUser, type LoginKind, type WinrmOptions } from "./options";
import { CERTIFICATE_LOGIN } from "./words";

/** What a request comes to before it is read. */
export type Admission =
  | { readonly user: string; readonly token?: string; readonly sealing?: AcceptorConnection }
  /** Refused for now: what the client may answer. */
  | { readonly challenges: readonly string[] };

/** Decides who is let in, on one connection: NTLM and Kerberos are logins of a connection, not of a request. */
export class Gate {
  private accepting: AcceptorConnection | undefined;
  private user: string | undefined;

  constructor(
    private readonly options: WinrmOptions,
    private readonly acceptor: Acceptor | undefined,
    /** DER, over HTTPS. */
    private readonly certificate: Buffer | undefined,
  ) {}

  async admit(request: IncomingMessage): Promise<Admission> {
    const [scheme = "", rest = ""] = splitOnce(request.headers.authorization ?? "");
    if (/^(negotiate|kerberos)$/i.test(scheme) && this.acceptor !== undefined && this.takes(scheme.toLowerCase() as LoginKind))
      return this.step(scheme, Buffer.from(rest, "base64"));
    if (scheme === "" && this.user !== undefined && this.accepting !== undefined) return { user: this.user, sealing: this.accepting };
    if (this.takes("basic") && /^basic$/i.test(scheme)) {
      const user = this.userOf(rest);
      if (user !== undefined) return { user };
    }
    if (this.takes("certificate") && scheme === CERTIFICATE_LOGIN && (request.socket as TLSSocket).authorized === true)
      return { user: defaultUser.userName };
    return { challenges: this.challenges() };
  }

  close(): void {
    this.accepting?.close().catch(() => {});
  }

  private async step(scheme: string, token: Buffer): Promise<Admission> {
    // A new login on the connection takes the place of one that is under way or done.
    if (this.user !== undefined || this.accepting === undefined) {
      this.close();
      this.user = undefined;
      const certificate = this.options.requiresChannelBinding ? this.certificate : undefined;
      const protocol = /^kerberos$/i.test(scheme) ? "kerberos" : "negotiate";
      this.accepting = await this.acceptor?.connection({ protocol, ...(certificate && { certificate }) });
    }
    const { accepting } = this;
    if (accepting === undefined) return { challenges: this.challenges() };
    try {
      const { token: answer, done, user } = await accepting.accept(token);
      const header = `${scheme}${answer ? ` ${answer.toString("base64")}` : ""}`;
      if (!done) return { challenges: [header] };
      this.user = (user ?? "").replace(/^\\/, "");
      return { user: this.user, ...(answer && { token: header }), sealing: accepting };
    } catch {
      this.close();
      this.accepting = undefined;
      return { challenges: this.challenges() };
    }
  }

  private challenges(): string[] {
    const offered = [
      this.acceptor && this.takes("negotiate") && "Negotiate",
      this.acceptor && this.takes("kerberos") && "Kerberos",
      this.takes("basic") && 'Basic realm="WSMAN"',
      this.takes("certificate") && CERTIFICATE_LOGIN,
    ];
    return offered.filter((one) => typeof one === "string");
  }

  private takes(kind: LoginKind): boolean {
    const { useSsl = true, allowUnencrypted = false, logins = ["basic", "certificate"] } = this.options;
    const needsTls = (kind === "basic" && !allowUnencrypted) || kind === "certificate";
    return (useSsl || !needsTls) && logins.includes(kind);
  }

  private userOf(basic: string): string | undefined {
    const [userName = "", password = ""] = splitOnce(Buffer.from(basic, "base64").toString("utf8"), ":");
    const users = this.options.users ?? { [defaultUser.userName]: defaultUser.password };
    return Object.hasOwn(users, userName) && users[userName] === password ? userName : undefined;
  }
}

function splitOnce(text: string, by = " "): [string, string] {
  const at = text.indexOf(by);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
