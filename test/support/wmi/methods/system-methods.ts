import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { addMachine, withMachine } from "../../../../provider/host/simulator/machines/machine-edits";
import { attachDisk, withoutMachine } from "../../../../provider/host/simulator/machines/test-machines";
import { machineById } from "../../../../provider/host/simulator/state/look-ups";
import type { HostView } from "../classes/host";
import { machineReference } from "../classes/system-rows";
import { type AddedResource, madeOf } from "../classes/test-machine-rows";
import { type Schema, virtualization } from "../schema";
import { parsePath, type Reference, type Row } from "../values";
import { readEmbeddedInstance } from "./embedded-instance";
import { writeFixedVhdx } from "./fixed-vhdx";
import type { MethodResult } from "./method-result";

const COMPLETED = 0;
const JOB_STARTED = 4096;
const INVALID_PARAMETER = 32773;
const FIXED = 2;
const VHDX = 3;
const KINDS = {
  "Microsoft:Hyper-V:Synthetic SCSI Controller": 6,
  "Microsoft:Hyper-V:Synthetic Disk Drive": 17,
  "Microsoft:Hyper-V:Virtual Hard Disk": 31,
} as const;

/** DefineSystem of Msvm_VirtualSystemManagementService: a machine without a disk, and the folder of its configuration. */
export async function defineSystem(view: HostView, schema: Schema, args: Row): Promise<MethodResult> {
  const settings = read(schema, "Msvm_VirtualSystemSettingData", args.SystemSettings);
  if (settings === undefined) return refused("SystemSettings");
  const { ElementName: name, Notes: notes, ConfigurationDataRoot: root } = settings;
  if (typeof name !== "string" || typeof root !== "string" || !fs.existsSync(root)) return refused("ElementName or ConfigurationDataRoot");
  const machine = await view.lab.store.change((state) => {
    const added = addMachine(state, { id: randomUUID(), name, disks: [] });
    // Of several notes a real host keeps the first.
    const noted = { ...added.machine, ...(Array.isArray(notes) && { notes: String(notes[0]) }) };
    return { state: withMachine(added.state, noted), result: noted };
  });
  const folder = path.join(root, "Virtual Machines");
  fs.mkdirSync(folder, { recursive: true });
  const files = ["vmcx", "vmgs", "VMRS"].map((extension) => path.join(folder, `${machine.Name}.${extension}`));
  for (const file of files) fs.writeFileSync(file, "played");
  madeOf(view.lab).files.set(machine.Name, files);
  return { returnValue: COMPLETED, out: { ResultingSystem: machineReference(machine) } };
}

/** CreateVirtualHardDisk of Msvm_ImageManagementService; its job has ended by the time that it is named. */
export async function createVirtualHardDisk(view: HostView, schema: Schema, args: Row): Promise<MethodResult> {
  const settings = read(schema, "Msvm_VirtualHardDiskSettingData", args.VirtualDiskSettingData);
  if (settings?.Type !== FIXED || settings.Format !== VHDX) return refused("only fixed VHDX files are played");
  const { Path: file, MaxInternalSize: bytes } = settings;
  if (typeof file !== "string" || typeof bytes !== "number" || fs.existsSync(file)) return refused("Path or MaxInternalSize");
  writeFixedVhdx(file, bytes);
  return { returnValue: JOB_STARTED, out: { Job: endedJob(view, "Msvm_StorageJob") } };
}

/** AddResourceSettings: a controller, then a drive on it, then the disk in the drive. */
export async function addResourceSettings(view: HostView, schema: Schema, args: Row): Promise<MethodResult> {
  const id = (args.AffectedConfiguration as Reference).keys.InstanceID?.replace(/^Microsoft:/, "") ?? "";
  const source = (args.ResourceSettings as string[] | undefined)?.[0];
  const isDisk = source?.includes("Msvm_StorageAllocationSettingData") === true;
  const className = isDisk ? "Msvm_StorageAllocationSettingData" : "Msvm_ResourceAllocationSettingData";
  const settings = read(schema, className, source);
  const kind = settings?.ResourceSubType as keyof typeof KINDS;
  if (settings === undefined || settings.ResourceType !== KINDS[kind]) return refused("ResourceSettings");
  const made = madeOf(view.lab);
  const above = kind.endsWith("Controller") ? undefined : parsePath(String(settings.Parent), virtualization);
  const parent = made.resources.find(({ InstanceID }) => InstanceID === above?.keys.InstanceID);
  if (!kind.endsWith("Controller") && parent === undefined) return refused("Parent");
  if (isDisk) {
    const file = (settings.HostResource as string[])[0] ?? "";
    if (!fs.existsSync(file)) return { returnValue: 32779, out: {}, why: "the disk's file is not there" };
    await attachDisk(view.lab, id, { path: file, name: path.basename(file), bytes: fs.statSync(file).size });
    const added = machineById(await view.lab.store.read(), id)?.disks.at(-1)?.InstanceID ?? "";
    return resulting(className, added);
  }
  const added: AddedResource = {
    machineId: id,
    InstanceID: parent ? `${parent.InstanceID}\\0\\0\\D` : `Microsoft:${id}\\${randomUUID().toUpperCase()}\\0`,
    ResourceType: KINDS[kind],
    ResourceSubType: kind,
  };
  made.resources.push(added);
  return resulting(className, added.InstanceID);
}

/** DestroySystem: the machine, its points and the files of its configuration go; its folders and its disk's file stay. */
export async function destroySystem(view: HostView, args: Row): Promise<MethodResult> {
  const id = (args.AffectedSystem as Reference).keys.Name ?? "";
  await view.lab.store.change((state) => ({ state: withoutMachine(state, id), result: undefined }));
  for (const file of madeOf(view.lab).files.get(id) ?? []) fs.rmSync(file, { force: true });
  return { returnValue: JOB_STARTED, out: { Job: endedJob(view, "Msvm_ConcreteJob") } };
}

function read(schema: Schema, className: string, source: unknown): Row | undefined {
  const wmiClass = schema.class(virtualization, className);
  if (wmiClass === undefined) throw new Error(`the schema has no ${className}`);
  const instance = readEmbeddedInstance(String(source ?? ""), wmiClass);
  return instance.ok ? instance.row : undefined;
}

function endedJob({ lab, now }: HostView, className: string): Reference {
  const InstanceID = randomUUID().toUpperCase();
  madeOf(lab).jobs.push({ className, InstanceID, at: now });
  return { namespace: virtualization, className, keys: { InstanceID } };
}

function resulting(className: string, InstanceID: string): MethodResult {
  const reference = { namespace: virtualization, className, keys: { InstanceID } };
  return { returnValue: COMPLETED, out: { ResultingResourceSettings: [reference] } };
}

function refused(why: string): MethodResult {
  return { returnValue: INVALID_PARAMETER, out: {}, why };
}
