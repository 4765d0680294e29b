/** What of a host that is reached by WinRM goes together. */
interface WinrmArguments {
  readonly useSsl?: boolean | undefined;
  readonly authentication: string;
  readonly credential?: unknown;
  readonly certificate?: unknown;
  readonly caFile?: string | undefined;
  readonly fingerprint?: string | undefined;
}

export interface WinrmProblem {
  readonly argument: "useSsl" | "credential" | "certificate" | "caFile" | "fingerprint";
  readonly reason: string;
}

/** What does not go together; undefined where all does. Nothing goes over the network in plain text, and no password to whom nobody knows. */
export function winrmProblem({
  useSsl = true,
  authentication,
  credential,
  certificate,
  caFile,
  fingerprint,
}: WinrmArguments): WinrmProblem | undefined {
  if (!useSsl && (authentication === "basic" || authentication === "certificate")) {
    return { argument: "useSsl", reason: `is false, and authentication "${authentication}" encrypts no messages; leave it out` };
  }
  const needed = { basic: "credential", ntlm: "credential", certificate: "certificate" }[authentication];
  if (needed === "credential" && credential === undefined) {
    return { argument: "credential", reason: `is missing, and authentication "${authentication}" needs it` };
  }
  if (authentication === "certificate" && certificate === undefined) {
    return { argument: "certificate", reason: 'is missing, and authentication "certificate" needs it' };
  }
  if (authentication !== "certificate" && certificate !== undefined) {
    return { argument: "certificate", reason: `is given, and authentication is "${authentication}"; leave one of them out` };
  }
  if (authentication === "certificate" && credential !== undefined) {
    return { argument: "credential", reason: 'is given, and authentication is "certificate"; leave it out' };
  }
  if (caFile !== undefined && fingerprint !== undefined)
    return { argument: "fingerprint", reason: "is given beside caFile; give one of them" };
  if (useSsl) return undefined;
  if (caFile !== undefined) return { argument: "caFile", reason: "is given, and useSsl is false: there is no certificate" };
  if (fingerprint !== undefined) return { argument: "fingerprint", reason: "is given, and useSsl is false: there is no certificate" };
  return undefined;
}
