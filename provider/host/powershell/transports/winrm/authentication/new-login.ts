import { basicLogin } from "./basic";
import { certificateLogin } from "./certificate";
import type { Login, LoginOptions } from "./login";
import { NtlmLogin } from "./ntlm-login";

/** A login of a connection that is to be opened. Nothing has been sent when this resolves. */
export async function newLogin(options: LoginOptions): Promise<Login> {
  switch (options.authentication) {
    case "basic":
      return basicLogin(options);
    case "certificate":
      return certificateLogin(options);
    default:
      return new NtlmLogin(options);
  }
}
