import { HostError } from "../../../../../port";
import { fault } from "../../../../faults";
import type { LoginOptions } from "../login";
import { whoAndWhere } from "../refusals";

interface Reason {
  /** GSS-API, SSPI and kinit have no code that reaches this process: MIT's library speaks English, and so does kinit with LC_ALL=C. */
  readonly says: RegExp;
  readonly what: string;
  readonly remedy: string;
}

/** A password was judged: nothing else may try it again. */
const judged: readonly Reason[] = [
  {
    says: /password incorrect|preauthentication failed|decrypt integrity check failed/i,
    what: "the password is wrong",
    remedy: "Correct the credential. Nothing was tried again: accounts lock.",
  },
  {
    says: /password (has )?expired|password change|must change/i,
    what: "the password has expired",
    remedy: "Set a new password for the account, give it to the host's credential, and run the command again.",
  },
  {
    says: /credentials have been revoked|locked|entry in database has expired/i,
    what: "the account is locked, disabled or has expired",
    remedy: "Have the account let in again, and find out what has locked it; then run the command again.",
  },
];

const others: readonly Reason[] = [
  {
    says: /clock skew|not yet valid/i,
    what: "the clocks are too far apart",
    remedy:
      "Set the clocks of this machine, of the host and of the domain controller (Kerberos allows 5 minutes), and run the command again.",
  },
  {
    says: /expired/i,
    what: "the ticket has expired",
    remedy: "Get a new ticket (kinit), from a keytab where nobody is there at night, or give the host a credential.",
  },
  {
    says: /no kerberos credentials available|no credentials cache|credentials cache .*not found|no credentials were supplied|matching credential not found|no such file.*cache/i,
    what: "this process has no ticket",
    remedy: "Get a ticket (kinit) where pulumi runs, or give the host a credential with a userName such as name@DOMAIN.EXAMPLE.",
  },
  {
    says: /server not found in kerberos database|server .*not found|target is unknown|principal unknown/i,
    what: "the domain knows no service HTTP of that name",
    remedy: "Give computerName as the domain knows the host: its full DNS name, neither an address nor an alias.",
  },
  {
    says: /client .*not found in kerberos database/i,
    what: "the domain knows no such account",
    remedy: "Correct userName: name@DOMAIN.EXAMPLE, with the domain's full name.",
  },
  {
    says: /cannot find kdc|cannot determine realm|cannot resolve|realm .*unknown|no logon servers/i,
    what: "nothing says where the domain's controller is",
    remedy: "Name the domain by its full name, and see that DNS finds its controllers from here or that krb5.conf names them.",
  },
  {
    says: /isn't for us|wrong principal|key version|not found in keytab|integrity check|modified/i,
    what: "the host cannot read the ticket, so another machine has that name in the domain",
    remedy: "Give computerName as the domain knows the host, and see that one account alone has its service name (setspn -Q HTTP/<name>).",
  },
];

/** Domain controllers are machines: they may be back soon. */
const NO_CONTROLLER = /cannot contact any kdc|timed out|connection refused|network is unreachable/i;

/** What a library, or kinit, has said of a Kerberos that did not come to be. */
export function explained(options: LoginOptions, said: string): HostError {
  const { host, account } = whoAndWhere(options);
  const text = said
    .replace("Unspecified GSS failure.  Minor code may provide more information: ", "")
    .trim()
    .replaceAll(/\s+/g, " ")
    .replace(/\.$/, "");
  const known = [...judged, ...others].find(({ says }) => says.test(text));
  const why = `${known === undefined ? "" : `${known.what} `}(${text})`;
  if (known === undefined && NO_CONTROLLER.test(text)) {
    return new HostError("unreachable", `Could not log in to ${host} by Kerberos: no domain controller answers ${why}.`);
  }
  const remedy = known?.remedy ?? "Mend what the text in brackets complains of, or name another way in `authentication`.";
  return fault("loginRefused", `Kerberos does not log ${account} in to ${host}: ${why}.`, { remedy });
}

/** Whether a password has been found wrong, or may not be tried again for another reason. */
export function isJudged(said: string): boolean {
  return judged.some(({ says }) => says.test(said));
}
