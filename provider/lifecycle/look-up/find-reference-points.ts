import type { FoundReferencePoints, ReferencePointsQuery } from "../../domain/look-ups/look-up-results";
import type { Operation } from "../session/operation";
import { findMachine } from "../target/resolve-target";

/** The points of one machine. Without an order: a real host tells none, and a program must not learn one from the simulator. */
export async function findReferencePoints(
  operation: Operation,
  { virtualMachine }: ReferencePointsQuery,
  secretInputs: readonly string[],
): Promise<FoundReferencePoints> {
  const machine = await findMachine(operation, { virtualMachine, secretInputs: [...secretInputs] });
  const points = await operation.ask("list the reference points", machine.name, () => operation.host.listReferencePoints(machine.id));
  return {
    virtualMachineId: machine.id,
    virtualMachineName: machine.name,
    referencePoints: points
      .map(({ id, kind, consistency, diskIds }) => ({ id, kind, consistency, diskIds: [...diskIds] }))
      .sort((one, other) => (one.id < other.id ? -1 : 1)),
  };
}
