import { sameMachineByName } from "../../domain/hosts/host-input";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import { containsUnknown } from "../../domain/values/unknown-value";
import type { Operation } from "../session/operation";

/**
 * Whether the declared host is the machine that holds the export. Asks only where the texts cannot tell. A host that does not answer is
 * taken for the same one, with a warning: the update looks again before it changes anything.
 *
 * @param held on the host of the state
 * @param declared on the host of the arguments
 */
export async function isSameMachine(
  held: () => Operation,
  declared: () => Operation,
  olds: ExportState,
  { host }: ExportInputs,
): Promise<boolean> {
  if (containsUnknown(host)) return true;
  const byName = sameMachineByName(olds.host, host);
  if (byName !== "unknown") return byName === "same";
  const operation = declared();
  try {
    const [before, now] = await Promise.all([olds.hostMachineId ?? held().machineId(), operation.machineId()]);
    return before === now;
  } catch (error) {
    operation.warn(`${(error as Error).message}\nUntil it answers, it is taken for the machine that holds the export.`);
    return true;
  }
}
