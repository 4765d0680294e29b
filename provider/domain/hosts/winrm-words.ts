import { z } from "zod";

/** What makes the text unfit as the name of a machine that WinRM reaches; undefined where nothing does. */
export function winrmComputerNameProblem(computerName: string): string | undefined {
  if (computerName === "") return "is empty";
  if (/[\s\p{C}]/u.test(computerName)) return "holds white space or a control character";
  if (z.ipv6().safeParse(computerName).success) return undefined;
  if (computerName.includes("/") || computerName.includes(":")) return "is no name or address alone; a port goes into port";
  if (!/^[\p{L}\p{N}](?:[\p{L}\p{N}._-]*[\p{L}\p{N}_.])?$/u.test(computerName)) return "holds a character that no host's name has";
  return undefined;
}

/** As {@link winrmComputerNameProblem}, for an account: "DOMAIN\\name", "name@domain" or "name". */
export function winrmUserNameProblem(userName: string): string | undefined {
  if (userName.trim() === "") return "is empty";
  if (/\p{Cc}/u.test(userName)) return "holds a control character";
  if (userName.includes(":")) return "holds a colon, which no account's name has";
  return undefined;
}

/** As {@link winrmComputerNameProblem}, for the SHA-256 of a certificate, with or without colons. */
export function fingerprintProblem(fingerprint: string): string | undefined {
  const digits = fingerprint.replace(/[\s:]/g, "");
  if (/^[0-9A-Fa-f]{64}$/.test(digits)) return undefined;
  if (/^[0-9A-Fa-f]{40}$/.test(digits)) return "is the SHA-1 that Windows calls thumbprint; give the SHA-256 of the certificate";
  return "is no SHA-256: 64 hexadecimal digits, with or without colons";
}
