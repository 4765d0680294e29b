import * as fs from "node:fs";
import type { MachineRecord } from "../../../../provider/host/simulator/state/wmi-records";
import type { Instance, Row } from "../values";
import { type HostView, ownerOf } from "./host";

export function services({ moods }: HostView): Instance[] {
  if (moods.managementService === "missing") return [];
  const running = moods.managementService === "running";
  return only("Win32_Service", {
    Name: "vmms",
    SystemName: moods.computerName,
    DisplayName: moods.language === "de" ? "Hyper-V-Verwaltung des virtuellen Computers" : "Hyper-V Virtual Machine Management",
    State: running ? "Running" : "Stopped",
    Started: running,
    StartMode: "Auto",
    Status: "OK",
    ProcessId: running ? 2345 : 0,
    StartName: "LocalSystem",
    ExitCode: running ? 0 : 1077,
  });
}

export function operatingSystems({ moods, now }: HostView): Instance[] {
  return only("Win32_OperatingSystem", {
    Name: "Microsoft Windows Server 2025 Standard|C:\\Windows|\\Device\\Harddisk0\\Partition3",
    Caption: "Microsoft Windows Server 2025 Standard",
    Version: "10.0.26100",
    BuildNumber: "26100",
    CSName: moods.computerName,
    OSLanguage: moods.language === "de" ? 1031 : 1033,
    MUILanguages: [moods.language === "de" ? "de-DE" : "en-US"],
    ProductType: 3,
    OperatingSystemSKU: 7,
    LastBootUpTime: new Date(now - 86_400_000),
    LocalDateTime: new Date(now),
    SystemDrive: "C:",
    WindowsDirectory: "C:\\Windows",
  });
}

export function computers({ moods }: HostView): Instance[] {
  return only("Win32_ComputerSystem", {
    Name: moods.computerName,
    DNSHostName: moods.computerName.toLowerCase(),
    Domain: "example.test",
    PartOfDomain: true,
    Manufacturer: "Example",
    Model: "Stand-in",
    HypervisorPresent: true,
  });
}

export function products({ moods }: HostView): Instance[] {
  return only("Win32_ComputerSystemProduct", {
    IdentifyingNumber: "B4C04F5",
    Name: "Stand-in",
    Version: "1",
    Vendor: "Example",
    UUID: moods.machineUuid,
  });
}

/** One volume, mounted at the root: the lab's. */
export function volumes({ lab, state }: HostView): Instance[] {
  const { bsize, blocks, bavail } = fs.statfsSync(lab.directory);
  return only("Win32_Volume", {
    DeviceID: "\\\\?\\Volume{00000000-0000-4000-8000-000000000001}\\",
    Name: process.platform === "win32" ? "C:\\" : "/",
    FileSystem: "NTFS",
    DriveType: 3,
    Capacity: bsize * blocks,
    FreeSpace: state.settings.freeBytes ?? bsize * bavail,
    SystemVolume: true,
  });
}

/** A group is named after its machine, and no two alike: a cluster has no two groups of one name. Its id is the cluster's, not the machine's. */
function groupOf(view: HostView): (machine: MachineRecord) => { readonly name: string; readonly id: string; readonly owner: string } {
  const names = view.state.machines.map(({ ElementName }) => ElementName);
  return (machine) => {
    const first = view.state.machines[names.indexOf(machine.ElementName)];
    const name = first === machine ? machine.ElementName : `${machine.ElementName} ${machine.Name}`;
    return { name, id: `c1${machine.Name.toLowerCase().slice(2)}`, owner: ownerOf(view, machine) };
  };
}

export function clusterGroups(view: HostView): Instance[] {
  return view.state.machines.map(groupOf(view)).map(({ name, id, owner }) => ({
    className: "MSCluster_ResourceGroup",
    row: { Name: name, Id: id, OwnerNode: owner, State: 0, GroupType: 111 },
  }));
}

/** A machine's resource says which machine it is in its private properties, and nowhere else. */
export function clusterResources(view: HostView): Instance[] {
  const toGroup = groupOf(view);
  return view.state.machines.map((machine) => {
    const { name, id, owner } = toGroup(machine);
    const vmId = `<PROPERTY NAME="VmID" TYPE="string"><VALUE>${machine.Name.toLowerCase()}</VALUE></PROPERTY>`;
    return {
      className: "MSCluster_Resource",
      row: {
        Name: `Virtual Machine ${name}`,
        Id: `e${id.slice(1)}`,
        Type: "Virtual Machine",
        OwnerGroup: name,
        OwnerNode: owner,
        PrivateProperties: `<INSTANCE CLASSNAME="MSCluster_Property">${vmId}</INSTANCE>`,
        State: 2,
      },
    };
  });
}

function only(className: string, row: Row): Instance[] {
  return [{ className, row }];
}
