/**
 * What makes the text unfit to be given to ssh as a host; undefined where nothing does. A name that begins with a hyphen would be taken
 * for an option.
 */
export function sshHostNameProblem(hostName: string): string | undefined {
  if (hostName === "") return "is empty";
  if (hostName.startsWith("-")) return "begins with a hyphen";
  if (/[\s\p{C}]/u.test(hostName)) return "holds white space or a control character";
  if (/[@/\\'"`$;&|<>(){}#?*,%]/.test(hostName)) return "holds a character that no host's name has";
  return undefined;
}

/** As {@link sshHostNameProblem}, for what leads to the host: users and ports may stand in it, and several of them. */
export function sshJumpHostProblem(jumpHost: string): string | undefined {
  for (const hop of jumpHost.split(",")) {
    const at = hop.lastIndexOf("@");
    if (at >= 0 && !isPlainWord(hop.slice(0, at))) return "names a user with a character that ssh would read otherwise";
    const problem = sshHostNameProblem(hop.slice(at + 1));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** "DOMAIN\\name", "name@domain" or "name", without anything that ssh's configuration would read otherwise. */
export function sshUserNameProblem(userName: string): string | undefined {
  if (userName === "") return "is empty";
  if (userName.startsWith("-")) return "begins with a hyphen";
  if (/[\s\p{C}"'%]/u.test(userName)) return "holds white space, a quote, a percent sign or a control character";
  return undefined;
}

/** A program that is started on the host: whichever shell is there must find nothing to quote. */
export function sshExecutableProblem(executable: string): string | undefined {
  if (isPlainWord(executable)) return undefined;
  return "is not one plain word; put the program's folder on the host's PATH";
}

/** A public key as a line of OpenSSH, or of its known hosts, where a name stands before it. */
export function sshHostKeyProblem(hostKey: string): string | undefined {
  return publicKeyOf(hostKey) === undefined ? "is no public key line of OpenSSH (ssh-ed25519 AAAA…)" : undefined;
}

/** Type and key alone: "ssh-ed25519 AAAA…". Undefined where the line holds none. */
export function publicKeyOf(line: string): string | undefined {
  return /^(?:[^\s#@]\S* )?([a-z0-9@.-]+ AAAA[A-Za-z0-9+/]{16,}={0,2})(?: [^\r\n]*)?$/.exec(line.trim())?.[1];
}

/** One word that neither cmd.exe nor PowerShell nor a POSIX shell reads as anything else. */
export function isPlainWord(text: string): boolean {
  return /^[A-Za-z0-9_.:/\\~@+=][A-Za-z0-9_.:/\\~@+=-]*$/.test(text);
}
