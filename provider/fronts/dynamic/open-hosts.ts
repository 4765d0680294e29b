import type { PathStyle } from "../../domain/paths/path-rules";
import type { HostInput } from "../../domain/reference-point-export/host-input";
import { traced } from "../../host/call-trace";
import type { Host } from "../../host/port";
import { SimulatorHost } from "../../host/simulator/index";
import { type HostSession, type Hosts, openSession } from "../../lifecycle/exports";

const open = new Map<string, HostSession>();

/** Sessions are opened by the first resource that needs them and shared by all of this process. */
export const openHosts: Hosts = {
  session(input) {
    const key = JSON.stringify(input);
    const already = open.get(key);
    if (already) return already;
    const opened = openSession(traced(adapterFor(input)));
    open.set(key, opened);
    return opened;
  },

  pathStyleOf(host) {
    if (typeof host !== "object" || host === null || !("kind" in host)) return undefined;
    return host.kind === "simulator" ? nativeStyle : undefined;
  },
};

/** Ends every session; jobs of the hosts go on. */
export async function closeHosts(): Promise<void> {
  const sessions = [...open.values()];
  open.clear();
  await Promise.allSettled(sessions.map(({ host }) => host.close()));
}

const nativeStyle: PathStyle = process.platform === "win32" ? "windows" : "posix";

function adapterFor(input: HostInput): Host {
  return new SimulatorHost(input.directory);
}
