import { randomUUID } from "node:crypto";
import { HostError } from "../../port";
import { diskFilePath } from "../disk/disk-image";
import { copySource, sourceBytes } from "../disk/disk-source";
import type { Lab } from "../lab/lab";
import type { NewDisk, NewVirtualMachine } from "../lab/lab-types";
import type { MachineRecord } from "../state/wmi-records";
import { addDisk, addMachine, type DiskToAdd } from "./machine-edits";

export async function addVirtualMachine(lab: Lab, machine: NewVirtualMachine): Promise<MachineRecord> {
  const wanted = { id: machine.id ?? randomUUID(), name: machine.name, disks: machine.disks.map(diskToAdd) };
  // Once without publishing, so that nothing is copied for a machine that is refused.
  const planned = addMachine(await lab.store.read(), wanted).machine;
  for (const [index, disk] of planned.disks.entries()) {
    const source = machine.disks[index]?.source;
    if (source !== undefined) await copySource(source, diskFilePath(lab.directory, planned, disk));
  }
  return lab.store.change((state) => {
    const changed = addMachine(state, wanted);
    return { state: changed.state, result: changed.machine };
  });
}

export async function addDiskTo(lab: Lab, virtualMachine: string, disk: NewDisk): Promise<MachineRecord> {
  const wanted = diskToAdd(disk);
  const planned = addDisk(await lab.store.read(), virtualMachine, wanted).machine;
  const added = planned.disks.at(-1);
  if (disk.source !== undefined && added) await copySource(disk.source, diskFilePath(lab.directory, planned, added));
  return lab.store.change((state) => {
    const changed = addDisk(state, virtualMachine, wanted);
    return { state: changed.state, result: changed.machine };
  });
}

function diskToAdd({ name, folder, bytes: given, source }: NewDisk): DiskToAdd {
  const ofSource = source === undefined ? undefined : sourceBytes(source);
  const bytes = given ?? ofSource;
  if (bytes === undefined) throw new HostError("invalidParameter", `Disk ${name} needs bytes or a source.`);
  if (ofSource !== undefined && bytes < ofSource)
    throw new HostError("invalidParameter", `Disk ${name}: bytes is ${bytes}, less than the ${ofSource} bytes of its source.`);
  return { name, folder, bytes, ...(ofSource === undefined ? {} : { sourceBytes: ofSource }) };
}
