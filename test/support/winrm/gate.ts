import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import { defaultUser, type LoginKind, type WinrmOptions } from "./options";
import { CERTIFICATE_LOGIN } from "./words";

/** What a request comes to before it is read. */
export type Admission =
  | { readonly user: string; readonly headers?: Readonly<Record<string, string>> }
  /** Refused for now: what the client may answer. */
  | { readonly challenges: readonly string[] };

/** Decides who is let in, on one connection. */
export class Gate {
  constructor(private readonly options: WinrmOptions) {}

  async admit(request: IncomingMessage): Promise<Admission> {
    const [scheme = "", rest = ""] = splitOnce(request.headers.authorization ?? "");
    if (this.takes("basic") && /^basic$/i.test(scheme)) {
      const user = this.userOf(rest);
      if (user !== undefined) return { user };
    }
    if (this.takes("certificate") && scheme === CERTIFICATE_LOGIN && (request.socket as TLSSocket).authorized === true)
      return { user: defaultUser.userName };
    return { challenges: this.takes("basic") ? ['Basic realm="WSMAN"'] : [CERTIFICATE_LOGIN] };
  }

  private takes(kind: LoginKind): boolean {
    return this.options.logins?.includes(kind) ?? true;
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
