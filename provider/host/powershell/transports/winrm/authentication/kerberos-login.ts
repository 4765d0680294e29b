import { challengeOf } from "./challenges";
import type { KerberosSession } from "./kerberos/kerberos-session";
import type { Login, LoginOptions, MessageEncryption } from "./login";
import { sealedBodies } from "./message-encryption";
import { notOffered, refused, unfitAnswer, whoAndWhere } from "./refusals";

/**
 * Kerberos alone under its own scheme, or within SPNEGO under Negotiate. The host proves itself in its last token, without which nothing is
 * believed; but where Windows' own Negotiate has settled on NTLM, there is none.
 */
export class KerberosLogin implements Login {
  readonly eachRequest = false;
  encryption: MessageEncryption | undefined;
  private legs = 0;

  constructor(
    private readonly options: LoginOptions,
    private readonly session: KerberosSession,
    private readonly scheme: "Kerberos" | "Negotiate",
  ) {}

  async next(challenges: readonly string[]): Promise<string | undefined> {
    if (this.legs++ === 0) return this.header(this.session.firstToken);
    const challenge = challengeOf(this.scheme, challenges);
    if (challenge === undefined) throw notOffered(this.options, challenges);
    const answer = challenge.token && (await this.session.step(challenge.token));
    if (answer === undefined) throw refused(this.options, REMEDY);
    return this.header(answer);
  }

  async accepted(challenges: readonly string[]): Promise<void> {
    const token = challengeOf(this.scheme, challenges)?.token;
    const more = token && (await this.session.step(token));
    if (more !== undefined || !this.session.isComplete) throw unfitAnswer(this.options, "the host has not proved who it is");
    const protocol = this.scheme === "Kerberos" ? "Kerberos" : "SPNEGO";
    if (!this.options.useSsl) this.encryption = sealedBodies(this.session.security, protocol, whoAndWhere(this.options).host);
  }

  private header(token: Buffer): string {
    return `${this.scheme} ${token.toString("base64")}`;
  }
}

const REMEDY =
  "Make the account a member of the host's Administrators or Remote Management Users. Where the host's CbtHardeningLevel is Strict, keep tickets in a file (KRB5CCNAME=FILE:/path) or give the host a credential; from Windows, use ntlm or a certificate.";
