import type { FoundVirtualMachines, VirtualMachinesQuery } from "../../domain/look-ups/look-up-results";
import { fitsPattern, isPattern } from "../../domain/look-ups/name-pattern";
import type { VirtualMachine } from "../../host/port";
import type { Operation } from "../session/operation";

const STEP = "look the virtual machines up";

/** The machines whose name fits; of two of a name, both. */
export async function findVirtualMachines(operation: Operation, query: VirtualMachinesQuery): Promise<FoundVirtualMachines> {
  const { name } = query;
  const found = name === undefined || isPattern(name) ? await allThatFit(operation, name) : await namedSo(operation, name);
  return {
    virtualMachines: found
      .map(({ id, name: own, disks }) => ({ id, name: own, disks: disks.map((disk) => ({ ...disk })) }))
      .sort((one, other) => compare(one.name, other.name) || compare(one.id, other.id)),
  };
}

/** Asked for by name, a machine that another node of a cluster runs is an error and not absent. */
async function namedSo(operation: Operation, name: string): Promise<VirtualMachine[]> {
  const found = await operation.ask(STEP, name, () => operation.host.findVirtualMachines(name));
  // The host finds a machine by its GUID, too.
  return found.filter((machine) => fitsPattern(name, machine.name));
}

async function allThatFit(operation: Operation, pattern: string | undefined): Promise<VirtualMachine[]> {
  const { host, surroundings } = operation;
  const subject = pattern ?? surroundings.hostName;
  const listed = await operation.ask(STEP, subject, async () => {
    const answer = await host.listVirtualMachines();
    if (!answer.ok) throw answer.error;
    return answer.value;
  });
  const fitting = listed.filter(({ name }) => pattern === undefined || fitsPattern(pattern, name));
  const found = await Promise.all(fitting.map(({ id }) => operation.ask(STEP, subject, () => host.findVirtualMachines(id))));
  // A machine that has gone between the two questions is answered with none. A machine may be named like another one's GUID.
  return fitting.flatMap(({ id }, index) => (found[index] ?? []).filter((machine) => machine.id === id));
}

/** In the same order on every computer. */
function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
