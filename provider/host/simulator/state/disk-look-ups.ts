import { HostError } from "../../port";
import type { DiskRecord, MachineRecord } from "./wmi-records";

/** By instance id in any case, the disks that were taken from the machine among them. */
export function findDisk(machine: MachineRecord, id: string): DiskRecord | undefined {
  const wanted = id.toLowerCase();
  return [...machine.disks, ...machine.removedDisks].find((disk) => disk.InstanceID.toLowerCase() === wanted);
}

/** By name or instance id in any case: a disk that the machine has now. */
export function requireDisk(machine: MachineRecord, nameOrId: string): DiskRecord {
  const wanted = nameOrId.toLowerCase();
  const found = machine.disks.filter((disk) => disk.name.toLowerCase() === wanted || disk.InstanceID.toLowerCase() === wanted);
  const [only] = found;
  if (only && found.length === 1) return only;
  if (only) throw invalid(`${machine.ElementName} has several disks named ${nameOrId}. Give the instance id of one: ${idsOf(found)}.`);
  const names = machine.disks.map((disk) => disk.name).join(", ") || "none";
  throw new HostError("notFound", `${machine.ElementName} has no disk ${nameOrId}; its disks: ${names}.`);
}

/** By instance id in any case: a disk that the machine has now. */
export function requireDiskId(machine: MachineRecord, id: string): DiskRecord {
  const found = machine.disks.find((disk) => disk.InstanceID.toLowerCase() === id.toLowerCase());
  if (!found) throw invalid(`${machine.ElementName} has no disk with the instance id ${id}; its disks: ${idsOf(machine.disks) || "none"}.`);
  return found;
}

function idsOf(disks: readonly DiskRecord[]): string {
  return disks.map((disk) => disk.InstanceID).join(", ");
}

function invalid(message: string): HostError {
  return new HostError("invalidParameter", message);
}
