import type { PathStyle } from "../../domain/paths/path-rules";
import type { HostInput } from "../../domain/reference-point-export/host-input";
import { traced } from "../../host/call-trace";
import type { Host } from "../../host/port";
import { SimulatorHost } from "../../host/simulator/index";
import { BatchedHost } from "../../lifecycle/session/batched-host";
import { MachineQueue } from "../../lifecycle/session/machine-queue";
import { RefreshSurvey } from "../../lifecycle/session/refresh-survey";

export interface OpenHost {
  readonly shared: BatchedHost;
  readonly queue: MachineQueue;
  readonly refreshSurvey: RefreshSurvey;
}

const open = new Map<string, OpenHost>();

/** The session to a host, opened by the first resource that needs it and shared by all of this process. */
export function openHost(input: HostInput): OpenHost {
  const key = JSON.stringify(input);
  const already = open.get(key);
  if (already) return already;
  const opened = { shared: new BatchedHost(traced(adapterFor(input))), queue: new MachineQueue(), refreshSurvey: new RefreshSurvey() };
  open.set(key, opened);
  return opened;
}

/** Ends every session; jobs of the hosts go on. */
export async function closeHosts(): Promise<void> {
  const hosts = [...open.values()];
  open.clear();
  await Promise.allSettled(hosts.map(({ shared }) => shared.close()));
}

/** The style of a host's paths, without asking it: check and diff must not open a session. */
export function pathStyleOf(host: unknown): PathStyle | undefined {
  if (typeof host !== "object" || host === null || !("kind" in host)) return undefined;
  return host.kind === "simulator" ? nativeStyle : undefined;
}

const nativeStyle: PathStyle = process.platform === "win32" ? "windows" : "posix";

function adapterFor(input: HostInput): Host {
  return new SimulatorHost(input.directory);
}
