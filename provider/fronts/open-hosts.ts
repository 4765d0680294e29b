import type { HostInput } from "../domain/hosts/host-input";
import { durationOf } from "../domain/reference-point-export/time-limit";
import { traced } from "../host/call-trace";
import type { Host } from "../host/port";
import { hostPathStyle, localTransport, PowerShellHost, sshTransport, winrmTransport } from "../host/powershell/index";
import { SimulatorHost } from "../host/simulator/index";
import { type HostSession, type Hosts, openSession } from "../lifecycle/door";

/** Sessions to hosts: opened by the first resource that needs one, and shared by all that name the host in the same way. */
export class OpenHosts implements Hosts {
  private readonly open = new Map<string, HostSession>();

  /** @param around what stands before every adapter */
  constructor(private readonly around: (host: Host) => Host = (host) => host) {}

  session(input: HostInput): HostSession {
    const key = JSON.stringify(Object.entries(input).sort(([a], [b]) => (a < b ? -1 : 1)));
    const already = this.open.get(key);
    if (already) return already;
    const opened = openSession(this.around(traced(adapterFor(input))));
    this.open.set(key, opened);
    return opened;
  }

  pathStyleOf(host: unknown): ReturnType<Hosts["pathStyleOf"]> {
    if (typeof host !== "object" || host === null || !("kind" in host)) return undefined;
    if (host.kind === "simulator") return process.platform === "win32" ? "windows" : "posix";
    return host.kind === "local" || host.kind === "ssh" || host.kind === "winrm" ? hostPathStyle() : undefined;
  }

  /** Ends every session; jobs of the hosts go on. */
  async close(): Promise<void> {
    const sessions = [...this.open.values()];
    this.open.clear();
    await Promise.allSettled(sessions.map(({ host }) => host.close()));
  }
}

function adapterFor(input: HostInput): Host {
  switch (input.kind) {
    case "simulator":
      return new SimulatorHost(input.directory);
    case "local":
      return new PowerShellHost(localTransport(input));
    case "ssh": {
      const { connectTimeout, ...options } = input;
      return new PowerShellHost(sshTransport({ ...options, ...(connectTimeout && { connectTimeoutMs: durationOf(connectTimeout) }) }));
    }
    case "winrm": {
      const { operationTimeout, ...options } = input;
      return new PowerShellHost(
        winrmTransport({ ...options, ...(operationTimeout && { operationTimeoutMs: durationOf(operationTimeout) }) }),
      );
    }
  }
}
