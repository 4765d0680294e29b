import { HostError } from "../../../../port";
import type { Login, LoginOptions } from "./login";
import { refused } from "./refusals";

/** Says that the certificate of the TLS handshake is the login (DSP0226, section C.3.1.2). */
const MUTUAL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual";

/** The login by a client certificate: TLS has shown it already. */
export function certificateLogin(options: LoginOptions): Login {
  if (!options.useSsl) throw new HostError("invalidParameter", `${options.computerName} is shown no certificate without HTTPS.`);
  return {
    eachRequest: true,
    next: async (challenges) => {
      if (challenges.length > 0) throw refused(options, CERTIFICATE_REMEDY);
      return MUTUAL;
    },
    accepted: async () => {},
  };
}

const CERTIFICATE_REMEDY =
  "Have the host take certificates (winrm/config/service/auth, Certificate), map this one to an account of the host (winrm/config/service/certmapping) and trust its issuer there.";
