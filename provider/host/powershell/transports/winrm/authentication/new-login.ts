import { basicLogin } from "./basic";
import { certificateLogin } from "./certificate";
import type { Login, LoginOptions } from "./login";
import { kerberosLogin, negotiateLogin } from "./negotiate-login";
import { NtlmLogin } from "./ntlm-login";

/** A login of a connection that is to be opened. Nothing has been sent to the host when this resolves. Rejects with a HostError. */
export async function newLogin(options: LoginOptions): Promise<Login> {
  switch (options.authentication) {
    case "basic":
      return basicLogin(options);
    case "certificate":
      return certificateLogin(options);
    case "ntlm":
      return new NtlmLogin(options);
    case "kerberos":
      return kerberosLogin(options);
    case "negotiate":
      return negotiateLogin(options);
  }
}
