import * as path from "node:path";
import type { DiskFile } from "../../port";
import { diskFilePath } from "../disk/disk-image";
import { diskFileStem } from "../disk/disk-names";
import { changedExtents } from "../disk/extents";
import type { CheckpointRecord } from "../state/checkpoint-records";
import type { LabState } from "../state/lab-state";
import type { DiskRecord, MachineRecord } from "../state/wmi-records";

/** What an .avhdx has before anything is written to it. */
const EMPTY_DIFFERENCE = 4 * 1024 * 1024;

/**
 * What lies on the machine's disks, oldest first: each checkpoint, and each that is gone without being merged yet. The machine writes into
 * the files of the last.
 */
export function layersOf({ checkpoints, unmerged }: LabState, machine: Pick<MachineRecord, "Name">): readonly CheckpointRecord[] {
  if (checkpoints.length === 0 && unmerged.length === 0) return [];
  const layers = [...checkpoints, ...unmerged].filter((one) => one.VirtualSystemIdentifier === machine.Name);
  return layers.sort((left, right) => left.sequence - right.sequence);
}

/** The file that a disk is with these layers on it. */
export function diskFile(
  labDirectory: string,
  machine: MachineRecord,
  disk: DiskRecord,
  layers: readonly CheckpointRecord[],
): DiskFile & { readonly isDifference: boolean } {
  const own = diskFilePath(labDirectory, machine, disk);
  const top = layers.filter(({ diskIds }) => diskIds.includes(disk.InstanceID)).at(-1);
  if (top === undefined) return { instanceId: disk.InstanceID, path: own, bytes: disk.bytes, isDifference: false };
  const written = changedExtents(disk.writes, top.sequence, machine.sequence).reduce((sum, { bytes }) => sum + bytes, 0);
  const name = `${diskFileStem(disk.name)}_${top.InstanceID.replace(/^Microsoft:/, "")}.avhdx`;
  return { instanceId: disk.InstanceID, path: path.join(path.dirname(own), name), bytes: EMPTY_DIFFERENCE + written, isDifference: true };
}
