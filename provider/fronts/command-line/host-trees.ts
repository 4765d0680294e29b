import { hostName } from "../../domain/hosts/host-input";
import { Trees } from "../../lifecycle/trees";
import { OpenHosts } from "../open-hosts";
import { hostOf, hostPath } from "./host-option";
import type { ReachedTrees } from "./reached-trees";

/** Looks at directories of a host, and ends the session afterwards. */
export async function withHostTrees<T>(given: string, work: (open: ReachedTrees) => Promise<T>): Promise<T> {
  const host = hostOf(given);
  const hosts = new OpenHosts();
  try {
    const trees = new Trees(hosts.session(host), hostName(host), "host");
    return await work({ trees, pathOf: (directory) => hostPath(hosts, host, directory) });
  } finally {
    await hosts.close();
  }
}
