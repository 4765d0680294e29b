import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { indispensable, lacking, negotiateFlags, offered } from "./flags";
import { hmacMd5, lmv2Response, messageKeys, type NtlmAccount, ntlmv2Response, responseKey } from "./keys";
import { MessageStream } from "./message-stream";
import { authenticateMessage, negotiateMessage, readChallenge, withMic } from "./messages";
import { Rc4 } from "./rc4";
import { attribute, readTargetInfo, withClientsPart, writeTargetInfo } from "./target-info";

export interface NtlmOptions {
  readonly account: NtlmAccount;
  /** What is logged in to: "HTTP/hv01.example.com". */
  readonly targetName: string;
  /** Hash over the TLS channel's bindings; undefined without TLS. */
  readonly channelBindings: Buffer | undefined;
}

/** Streams of both directions, once the host has a response. */
export interface NtlmStreams {
  readonly outgoing: MessageStream;
  readonly incoming: MessageStream;
}

/** What chance and the clock give. */
export interface NtlmChance {
  readonly clientChallenge: Buffer;
  readonly sessionKey: Buffer;
  readonly now: Buffer;
}

/** The client's side of one NTLMv2 login (MS-NLMP, section 3.1.5). Older responses are neither made nor accepted. */
export class NtlmSession {
  readonly negotiate = negotiateMessage();

  constructor(
    private readonly options: NtlmOptions,
    private readonly chance: NtlmChance = byChance(),
  ) {}

  /** The answer to a challenge, and the keys that follow from it. What is wrong with the challenge where there is no answer. */
  authenticate(challengeMessage: Buffer): { message: Buffer; streams: NtlmStreams } | { problem: string } {
    const challenge = readChallenge(challengeMessage);
    if (challenge === undefined) return { problem: "its challenge of NTLM cannot be read" };
    const missing = lacking(challenge.flags, indispensable);
    if (missing.length > 0) return { problem: `its challenge of NTLM lacks ${missing.join(", ")}` };
    const host = readTargetInfo(challenge.targetInfo);
    if (host === undefined) return { problem: "what its challenge of NTLM says of the host cannot be read" };

    const { account, targetName, channelBindings } = this.options;
    const { clientChallenge, sessionKey } = this.chance;
    const key = responseKey(account);
    const hostsClock = host.get(attribute.timestamp);
    const { response, sessionBaseKey } = ntlmv2Response({
      responseKey: key,
      serverChallenge: challenge.serverChallenge,
      clientChallenge,
      timestamp: hostsClock ?? this.chance.now,
      targetInfo: writeTargetInfo(withClientsPart(host, targetName, channelBindings)),
    });
    const unsigned = authenticateMessage({
      flags: (challenge.flags & (offered | negotiateFlags.targetInfo)) >>> 0,
      lmResponse: hostsClock === undefined ? lmv2Response(key, challenge.serverChallenge, clientChallenge) : Buffer.alloc(24),
      ntResponse: response,
      domain: account.domain,
      userName: account.name,
      workstation: workstation(),
      encryptedSessionKey: new Rc4(sessionBaseKey).update(sessionKey),
    });
    const message = withMic(unsigned, hmacMd5(sessionKey, this.negotiate, challengeMessage, unsigned));
    const stream = (sender: "client" | "server") => new MessageStream(messageKeys(sessionKey, sender));
    return { message, streams: { outgoing: stream("client"), incoming: stream("server") } };
  }
}

/** Accounts may be limited to named workstations; Windows sends this name, too. */
function workstation(): string {
  return (hostname().split(".")[0] ?? "").toUpperCase();
}

const UNIX_EPOCH = 116_444_736_000_000_000n;

function byChance(): NtlmChance {
  const now = Buffer.alloc(8);
  now.writeBigUInt64LE(BigInt(Date.now()) * 10_000n + UNIX_EPOCH);
  return { clientChallenge: randomBytes(8), sessionKey: randomBytes(16), now };
}
