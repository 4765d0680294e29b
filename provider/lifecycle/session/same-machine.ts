import { type HostInput, sameMachineByName } from "../../domain/hosts/host-input";
import { containsUnknown } from "../../domain/values/unknown-value";
import type { Operation } from "./operation";

/**
 * Whether the declared host is the machine that a state is of. Asks only where the texts cannot tell. A host that does not answer is
 * taken for the same one, with a warning: the update looks again before it changes anything.
 *
 * @param held on the host of the state
 * @param declared on the host of the arguments
 */
export async function isSameMachine(
  held: () => Operation,
  declared: () => Operation,
  olds: { readonly host: HostInput; readonly hostMachineId?: string },
  { host }: { readonly host: HostInput },
): Promise<boolean> {
  if (containsUnknown(host)) return true;
  const byName = sameMachineByName(olds.host, host);
  if (byName !== "unknown") return byName === "same";
  const operation = declared();
  try {
    const [before, now] = await Promise.all([olds.hostMachineId ?? held().machineId(), operation.machineId()]);
    return before === now;
  } catch (error) {
    operation.warn(`${(error as Error).message}\nUntil it answers, it is taken for the same machine.`);
    return true;
  }
}
