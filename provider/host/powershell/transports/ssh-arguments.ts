import type { SecretSource } from "../../../domain/hosts/secret-source";

/** How a machine is reached by SSH. */
export interface SshOptions {
  readonly hostName: string;
  readonly userName?: string | undefined;
  readonly port?: number | undefined;
  /** Path of a private key on this machine. */
  readonly keyFile?: string | undefined;
  /**
   * The private key itself, or the environment variable that holds it. Goes through a file that only this account may read and that is gone
   * once the shell has answered.
   */
  readonly privateKey?: SecretSource | undefined;
  /** The machine's key, as a line of OpenSSH ("ssh-ed25519 AAAA…"): no other machine is believed. Left out: this account's known_hosts decide. */
  readonly hostKey?: string | undefined;
  /** [USER@]HOST[:PORT], or several with commas between, to go through. */
  readonly jumpHost?: string | undefined;
  /** Program to start on the host; powershell.exe. One word. */
  readonly executable?: string | undefined;
  /** Milliseconds that the connection may take. */
  readonly connectTimeoutMs?: number | undefined;
}

/** Paths of the files that hold what must not stand on a command line. */
export interface SshFiles {
  readonly identity: string | undefined;
  readonly knownHosts: string | undefined;
}

export const CONNECT_TIMEOUT_MS = 15_000;
/** The name under which a pinned key stands in our own known_hosts, whatever the host is called. */
export const PINNED_NAME = "pinned";

const SECONDS_BETWEEN_SIGNS_OF_LIFE = 15;

/** The arguments of ssh up to the program on the host. Nothing secret stands among them. */
export function sshArguments(options: SshOptions, files: SshFiles): string[] {
  const { hostName, userName, port, jumpHost, executable = "powershell.exe", connectTimeoutMs = CONNECT_TIMEOUT_MS } = options;
  const settings: Record<string, string | number | undefined> = {
    // Nobody is there to answer a question.
    BatchMode: "yes",
    StrictHostKeyChecking: "yes",
    ConnectTimeout: Math.ceil(connectTimeoutMs / 1000),
    // A dropped network is noticed, and the shell on the other side is not left for hours.
    ServerAliveInterval: SECONDS_BETWEEN_SIGNS_OF_LIFE,
    ServerAliveCountMax: 3,
    // Whatever the account's own configuration does for people, this starts one program, and leaves nothing behind.
    RequestTTY: "no",
    RemoteCommand: "none",
    PermitLocalCommand: "no",
    ClearAllForwardings: "yes",
    ForwardAgent: "no",
    ForwardX11: "no",
    ControlMaster: "no",
    ControlPath: "none",
    Port: port,
    User: userName,
    ProxyJump: jumpHost,
    ...(files.identity !== undefined && { IdentityFile: quoted(files.identity), IdentitiesOnly: "yes" }),
    ...(files.knownHosts !== undefined && {
      UserKnownHostsFile: quoted(files.knownHosts),
      GlobalKnownHostsFile: quoted(files.knownHosts),
      HostKeyAlias: PINNED_NAME,
      CheckHostIP: "no",
      UpdateHostKeys: "no",
    }),
  };
  const list = Object.entries(settings).flatMap(([name, value]) => (value === undefined ? [] : [`-o${name}=${value}`]));
  // As an address, a host can neither be taken for an option nor for the program's name.
  const address = hostName.includes(":") && !hostName.startsWith("[") ? `[${hostName}]` : hostName;
  return ["-T", ...list, `ssh://${address}`, executable];
}

/** A path as a value of ssh's configuration: one word whatever is in it, and no %-token. */
function quoted(path: string): string {
  return `"${path.replaceAll("\\", "/").replaceAll("%", "%%").replaceAll('"', '\\"')}"`;
}
