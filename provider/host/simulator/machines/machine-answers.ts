import { failure, success } from "../../answer";
import { type Answer, HostError, type NamedMachine, type ReferencePoint, type VirtualMachine } from "../../port";
import { allocatedBytes } from "../disk/allocated-bytes";
import { diskFilePath } from "../disk/disk-image";
import type { Lab } from "../lab/lab";
import { settlePoints } from "../points/due-points";
import { findMachines, machineById, pointsOf } from "../state/look-ups";
import { pointConsistency, pointKind } from "../state/wmi-names";
import type { MachineRecord, PointRecord } from "../state/wmi-records";

/** What the host answers about its machines and their points. */
export async function virtualMachines(lab: Lab, queries: readonly string[]): Promise<Answer<VirtualMachine[]>[]> {
  const state = await lab.store.read();
  return queries.map((query) => success(findMachines(state, query).map((machine) => virtualMachineAnswer(lab, machine))));
}

export async function machineNames(lab: Lab): Promise<Answer<NamedMachine[]>> {
  const { machines } = await lab.store.read();
  return success(machines.map(({ Name, ElementName }) => ({ id: Name, name: ElementName })));
}

export async function referencePoints(lab: Lab, virtualMachineIds: readonly string[]): Promise<Answer<ReferencePoint[]>[]> {
  const state = await settlePoints(lab);
  return virtualMachineIds.map((id) => {
    const machine = machineById(state, id);
    if (machine) return success(pointsOf(state, machine.Name).map(pointAnswer));
    return failure(new HostError("notFound", `There is no virtual machine ${id} on the simulated host.`));
  });
}

export function virtualMachineAnswer(lab: Lab, machine: MachineRecord): VirtualMachine {
  return {
    id: machine.Name,
    name: machine.ElementName,
    disks: machine.disks.map((disk) => ({
      instanceId: disk.InstanceID,
      path: diskFilePath(lab.directory, machine, disk),
      bytes: disk.bytes,
      allocatedBytes: allocatedBytes(disk),
    })),
  };
}

function pointAnswer(point: PointRecord): ReferencePoint {
  return {
    id: point.InstanceID,
    virtualMachineId: point.VirtualSystemIdentifier,
    kind: pointKind(point),
    consistency: pointConsistency(point),
    diskIds: point.VirtualDiskIdentifiers,
    order: point.sequence,
  };
}
