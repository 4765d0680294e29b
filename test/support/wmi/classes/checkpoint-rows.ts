import { diskFile, layersOf } from "../../../../provider/host/simulator/checkpoints/running-files";
import type { CheckpointRecord } from "../../../../provider/host/simulator/state/checkpoint-records";
import { virtualization } from "../schema";
import type { Instance, Reference } from "../values";
import { type HostView, machinesHere } from "./host";
import { machineReference } from "./system-rows";

const SETTINGS = "Msvm_VirtualSystemSettingData";

/** Settings of checkpoints: of the class that a machine's own settings have. */
export function checkpointSettings(view: HostView): Instance[] {
  return checkpointsHere(view).map((checkpoint) => ({
    className: SETTINGS,
    row: {
      InstanceID: checkpoint.InstanceID,
      ElementName: checkpoint.ElementName,
      VirtualSystemIdentifier: checkpoint.VirtualSystemIdentifier,
      VirtualSystemType: checkpoint.VirtualSystemType,
      VirtualSystemSubType: "Microsoft:Hyper-V:SubType:2",
      ConfigurationID: guidOf(checkpoint),
      CreationTime: new Date(checkpoint.CreationTime),
      Version: "10.0",
    },
  }));
}

export function checkpointsOfSystems(view: HostView): Instance[] {
  return checkpointsHere(view).map((checkpoint) => ({
    className: "Msvm_SnapshotOfVirtualSystem",
    row: { Antecedent: machineReference({ Name: checkpoint.VirtualSystemIdentifier }), Dependent: checkpointReference(checkpoint) },
  }));
}

/** Disks of checkpoints, as the files that they were: their ids begin with the checkpoint's GUID. */
export function checkpointDisks(view: HostView): Instance[] {
  return machinesHere(view).flatMap((machine) => {
    const layers = layersOf(view.state, machine);
    return layers.flatMap((checkpoint, index) => {
      if (!view.state.checkpoints.includes(checkpoint)) return [];
      const held = machine.disks.filter((disk) => checkpoint.diskIds.includes(disk.InstanceID));
      return held.map((disk) => ({
        className: "Msvm_StorageAllocationSettingData",
        row: {
          InstanceID: disk.InstanceID.replace(machine.Name, guidOf(checkpoint)),
          ElementName: view.moods.language === "de" ? "Festplattenabbild" : "Hard Disk Image",
          HostResource: [diskFile(view.lab.directory, machine, disk, layers.slice(0, index)).path],
          ResourceType: 31,
          ResourceSubType: "Microsoft:Hyper-V:Virtual Hard Disk",
        },
      }));
    });
  });
}

export function snapshotServices(view: HostView): Instance[] {
  return [service(view, "Msvm_VirtualSystemSnapshotService", "ssvmms", "Hyper-V Virtual System Snapshot Service")];
}

export function managementServices(view: HostView): Instance[] {
  return [service(view, "Msvm_VirtualSystemManagementService", "vmms", "Hyper-V Virtual System Management Service")];
}

export function imageServices(view: HostView): Instance[] {
  return [service(view, "Msvm_ImageManagementService", "vhdsvc", "Hyper-V Image Management Service")];
}

export function checkpointReference({ InstanceID }: Pick<CheckpointRecord, "InstanceID">): Reference {
  return { namespace: virtualization, className: SETTINGS, keys: { InstanceID } };
}

function service({ moods }: HostView, className: string, Name: string, ElementName: string): Instance {
  const keys = { SystemCreationClassName: "Msvm_ComputerSystem", SystemName: moods.computerName, CreationClassName: className, Name };
  return { className, row: { ...keys, ElementName, Started: true, EnabledState: 2 } };
}

function guidOf({ InstanceID }: Pick<CheckpointRecord, "InstanceID">): string {
  return InstanceID.replace(/^Microsoft:/, "");
}

function checkpointsHere(view: HostView) {
  const here = new Set(machinesHere(view).map((machine) => machine.Name));
  return view.state.checkpoints.filter((one) => here.has(one.VirtualSystemIdentifier));
}
