import { failure, success } from "../../answer";
import { type Answer, HostError, type NamedMachine, type ReferencePoint, type VirtualMachine } from "../../port";
import { diskFile, layersOf } from "../checkpoints/running-files";
import { allocatedBytes } from "../disk/allocated-bytes";
import { settleDueWork } from "../jobs/due-work";
import type { Lab } from "../lab/lab";
import { findMachines, machineById, pointsOf } from "../state/look-ups";
import { pointConsistency, pointKind } from "../state/wmi-names";
import type { MachineRecord, PointRecord } from "../state/wmi-records";

/** What the host answers about its machines and their points. */
export async function virtualMachines(lab: Lab, queries: readonly string[]): Promise<Answer<VirtualMachine[]>[]> {
  const state = await settleDueWork(lab);
  return queries.map((query) =>
    success(findMachines(state, query).map((machine) => virtualMachineAnswer(lab, machine, layersOf(state, machine)))),
  );
}

export async function machineNames(lab: Lab): Promise<Answer<NamedMachine[]>> {
  const { machines } = await lab.store.read();
  return success(machines.map(({ Name, ElementName }) => ({ id: Name, name: ElementName })));
}

export async function referencePoints(lab: Lab, virtualMachineIds: readonly string[]): Promise<Answer<ReferencePoint[]>[]> {
  const state = await settleDueWork(lab);
  return virtualMachineIds.map((id) => {
    const machine = machineById(state, id);
    if (machine) return success(pointsOf(state, machine.Name).map(pointAnswer));
    return failure(new HostError("notFound", `There is no virtual machine ${id} on the simulated host.`));
  });
}

export function virtualMachineAnswer(lab: Lab, machine: MachineRecord, layers: ReturnType<typeof layersOf>): VirtualMachine {
  return {
    id: machine.Name,
    name: machine.ElementName,
    disks: machine.disks.map((disk) => {
      const file = diskFile(lab.directory, machine, disk, layers);
      const allocated = file.isDifference ? undefined : allocatedBytes(disk);
      return {
        instanceId: disk.InstanceID,
        path: file.path,
        bytes: disk.bytes,
        ...(allocated !== undefined && { allocatedBytes: allocated }),
      };
    }),
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
