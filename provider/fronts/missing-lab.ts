import type { HostInput } from "../domain/hosts/host-input";
import { hasLab } from "../host/simulator/lab/has-lab";

/** A slip in the directory's name shows by this alone: the default lab has answers to everything. */
export function missingLabOf(host: HostInput): string | undefined {
  if (host.kind !== "simulator" || hasLab(host.directory)) return undefined;
  return `there is no lab in ${host.directory}: the up makes the default one`;
}
