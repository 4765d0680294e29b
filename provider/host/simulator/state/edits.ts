import { createHash, randomUUID } from "node:crypto";
import { normaliseGuid } from "../../../domain/hyperv/guid";
import { HostError } from "../../port";
import { requireDiskFolder, requireDiskName } from "../disk/disk-names";
import { consistencyLevels, type DiskRecord, type MachineRecord, type PointRecord, pointId, referencePointTypes } from "../wmi-names";
import type { LabState } from "./lab-state";
import { requireMachine } from "./look-ups";

const IDE_CONTROLLER = "83F8638B-8DCA-4152-9EDA-2CA8B33039B4";

interface NewDisk {
  readonly name: string;
  readonly folder?: string | undefined;
  readonly bytes: number;
  readonly seed?: string;
  readonly sourceBytes?: number;
}

export function addMachine(
  state: LabState,
  machine: { readonly id?: string | undefined; readonly name: string; readonly disks: readonly NewDisk[] },
): { state: LabState; machine: MachineRecord } {
  const id = guid(machine.id, "id of the virtual machine");
  if (state.machines.some((one) => one.Name === id)) throw invalid(`A virtual machine with the id ${id} is there already.`);
  if (machine.name.trim() === "") throw invalid("The name of a virtual machine must not be empty.");
  const files = new Set<string>();
  const disks = machine.disks.map((disk, index): DiskRecord => {
    requireDiskName(disk.name);
    if (disk.folder !== undefined) requireDiskFolder(disk.folder);
    const file = [disk.folder, disk.name].filter(Boolean).join("/");
    if (files.has(file.toLowerCase())) throw invalid(`${machine.name} has two disks named ${file}; give one of them another folder.`);
    files.add(file.toLowerCase());
    if (!Number.isSafeInteger(disk.bytes) || disk.bytes <= 0) {
      throw invalid(`Disk ${disk.name}: bytes must be a whole number above 0, got ${disk.bytes}.`);
    }
    return {
      // The form that real ones have: machine, controller, position; with backslashes.
      InstanceID: `Microsoft:${id}\\${IDE_CONTROLLER}\\0\\${index}\\L`,
      name: disk.name,
      ...(disk.folder === undefined ? {} : { folder: disk.folder }),
      bytes: disk.bytes,
      seed: disk.seed ?? `${id}/${file}`,
      ...(disk.sourceBytes === undefined ? {} : { sourceBytes: disk.sourceBytes }),
      writes: [],
    };
  });
  const added: MachineRecord = { Name: id, ElementName: machine.name, sequence: 0, disks, removedDisks: [] };
  return { state: { ...state, machines: [...state.machines, added] }, machine: added };
}

export function addPoint(
  state: LabState,
  point: {
    readonly virtualMachine: string;
    readonly kind: "rct" | "log";
    readonly consistency: "application" | "crash";
    readonly id?: string | undefined;
    readonly diskIds?: readonly string[] | undefined;
    readonly createdAt: number;
  },
): { state: LabState; point: PointRecord } {
  const machine = requireMachine(state, point.virtualMachine);
  const id = pointId(guid(point.id?.replace(/^microsoft:/i, ""), "id of the reference point"));
  if (state.points.some((one) => one.InstanceID === id)) throw invalid(`A reference point with the id ${id} is there already.`);
  const diskIds = point.diskIds ?? machine.disks.map((disk) => disk.InstanceID);
  const covered = diskIds.map((diskId) => requireDiskId(machine, diskId));
  if (new Set(covered).size < covered.length) throw invalid(`A reference point of ${machine.ElementName} covers each disk once.`);
  const sequence = machine.sequence + 1;
  const added: PointRecord = {
    InstanceID: id,
    VirtualSystemIdentifier: machine.Name,
    ReferencePointType: referencePointTypes[point.kind],
    ConsistencyLevel: consistencyLevels[point.consistency],
    HasAssociatedData: point.kind === "log",
    VirtualDiskIdentifiers: [...diskIds],
    ResilientChangeTrackingIdentifiers: point.kind === "rct" ? covered.map((disk) => rctId(disk, sequence)) : [],
    sequence,
    createdAt: point.createdAt,
  };
  return { state: { ...withMachine(state, { ...machine, sequence }), points: [...state.points, added] }, point: added };
}

