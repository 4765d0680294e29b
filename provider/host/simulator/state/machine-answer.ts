import type { ReferencePoint, VirtualMachine } from "../../port";
import { diskFilePath } from "../disk/disk-image";
import { type MachineRecord, type PointRecord, pointConsistency, pointKind } from "../wmi-names";
import type { Lab } from "./lab";

export function virtualMachineAnswer(lab: Lab, machine: MachineRecord): VirtualMachine {
  return {
    id: machine.Name,
    name: machine.ElementName,
    disks: machine.disks.map((disk) => ({
      instanceId: disk.InstanceID,
      path: diskFilePath(lab.directory, machine, disk),
      bytes: disk.bytes,
    })),
  };
}

export function pointAnswer(point: PointRecord): ReferencePoint {
  return {
    id: point.InstanceID,
    virtualMachineId: point.VirtualSystemIdentifier,
    kind: pointKind(point),
    consistency: pointConsistency(point),
    diskIds: point.VirtualDiskIdentifiers,
  };
}
