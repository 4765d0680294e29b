import { HostError } from "../../../../port";
import type { Login, LoginOptions } from "./login";
import { PASSWORD_REMEDY, refused } from "./refusals";

/** RFC 7617, with UTF-8. Every request carries the password, so it goes through TLS or not at all. */
export function basicLogin(options: LoginOptions): Login {
  const { computerName, userName = "", password = "", useSsl } = options;
  if (!useSsl) throw new HostError("invalidParameter", `${computerName} would be sent the password in the clear: basic needs HTTPS.`);
  if (userName.includes(":")) throw new HostError("invalidParameter", `${userName} cannot log in by basic: it holds a colon.`);
  const header = `Basic ${Buffer.from(`${userName}:${password}`, "utf8").toString("base64")}`;
  return {
    eachRequest: true,
    next: async (challenges) => {
      if (challenges.length > 0) throw refused(options, `${PASSWORD_REMEDY} Basic takes accounts of the host itself only.`);
      return header;
    },
    accepted: async () => {},
  };
}
