import type { CertificateWishes } from "./certificates";
import type { FaultName } from "./faults";

/** The ways of logging in that a server takes. "negotiate" is NTLM, bare or in SPNEGO, and Kerberos where the server has a key. */
export type LoginKind = "basic" | "certificate" | "negotiate" | "kerberos";

export interface WinrmOptions {
  /** Plain HTTP where false. */
  readonly useSsl?: boolean;
  /** The server's certificate, where it is not a good one for this machine. */
  readonly certificate?: CertificateWishes;
  /** By default basic and certificates. The others need Python with pyspnego: `describeWithPeers`. */
  readonly logins?: readonly LoginKind[];
  /** What Kerberos needs as a server: KRB5_CONFIG and KRB5_KTNAME. */
  readonly kerberos?: Readonly<Record<string, string>>;
  /** Over HTTPS: a login that is not bound to the server's certificate is refused. */
  readonly requiresChannelBinding?: boolean;
  /** Over HTTP: takes basic, and bodies that are not sealed. */
  readonly allowUnencrypted?: boolean;
  /** Passwords by user name, for NTLM as `DOMAIN\\name` or `name`. By default one user, `defaultUser`. */
  readonly users?: Readonly<Record<string, string>>;
  /** What runs in place of `powershell.exe`. */
  readonly powershell: string;
  /** Added to the environment of every command. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly quotas?: Quotas;
  /** Largest request in bytes; 512000 by default, as on Windows Server 2012 and newer. */
  readonly maxEnvelopeBytes?: number;
  /** How long a shell may idle in place of what it asks for, in milliseconds: Windows takes no less than a minute. */
  readonly idleTimeoutMs?: number;
  /** An Identify answers with it. */
  readonly productVersion?: string;
}

/** What winrm/config/winrs limits; none is by default. */
export interface Quotas {
  readonly shellsPerUser?: number;
  readonly processesPerShell?: number;
  /** Users that have shells at one time. */
  readonly users?: number;
  readonly operationsPerUser?: number;
  /** The next program finds no memory in its shell. */
  readonly isOutOfMemory?: boolean;
}

export const defaultUser = { userName: "operator", password: "pass word &<1" } as const;

/** One thing that goes wrong with one request, once. */
export interface Trouble {
  /** Of which requests; all by default. */
  readonly operation?: string;
  /** It meets the n-th of them from now on; the first by default. */
  readonly nth?: number;
  readonly what: TroubleKind;
}

export type TroubleKind =
  /** No answer ever; the connection stays open. */
  | { readonly kind: "stall" }
  /** The connection is closed when the request has come, which is not carried out. */
  | { readonly kind: "dropRequest" }
  /** The same when so many bytes of its body have come, or as soon after as its action can be read. Not for sealed requests. */
  | { readonly kind: "cutRequest"; readonly bytes: number }
  /** The request is carried out, and the connection closed after so many bytes of the answer, its head included. */
  | { readonly kind: "cutAnswer"; readonly bytes: number }
  /** The answer comes twice on the connection. */
  | { readonly kind: "twice" }
  /** The answer that was given last, to whichever request, comes again in this one's place. */
  | { readonly kind: "olderAnswer" }
  /** This answer and the one that is ready next, on whichever connection, change places. */
  | { readonly kind: "swapped" }
  /** A sealed request gets an answer that is not sealed. */
  | { readonly kind: "unsealed" }
  /** One byte of the answer's body is another one, after it was sealed. Of a long body it is one in the middle. */
  | { readonly kind: "damaged" }
  /** The HTTP status, without an envelope; the request is not carried out. */
  | { readonly kind: "status"; readonly status: number }
  | { readonly kind: "fault"; readonly fault: FaultName }
  /** The answer waits, in milliseconds. */
  | { readonly kind: "slow"; readonly ms: number }
  /** Another envelope in the answer's place, made of it. */
  | { readonly kind: "forged"; readonly forge: (envelope: string) => string };
