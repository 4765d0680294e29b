import { HostError } from "../../../../port";
import { challengeOf } from "./challenges";
import { endPointBindingHash } from "./channel-binding";
import type { Login, LoginOptions, MessageEncryption } from "./login";
import { type MessageSecurity, sealedBodies } from "./message-encryption";
import type { NtlmAccount } from "./ntlm/keys";
import { NtlmSession, type NtlmStreams } from "./ntlm/ntlm-session";
import { notOffered, PASSWORD_REMEDY, refused, unfitAnswer, whoAndWhere } from "./refusals";
import { initToken, mechanismList, mechanisms, readResponse, responseToken } from "./spnego/tokens";

/**
 * NTLMv2 within SPNEGO, under the scheme Negotiate (RFC 4559): one leg that names nobody, one with the response. Within SPNEGO the host
 * vouches for the session in its last token.
 */
export class NtlmLogin implements Login {
  readonly eachRequest = false;
  encryption: MessageEncryption | undefined;
  private readonly session: NtlmSession;
  private streams: NtlmStreams | undefined;
  private hasBegun = false;

  constructor(private readonly options: LoginOptions) {
    const { computerName, userName, password, serverCertificate } = options;
    if (!userName || password === undefined)
      throw new HostError("invalidParameter", `Nobody can log in to ${whoAndWhere(options).host} by NTLM without a name and a password.`);
    this.session = new NtlmSession({
      account: accountOf(userName, password),
      targetName: `HTTP/${computerName}`,
      channelBindings: serverCertificate && endPointBindingHash(serverCertificate),
    });
  }

  async next(challenges: readonly string[]): Promise<string | undefined> {
    if (!this.hasBegun) {
      if (challenges.length > 0 && challengeOf("Negotiate", challenges) === undefined) throw notOffered(this.options, challenges);
      this.hasBegun = true;
      return header(initToken(OFFERED, this.session.negotiate));
    }
    // The password has been judged: another try could be the one that locks the account.
    if (this.streams !== undefined) throw refused(this.options, PASSWORD_REMEDY);
    return header(this.respond(challenges));
  }

  async accepted(challenges: readonly string[]): Promise<void> {
    const { streams } = this;
    if (streams === undefined) throw unfitAnswer(this.options, "it has let the connection in before it was told who logs in");
    const token = challengeOf("Negotiate", challenges)?.token;
    const response = token && readResponse(token);
    if (token !== undefined && response === undefined) throw unfitAnswer(this.options, "its last token cannot be read");
    if (response?.isRejected) throw refused(this.options, PASSWORD_REMEDY);
    if (response?.mechListMic !== undefined) {
      if (!streams.incoming.verify(response.mechListMic, mechanismList(OFFERED)))
        throw unfitAnswer(this.options, "its last token is not made with the session's key");
      streams.incoming.restartCipher();
    }
    if (!this.options.useSsl) this.encryption = sealedBodies(sealing(streams), "SPNEGO", whoAndWhere(this.options).host);
  }

  private respond(challenges: readonly string[]): Buffer {
    const token = challengeOf("Negotiate", challenges)?.token;
    if (token === undefined) throw notOffered(this.options, challenges);
    const response = readResponse(token);
    if (response === undefined) throw unfitAnswer(this.options, "its token cannot be read");
    if (response.token === undefined) throw notOffered(this.options, challenges);
    const answer = this.session.authenticate(response.token);
    if ("problem" in answer) throw unfitAnswer(this.options, answer.problem);
    this.streams = answer.streams;
    const mechListMic = answer.streams.outgoing.sign(mechanismList(OFFERED));
    answer.streams.outgoing.restartCipher();
    return responseToken(answer.message, mechListMic);
  }
}

const OFFERED = [mechanisms.ntlm];

function header(token: Buffer): string {
  return `Negotiate ${token.toString("base64")}`;
}

function sealing({ outgoing, incoming }: NtlmStreams): MessageSecurity {
  return {
    seal: async (message) => {
      const { signature, data } = outgoing.seal(message);
      return { header: signature, data, padding: 0 };
    },
    unseal: async (signature, data) => incoming.unseal(signature, data),
  };
}

/** A name with a domain before a backslash; every other name goes as it is, for the host to make out. */
export function accountOf(userName: string, password: string): NtlmAccount {
  const at = userName.indexOf("\\");
  return at === -1 ? { domain: "", name: userName, password } : { domain: userName.slice(0, at), name: userName.slice(at + 1), password };
}
