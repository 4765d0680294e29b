import { HostError } from "../../port";
import type { Lab } from "../lab/lab";
import { requireDisk } from "../state/disk-look-ups";
import { requireMachine, requirePoint } from "../state/look-ups";
import { DiskImage, diskFilePath } from "./disk-image";

export interface WhichDisk {
  readonly virtualMachine: string;
  readonly disk: string;
  readonly referencePoint?: string | undefined;
}

/** The disk as it was at a reference point, or as it is now. A disk that was taken from the machine is still there at its points. */
export async function diskImage(lab: Lab, which: WhichDisk): Promise<DiskImage> {
  const state = await lab.store.read();
  const machine = requireMachine(state, which.virtualMachine);
  const point = which.referencePoint === undefined ? undefined : requirePoint(state, which.referencePoint);
  if (point && point.VirtualSystemIdentifier !== machine.Name) {
    throw new HostError("notFound", `${machine.ElementName} has no reference point ${point.InstanceID}.`);
  }
  const disks = point ? [...machine.disks, ...machine.removedDisks] : machine.disks;
  const disk = requireDisk({ ...machine, disks }, which.disk);
  return new DiskImage(disk, diskFilePath(lab.directory, machine, disk), point?.sequence ?? machine.sequence);
}
