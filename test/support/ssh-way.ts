import { readFileSync } from "node:fs";
import { PowerShellHost, sshTransport } from "../../provider/host/powershell/index";
import type { SessionTimes } from "../../provider/host/powershell/session/session";
import { hastyTimes, type RemoteWay } from "./remote-way";
import { descendants, type Sshd, startSshd } from "./sshd";
import { TroubledProxy } from "./troubled-proxy";

/** How another process reaches it. */
export interface SshAddress {
  readonly kind: "ssh";
  readonly hostName: string;
  readonly port: number;
  readonly userName: string;
  readonly hostKey: string;
  readonly keyFile: string;
  readonly executable: string;
}

/** A machine that is reached by SSH, through a proxy that a test steers: a real sshd, with real shells below it. */
export class SshWay implements RemoteWay {
  private readonly hosts: PowerShellHost[] = [];

  private constructor(
    private readonly powershell: string,
    readonly sshd: Sshd,
    readonly proxy: TroubledProxy,
  ) {}

  /** @param environment of the shells on the other side */
  static async open(powershell: string, environment: Readonly<Record<string, string>>): Promise<SshWay> {
    const sshd = await startSshd({ HYPERV_BRIDGE_PATHS: "posix", ...environment });
    return new SshWay(powershell, sshd, await TroubledProxy.open(sshd.port));
  }

  get address(): SshAddress {
    const { userName, hostKey, keyFile } = this.sshd;
    return { kind: "ssh", hostName: "127.0.0.1", port: this.proxy.port, userName, hostKey, keyFile, executable: this.powershell };
  }

  host(times: Partial<SessionTimes> = {}): PowerShellHost {
    const host = new PowerShellHost(sshTransport(this.address), { ...hastyTimes, ...times });
    this.hosts.push(host);
    return host;
  }

  /** Waits until no client runs any more, nor anything on the machine's side. */
  async nothingLeft(): Promise<void> {
    while (this.clients().length > 0 || this.sessions().length > 0) await pause();
  }

  /** Waits until no client runs any more, and no shell on the machine's side: behind a stall, sshd waits for its own keep-alive. */
  async noShellLeft(): Promise<void> {
    while (this.clients().length > 0 || this.sessions().length > this.sshdSessions().length) await pause();
  }

  /** The clients that run for this machine, whoever has started them. */
  clients(): number[] {
    return descendants(1).filter((pid) => commandLine(pid).startsWith("ssh ") && commandLine(pid).includes(`Port=${this.proxy.port} `));
  }

  /** What runs on the machine's side: sessions of sshd, and their shells. */
  sessions(): number[] {
    return descendants(this.sshd.pid);
  }

  /** Processes of sshd alone, one a connection or two. */
  sshdSessions(): number[] {
    return this.sessions().filter((pid) => commandLine(pid).startsWith("sshd"));
  }

  async close(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.close()));
    await this.proxy.close();
    for (const pid of this.sessions()) kill(pid);
    await this.sshd.close();
  }
}

/** Looking at all processes is no small work. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 250));
}

export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return ""; // it has just ended
  }
}

export function kill(pid: number, signal: NodeJS.Signals = "SIGKILL"): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended.
  }
}
