import type { HostError } from "../../../../port";
import { KerberosSession, type NotBegun } from "./kerberos/kerberos-session";
import { KerberosLogin } from "./kerberos-login";
import type { Login, LoginOptions } from "./login";
import { NtlmLogin } from "./ntlm-login";

/** Kerberos alone: no ticket, no login. */
export async function kerberosLogin(options: LoginOptions): Promise<Login> {
  const session = await KerberosSession.begin(options, "kerberos");
  if (session instanceof KerberosSession) return new KerberosLogin(options, session, "Kerberos");
  throw session.error;
}

/**
 * Kerberos where the optional package is there and a ticket can be had, else NTLM. A password that a domain controller has refused is not
 * tried again by NTLM.
 */
export async function negotiateLogin(options: LoginOptions): Promise<Login> {
  const session = await begun(options);
  if (session instanceof KerberosSession) return new KerberosLogin(options, session, "Negotiate");
  const hasPassword = options.userName !== undefined && options.password !== undefined;
  if (session !== undefined && (session.isJudged || !hasPassword)) throw session.error;
  return new NtlmLogin(options);
}

/** Windows' own Negotiate chooses by itself. Elsewhere only a name with a domain's full name can lead to a domain controller. */
async function begun(options: LoginOptions): Promise<KerberosSession | undefined | NotBegun> {
  const { userName, password } = options;
  if (process.platform !== "win32" && password !== undefined && !userName?.includes("@")) return undefined;
  try {
    return await KerberosSession.begin(options, "spnego");
  } catch (error) {
    return { error: error as HostError, isJudged: false };
  }
}
