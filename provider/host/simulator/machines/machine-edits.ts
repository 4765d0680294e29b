import { randomUUID } from "node:crypto";
import { normaliseGuid } from "../../../domain/hyperv/guid";
import { HostError } from "../../port";
import { requireDiskFolder, requireDiskName } from "../disk/disk-names";
import type { LabMachineCondition } from "../lab/lab-types";
import { requireDisk } from "../state/disk-look-ups";
import type { LabState } from "../state/lab-state";
import { requireMachine } from "../state/look-ups";
import { conditionOf, machineCondition } from "../state/machine-condition";
import type { DiskRecord, MachineRecord } from "../state/wmi-records";

const IDE_CONTROLLER = "83F8638B-8DCA-4152-9EDA-2CA8B33039B4";

export interface DiskToAdd {
  readonly name: string;
  readonly folder?: string | undefined;
  readonly bytes: number;
  readonly seed?: string;
  readonly sourceBytes?: number;
}

export function addMachine(
  state: LabState,
  machine: { readonly id?: string | undefined; readonly name: string; readonly disks: readonly DiskToAdd[] },
): { state: LabState; machine: MachineRecord } {
  const id = machineId(machine.id ?? randomUUID());
  if (state.machines.some((one) => one.Name === id)) throw invalid(`A virtual machine with the id ${id} is there already.`);
  requireMachineName(machine.name);
  const bare: MachineRecord = { Name: id, ElementName: machine.name, sequence: 0, disks: [], removedDisks: [] };
  const added = machine.disks.reduce(withDisk, bare);
  return { state: { ...state, machines: [...state.machines, added] }, machine: added };
}

/** Gives a machine one more disk. Points that were made before do not cover it. */
export function addDisk(state: LabState, virtualMachine: string, disk: DiskToAdd): { state: LabState; machine: MachineRecord } {
  const machine = withDisk(requireMachine(state, virtualMachine), disk);
  return { state: withMachine(state, machine), machine };
}

function withDisk(machine: MachineRecord, disk: DiskToAdd): MachineRecord {
  const { Name: id, ElementName, disks, removedDisks } = machine;
  requireDiskName(disk.name);
  if (disk.folder !== undefined) requireDiskFolder(disk.folder);
  const file = fileOf(disk);
  // The file of one that was removed may be in a point still.
  if ([...disks, ...removedDisks].some((other) => fileOf(other).toLowerCase() === file.toLowerCase()))
    throw invalid(`${ElementName} has two disks named ${file}; give one of them another folder.`);
  if (!Number.isSafeInteger(disk.bytes) || disk.bytes <= 0) {
    throw invalid(`Disk ${disk.name}: bytes must be a whole number above 0, got ${disk.bytes}.`);
  }
  const added: DiskRecord = {
    // The form that real ones have: machine, controller, position; with backslashes.
    InstanceID: `Microsoft:${id}\\${IDE_CONTROLLER}\\0\\${disks.length + removedDisks.length}\\L`,
    name: disk.name,
    ...(disk.folder === undefined ? {} : { folder: disk.folder }),
    bytes: disk.bytes,
    seed: disk.seed ?? `${id}/${file}`,
    ...(disk.sourceBytes === undefined ? {} : { sourceBytes: disk.sourceBytes }),
    writes: [],
  };
  return { ...machine, disks: [...disks, added] };
}

function fileOf({ folder, name }: Pick<DiskToAdd, "folder" | "name">): string {
  return [folder, name].filter(Boolean).join("/");
}

export function renameMachine(state: LabState, virtualMachine: string, name: string): LabState {
  requireMachineName(name);
  return withMachine(state, { ...requireMachine(state, virtualMachine), ElementName: name });
}

function requireMachineName(name: string): void {
  if (name.trim() === "") throw invalid("The name of a virtual machine must not be empty.");
}

/** Takes a disk from its machine; what was recorded of it stays for jobs and points that were made before. */
export function removeDisk(state: LabState, virtualMachine: string, nameOrId: string): LabState {
  const machine = requireMachine(state, virtualMachine);
  const removed = requireDisk(machine, nameOrId);
  const disks = machine.disks.filter((disk) => disk !== removed);
  return withMachine(state, { ...machine, disks, removedDisks: [...machine.removedDisks, removed] });
}

/** What the machine is like from now on, as far as points of it are concerned. */
export function withCondition(state: LabState, { virtualMachine, ...change }: LabMachineCondition): LabState {
  const machine = requireMachine(state, virtualMachine);
  const parsed = machineCondition.safeParse({ ...conditionOf(machine), ...change });
  if (parsed.success) return withMachine(state, { ...machine, condition: parsed.data });
  const issue = parsed.error.issues[0];
  throw invalid(`${machine.ElementName} cannot be so: ${[issue?.path.join("."), issue?.message].filter(Boolean).join(": ")}.`);
}

export function withMachine(state: LabState, machine: MachineRecord): LabState {
  return { ...state, machines: state.machines.map((one) => (one.Name === machine.Name ? machine : one)) };
}

function machineId(text: string): string {
  const parsed = normaliseGuid(text);
  if (!parsed.ok) throw invalid(`The id of the virtual machine must be a GUID, got ${JSON.stringify(text)}.`);
  return parsed.value;
}

function invalid(message: string): HostError {
  return new HostError("invalidParameter", message);
}
