import { failure, success } from "../../answer";
import { type Answer, type Checkpoint, type DiskFile, HostError, type MachineCheckpoints, type UnsupportedDisk } from "../../port";
import { isSharedDisk } from "../disk/disk-names";
import { settleDueWork } from "../jobs/due-work";
import { runningMerge } from "../jobs/running-work";
import type { Lab } from "../lab/lab";
import { type CheckpointRecord, checkpointTypes } from "../state/checkpoint-records";
import type { LabState } from "../state/lab-state";
import { machineById } from "../state/look-ups";
import { conditionOf, passThroughDriveId } from "../state/machine-condition";
import { checkpointPath } from "../state/wmi-names";
import type { MachineRecord } from "../state/wmi-records";
import { diskFile, layersOf } from "./running-files";

/** What the host answers about checkpoints. */
export async function machineCheckpoints(lab: Lab, virtualMachineIds: readonly string[]): Promise<Answer<MachineCheckpoints>[]> {
  const state = await settleDueWork(lab);
  return virtualMachineIds.map((id) => {
    const machine = machineById(state, id);
    if (!machine) return failure(new HostError("notFound", `There is no virtual machine ${id} on the simulated host.`));
    return success({
      checkpoints: checkpointsOf(lab, state, machine),
      disks: diskFilesOf(lab, state, machine),
      isMerging: runningMerge(state, machine.Name) !== undefined,
      unsupportedDisks: unsupportedDisksOf(machine),
    });
  });
}

/** Oldest first. */
export function checkpointsOf(lab: Lab, state: LabState, machine: MachineRecord): Checkpoint[] {
  const layers = layersOf(state, machine);
  const standing = layers.filter((one) => state.checkpoints.includes(one));
  return standing.map((one) => checkpointAnswer(lab, machine, one, layers.slice(0, layers.indexOf(one))));
}

/** The files that the machine writes into now. */
export function diskFilesOf(lab: Lab, state: LabState, machine: MachineRecord): DiskFile[] {
  const layers = layersOf(state, machine);
  return machine.disks.map((disk) => {
    const { isDifference: _, ...file } = diskFile(lab.directory, machine, disk, layers);
    return file;
  });
}

export function unsupportedDisksOf(machine: MachineRecord): UnsupportedDisk[] {
  const shared = machine.disks.filter(({ name }) => isSharedDisk(name));
  return [
    ...(conditionOf(machine).passThroughDisk ? [{ instanceId: passThroughDriveId(machine), why: "passThroughDisk" } as const] : []),
    ...shared.map((disk) => ({ instanceId: disk.InstanceID, why: "sharedDisk" }) as const),
  ];
}

function checkpointAnswer(lab: Lab, machine: MachineRecord, record: CheckpointRecord, below: readonly CheckpointRecord[]): Checkpoint {
  const held = machine.disks.filter((disk) => record.diskIds.includes(disk.InstanceID));
  return {
    id: record.InstanceID,
    path: checkpointPath(record),
    name: record.ElementName,
    type: record.VirtualSystemType,
    isRecovery: record.VirtualSystemType === checkpointTypes.recovery,
    createdAt: new Date(record.CreationTime).toISOString(),
    disks: held.map((disk) => {
      const { instanceId, path } = diskFile(lab.directory, machine, disk, below);
      return { instanceId, path };
    }),
  };
}
