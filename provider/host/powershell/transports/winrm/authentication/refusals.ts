import type { HostError } from "../../../../port";
import { fault } from "../../../faults";
import { readChallenges } from "./challenges";
import type { LoginOptions } from "./login";

/** Who is logged in where, for messages. A password never stands in one. */
export function whoAndWhere({ computerName, port, userName }: LoginOptions): { host: string; account: string } {
  return { host: `${computerName}:${port} (WinRM)`, account: userName === undefined ? "the account" : `the account ${userName}` };
}

/** The host has answered a login with no. It does not say why: a wrong name, password or right all look alike. */
export function refused(options: LoginOptions, remedy: string): HostError {
  const { host, account } = whoAndWhere(options);
  return fault("loginRefused", `${host} does not let ${account} in by ${options.authentication}.`, { remedy });
}

/** The host lets nobody in that way. */
export function notOffered(options: LoginOptions, values: readonly string[]): HostError {
  const { host } = whoAndWhere(options);
  const schemes = [...new Set(readChallenges(values).map(({ scheme }) => scheme))];
  const offers = schemes.length === 0 ? "it names no way in" : `it offers ${schemes.join(", ")}`;
  return fault("loginRefused", `${host} takes no login by ${options.authentication}: ${offers}.`, {
    remedy: `Name a way that the host offers in \`authentication\`, or allow this one on the host (winrm set winrm/config/service/auth).`,
  });
}

/** What the host has sent is not what the scheme would have. */
export function unfitAnswer(options: LoginOptions, what: string): HostError {
  const { host } = whoAndWhere(options);
  return fault("handshakeFailed", `${host} did not log in as ${options.authentication} does: ${what}.`, {
    remedy: "Look whether a proxy stands between, and whether this is the WinRM service of the host; then run the command again.",
  });
}

export const PASSWORD_REMEDY =
  "Correct the credential. The account must be a member of the host's Administrators or Remote Management Users; one of the host itself is named HOST\\name. Nothing was tried again: accounts lock.";
