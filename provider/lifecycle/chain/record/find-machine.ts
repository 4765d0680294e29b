import { ExportError } from "../../../domain/errors/export-error";
import type { ChainInputs } from "../../../domain/export-chain/properties";
import { sameId } from "../../../domain/hyperv/same-id";
import type { VirtualMachine } from "../../../host/port";
import type { Operation } from "../../session/operation";
import { findMachine } from "../../target/resolve-target";

const STEP = "find the virtual machine";

export interface ChainMachine {
  readonly machine: VirtualMachine;
  /** Another machine has the declared name now, and the one that the chain was of is gone. */
  readonly isReplaced: boolean;
}

interface KnownMachine {
  readonly virtualMachineId: string;
  readonly virtualMachineName: string;
}

/** The machine that a chain is of: by the GUID that its record knows, whatever it is called by now. */
export async function findChainMachine(
  operation: Operation,
  inputs: Pick<ChainInputs, "virtualMachine" | "secretInputs">,
  known: KnownMachine | undefined,
): Promise<ChainMachine> {
  if (known === undefined) return { machine: await findMachine(operation, inputs), isReplaced: false };
  const ask = (query: string) => operation.ask(STEP, query, () => operation.host.findVirtualMachines(query));
  const [recorded, named] = await Promise.all([ask(known.virtualMachineId), ask(inputs.virtualMachine)]);
  const isKnown = ({ id }: VirtualMachine) => sameId(id, known.virtualMachineId);
  const machine = recorded.find(isKnown);
  if (machine === undefined) return { machine: await replacement(operation, inputs, known), isReplaced: true };
  if (named.length > 0 && !named.some(isKnown)) throw meansAnother(inputs.virtualMachine, machine, named);
  return { machine, isReplaced: false };
}

/**
 * The machine that has the name of one that is gone: restored from another backup, or made anew. One of another name is no successor, and
 * its generations do not belong beside those of the other.
 */
async function replacement(
  operation: Operation,
  inputs: Pick<ChainInputs, "virtualMachine" | "secretInputs">,
  known: KnownMachine,
): Promise<VirtualMachine> {
  const machine = await findMachine(operation, inputs);
  if (machine.name.toLowerCase() === known.virtualMachineName.toLowerCase()) return machine;
  const reason = `it means ${machine.id}; the chain is of ${known.virtualMachineName} (${known.virtualMachineId}), which is not there any more`;
  throw new ExportError("chain-machine-changed", { step: STEP, subject: inputs.virtualMachine, reason });
}

function meansAnother(query: string, { id, name }: VirtualMachine, named: readonly VirtualMachine[]): ExportError {
  const others = named.map((other) => other.id).join(", ");
  const reason = `it means ${others} now; the chain is of ${id}, which is still there and is called ${name}`;
  const remedy = `Set virtualMachine to ${id} if this chain is to go on; declare a chain of its own for the other machine, in another directory.`;
  return new ExportError("chain-machine-changed", { step: STEP, subject: query, reason, remedy });
}
