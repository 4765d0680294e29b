import { randomUUID } from "node:crypto";
import { HostError } from "../../port";
import { isSharedDisk } from "../disk/disk-names";
import { withMachine } from "../machines/machine-edits";
import { addPoint } from "../machines/point-edits";
import { type CheckpointRecord, checkpointTypes } from "../state/checkpoint-records";
import type { LabState } from "../state/lab-state";
import type { MachineRecord, PointRecord } from "../state/wmi-records";

/** A checkpoint of the machine as its disks are now, not yet in the state's list. */
export function newCheckpoint(
  state: LabState,
  machine: MachineRecord,
  about: {
    readonly type: keyof typeof checkpointTypes;
    readonly name: string;
    readonly consistency: CheckpointRecord["consistency"];
    readonly createdAt: number;
  },
): { readonly state: LabState; readonly checkpoint: CheckpointRecord } {
  const sequence = machine.sequence + 1;
  const checkpoint: CheckpointRecord = {
    InstanceID: `Microsoft:${randomUUID().toUpperCase()}`,
    ElementName: about.name,
    VirtualSystemIdentifier: machine.Name,
    VirtualSystemType: checkpointTypes[about.type],
    CreationTime: about.createdAt,
    consistency: about.consistency,
    diskIds: machine.disks.filter(({ name }) => !isSharedDisk(name)).map((disk) => disk.InstanceID),
    sequence,
  };
  return { state: withMachine(state, { ...machine, sequence }), checkpoint };
}

/** The point that a conversion makes: of the checkpoint's moment, whatever was written since. */
export function convertedPoint(state: LabState, checkpoint: CheckpointRecord): PointRecord {
  const { VirtualSystemIdentifier: virtualMachine, consistency, diskIds, CreationTime } = checkpoint;
  const present = new Set(state.machines.find(({ Name }) => Name === virtualMachine)?.disks.map((disk) => disk.InstanceID));
  const covered = diskIds.filter((id) => present.has(id));
  const { point } = addPoint(state, { virtualMachine, kind: "rct", consistency, diskIds: covered, createdAt: CreationTime });
  return { ...point, sequence: checkpoint.sequence, convertedFrom: checkpoint.InstanceID };
}

/** The checkpoint as an export has it: what it holds, under its own id. */
export function contentOf(state: LabState, checkpoint: CheckpointRecord): PointRecord {
  return { ...convertedPoint(state, checkpoint), InstanceID: checkpoint.InstanceID };
}

export function requireCheckpoint(state: LabState, id: string): CheckpointRecord {
  const wanted = id.toUpperCase().replace(/^MICROSOFT:/, "");
  const found = state.checkpoints.find(({ InstanceID }) => InstanceID === `Microsoft:${wanted}`);
  if (!found) throw new HostError("notFound", `There is no checkpoint ${id} in the lab.`);
  return found;
}
