import { isExportError } from "../../../domain/errors/export-error";
import { isHostError } from "../../session/host-failure";
import type { Operation } from "../../session/operation";

/** The host says that a machine is not there, and knows of no other node that has it. */
export function isOfLostMachine(error: unknown): boolean {
  return isExportError(error) && isHostError(error.cause) && error.cause.kind === "notFound" && error.cause.details.fault === undefined;
}

/** A point that is given up is nobody's from then on: one answer is not enough for that. */
export async function isThere(operation: Operation, virtualMachineId: string): Promise<boolean> {
  const ask = () => operation.host.findVirtualMachines(virtualMachineId);
  return (await operation.ask("find the virtual machine", virtualMachineId, ask)).length > 0;
}
