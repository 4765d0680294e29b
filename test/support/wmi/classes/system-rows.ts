import * as fs from "node:fs";
import * as path from "node:path";
import { diskFile, layersOf } from "../../../../provider/host/simulator/checkpoints/running-files";
import { runningMerge } from "../../../../provider/host/simulator/jobs/running-work";
import { conditionOf } from "../../../../provider/host/simulator/state/machine-condition";
import type { MachineRecord } from "../../../../provider/host/simulator/state/wmi-records";
import { virtualization } from "../schema";
import { type Instance, pathOf, type Reference } from "../values";
import { type HostView, machinesHere } from "./host";

const MACHINE = "Msvm_ComputerSystem";
const SETTINGS = "Msvm_VirtualSystemSettingData";
const DISK = "Msvm_StorageAllocationSettingData";

/** OperationalStatus: in service, and what for. */
const IN_SERVICE = 11;
const CREATING_CHECKPOINT = 32768;
const MERGING_DISKS = 32772;

const CONFIGURED = new Date("2026-11-20T21:00:00Z");

/** The host's own row first: it is of the same class as the machines. */
export function computerSystems(view: HostView): Instance[] {
  const german = view.moods.language === "de";
  const { computerName } = view.moods;
  const host = {
    CreationClassName: MACHINE,
    Name: computerName,
    ElementName: computerName,
    Caption: german ? "Hostcomputersystem" : "Hosting Computer System",
    Description: german ? "Microsoft-Hostcomputersystem" : "Microsoft Hosting Computer System",
    EnabledState: 2,
    HealthState: 5,
    OperationalStatus: [2],
  };
  const machines = machinesHere(view).map((machine) => ({
    ...machineKeys(machine),
    ElementName: machine.ElementName,
    Caption: german ? "Virtueller Computer" : "Virtual Machine",
    Description: german ? "Virtueller Microsoft-Computer" : "Microsoft Virtual Machine",
    EnabledState: 2,
    HealthState: 5,
    OperationalStatus: operationalStatus(view, machine),
    ReplicationMode: conditionOf(machine).replica ? 2 : 0,
    OnTimeInMilliseconds: 3_600_000,
    ProcessID: 4711,
    TimeOfLastConfigurationChange: CONFIGURED,
  }));
  return [host, ...machines].map((row) => ({ className: MACHINE, row }));
}

export function systemSettings(view: HostView): Instance[] {
  return machinesHere(view).map((machine) => ({
    className: SETTINGS,
    row: {
      InstanceID: `Microsoft:${machine.Name}`,
      ElementName: machine.ElementName,
      VirtualSystemIdentifier: machine.Name,
      VirtualSystemType: "Microsoft:Hyper-V:System:Realized",
      VirtualSystemSubType: "Microsoft:Hyper-V:SubType:2",
      Version: "10.0",
      IncrementalBackupEnabled: true,
      ...(machine.notes !== undefined && { Notes: [machine.notes] }),
    },
  }));
}

export function diskSettings(view: HostView): Instance[] {
  return machinesHere(view).flatMap((machine) =>
    machine.disks.map((disk) => {
      const { path: file, bytes, isDifference } = diskFile(view.lab.directory, machine, disk, layersOf(view.state, machine));
      if (isDifference) grown(file, bytes ?? 0);
      else if (disk.sourceBytes === undefined) standAtLength(file, disk.bytes);
      return {
        className: DISK,
        row: {
          InstanceID: disk.InstanceID,
          ElementName: view.moods.language === "de" ? "Festplattenabbild" : "Hard Disk Image",
          HostResource: [file],
          ResourceType: 31,
          ResourceSubType: "Microsoft:Hyper-V:Virtual Hard Disk",
          Parent: pathOf(controllerOf(disk.InstanceID), view.moods.computerName),
          AutomaticAllocation: true,
          Access: 3,
        },
      };
    }),
  );
}

export function settingsDefineState(view: HostView): Instance[] {
  return machinesHere(view).map((machine) => ({
    className: "Msvm_SettingsDefineState",
    row: { ManagedElement: machineReference(machine), SettingData: settingsReference(machine) },
  }));
}

export function settingComponents(view: HostView): Instance[] {
  return machinesHere(view).flatMap((machine) =>
    machine.disks.map((disk) => ({
      className: "Msvm_VirtualSystemSettingDataComponent",
      row: {
        GroupComponent: settingsReference(machine),
        PartComponent: { namespace: virtualization, className: DISK, keys: { InstanceID: disk.InstanceID } },
      },
    })),
  );
}

export function machineReference(machine: Pick<MachineRecord, "Name">): Reference {
  return { namespace: virtualization, className: MACHINE, keys: machineKeys(machine) };
}

function machineKeys({ Name }: Pick<MachineRecord, "Name">) {
  return { CreationClassName: MACHINE, Name };
}

function settingsReference({ Name }: MachineRecord): Reference {
  return { namespace: virtualization, className: SETTINGS, keys: { InstanceID: `Microsoft:${Name}` } };
}

function controllerOf(diskId: string): Reference {
  return { namespace: virtualization, className: "Msvm_ResourceAllocationSettingData", keys: { InstanceID: diskId.replace(/L$/, "D") } };
}

function operationalStatus(view: HostView, machine: MachineRecord): number[] {
  if (conditionOf(machine).checkpointRunning) return [IN_SERVICE, CREATING_CHECKPOINT];
  return runningMerge(view.state, machine.Name) === undefined ? [2] : [IN_SERVICE, MERGING_DISKS];
}

/** A file that the machine writes into has what it has written by now. */
function grown(file: string, bytes: number): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.closeSync(fs.openSync(file, "a"));
  fs.truncateSync(file, bytes);
}

const standing = new Set<string>();

/** A disk whose content the simulator makes up still is a file of its size to whoever asks the file system. */
function standAtLength(file: string, bytes: number): void {
  if (standing.has(file)) return;
  standing.add(file);
  if (fs.existsSync(file)) return;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.closeSync(fs.openSync(file, "a"));
  fs.truncateSync(file, bytes);
}