export function removePoint(state: LabState, id: string): LabState {
  const wanted = pointId(id);
  const points = state.points.filter((point) => point.InstanceID !== wanted);
  if (points.length === state.points.length) throw new HostError("notFound", `There is no reference point ${wanted} in the lab.`);
  return { ...state, points };
}

export function addWrite(
  state: LabState,
  write: { readonly virtualMachine: string; readonly disk: string; readonly offset: number; readonly bytes: number; readonly seed: string },
): { state: LabState } {
  const machine = requireMachine(state, write.virtualMachine);
  const disk = requireDisk(machine, write.disk);
  const { offset, bytes, seed } = write;
  const whole = Number.isSafeInteger(offset) && Number.isSafeInteger(bytes);
  if (!whole || offset < 0 || bytes <= 0 || offset + bytes > disk.bytes) {
    throw invalid(`A write to ${disk.name} must lie within its ${disk.bytes} bytes: got offset ${offset} and ${bytes} bytes.`);
  }
  const sequence = machine.sequence + 1;
  const written = { ...disk, writes: [...disk.writes, { offset, bytes, seed, sequence }] };
  return { state: withMachine(state, { ...machine, sequence, disks: machine.disks.map((one) => (one === disk ? written : one)) }) };
}

/** Takes a disk from its machine; what was recorded of it stays for jobs and points that were made before. */
export function removeDisk(state: LabState, virtualMachine: string, nameOrId: string): LabState {
  const machine = requireMachine(state, virtualMachine);
  const removed = requireDisk(machine, nameOrId);
  const disks = machine.disks.filter((disk) => disk !== removed);
  return withMachine(state, { ...machine, disks, removedDisks: [...machine.removedDisks, removed] });
}

export function requireDisk(machine: MachineRecord, nameOrId: string): DiskRecord {
  const wanted = nameOrId.toLowerCase();
  const found = machine.disks.filter((disk) => disk.name.toLowerCase() === wanted || disk.InstanceID.toLowerCase() === wanted);
  const [only] = found;
  if (only && found.length === 1) return only;
  if (only) throw invalid(`${machine.ElementName} has several disks named ${nameOrId}. Give the instance id of one: ${idsOf(found)}.`);
  const names = machine.disks.map((disk) => disk.name).join(", ") || "none";
  throw new HostError("notFound", `${machine.ElementName} has no disk ${nameOrId}; its disks: ${names}.`);
}

function requireDiskId(machine: MachineRecord, id: string): DiskRecord {
  const found = machine.disks.find((disk) => disk.InstanceID.toLowerCase() === id.toLowerCase());
  if (!found) throw invalid(`${machine.ElementName} has no disk with the instance id ${id}; its disks: ${idsOf(machine.disks) || "none"}.`);
  return found;
}

function idsOf(disks: readonly DiskRecord[]): string {
  return disks.map((disk) => disk.InstanceID).join(", ");
}

function withMachine(state: LabState, machine: MachineRecord): LabState {
  return { ...state, machines: state.machines.map((one) => (one.Name === machine.Name ? machine : one)) };
}

/** Real ids look like this; no public source states the format, so nothing may parse it. */
function rctId(disk: DiskRecord, sequence: number): string {
  const digest = createHash("sha256").update(disk.InstanceID).digest("hex");
  return `rctX:${digest.slice(0, 8)}:${digest.slice(8, 12)}:${digest.slice(12, 16)}:${sequence.toString(16).padStart(8, "0")}`;
}

function guid(text: string | undefined, what: string): string {
  if (text === undefined) return randomUUID().toUpperCase();
  const parsed = normaliseGuid(text);
  if (!parsed.ok) throw invalid(`The ${what} must be a GUID, got ${JSON.stringify(text)}.`);
  return parsed.value;
}

function invalid(message: string): HostError {
  return new HostError("invalidParameter", message);
}
