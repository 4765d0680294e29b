import { conditionOf, passThroughDriveId } from "../../../../provider/host/simulator/state/machine-condition";
import type { Instance } from "../values";
import { type HostView, machinesHere } from "./host";

/** Disks of the host that are passed through to a machine. */
export function physicalDisks(view: HostView): Instance[] {
  return machinesHere(view)
    .filter((machine) => conditionOf(machine).passThroughDisk)
    .map((machine) => ({
      className: "Msvm_ResourceAllocationSettingData",
      row: {
        InstanceID: passThroughDriveId(machine),
        ElementName: view.moods.language === "de" ? "Festplatte" : "Hard Drive",
        ResourceType: 17,
        ResourceSubType: "Microsoft:Hyper-V:Physical Disk Drive",
        HostResource: [
          `\\\\${view.moods.computerName}\\root\\virtualization\\v2:Msvm_DiskDrive.DeviceID="Microsoft:353B3BE8-310C-4cf4-839E-4E1B14616136\\\\1"`,
        ],
      },
    }));
}

/** The guest's backup service of each machine. */
export function backupServices(view: HostView): Instance[] {
  return machinesHere(view).map((machine) => {
    const isOn = conditionOf(machine).guestBackup === "works";
    return {
      className: "Msvm_VssComponent",
      row: {
        SystemCreationClassName: "Msvm_ComputerSystem",
        SystemName: machine.Name,
        CreationClassName: "Msvm_VssComponent",
        DeviceID: `Microsoft:${machine.Name}\\5CED1297-4598-4915-A5FC-AD21BB4D02A4`,
        ElementName: "VSS",
        EnabledState: isOn ? 2 : 3,
        OperationalStatus: [isOn ? 2 : 12],
      },
    };
  });
}
