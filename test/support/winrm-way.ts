import { PowerShellHost, type WinrmOptions, winrmTransport } from "../../provider/host/powershell/index";
import type { SessionTimes } from "../../provider/host/powershell/session/session";
import { hastyTimes, type RemoteWay } from "./remote-way";
import { TroubledProxy } from "./troubled-proxy";
import { defaultUser } from "./winrm/options";
import { startWinrm, type Winrm } from "./winrm/server";

/** How long a shell stays on the machine that its client has lost: Windows takes no less than a minute. */
const IDLE_MS = 15_000;

/** A machine that is reached by WinRM over HTTPS, through a proxy that a test steers: a played server, with real shells below it. */
export class WinrmWay implements RemoteWay {
  private readonly hosts: PowerShellHost[] = [];

  private constructor(
    readonly server: Winrm,
    readonly proxy: TroubledProxy,
  ) {}

  /** @param environment of the shells on the other side */
  static async open(powershell: string, environment: Readonly<Record<string, string>>): Promise<WinrmWay> {
    const server = await startWinrm({
      powershell,
      environment: { HYPERV_BRIDGE_PATHS: "posix", ...environment },
      idleTimeoutMs: IDLE_MS,
    });
    return new WinrmWay(server, await TroubledProxy.open(server.port));
  }

  get address(): WinrmOptions & { readonly kind: "winrm" } {
    const { certificates } = this.server;
    return {
      kind: "winrm",
      computerName: "127.0.0.1",
      port: this.proxy.port,
      authentication: "basic",
      credential: defaultUser,
      caFile: certificates?.caFile,
    };
  }

  host(times: Partial<SessionTimes> = {}): PowerShellHost {
    const host = new PowerShellHost(winrmTransport(this.address), { ...hastyTimes, ...times });
    this.hosts.push(host);
    return host;
  }

  clients(): number[] {
    return [];
  }

  /** Nor a shell that still counts against the account's limit. */
  async nothingLeft(): Promise<void> {
    const { server } = this;
    while (server.processes.length > 0 || server.connections > 0 || server.shells.length > 0) await pause();
  }

  async noShellLeft(): Promise<void> {
    while (this.server.processes.length > 0) await pause();
  }

  async close(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.close()));
    await this.proxy.close();
    await this.server.close();
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 100));
}
