import type { Instance } from "../values";
import { checkpointJobs, elementsOfCheckpointJobs } from "./checkpoint-job-rows";
import {
  checkpointDisks,
  checkpointSettings,
  checkpointsOfSystems,
  imageServices,
  managementServices,
  snapshotServices,
} from "./checkpoint-rows";
import { backupServices, physicalDisks } from "./condition-rows";
import type { HostView } from "./host";
import { affectedElements, exportJobs } from "./job-rows";
import { elementsOfPointJobs, pointJobs } from "./point-job-rows";
import { pointsOfSystems, referencePointServices, referencePoints } from "./point-rows";
import { computerSystems, diskSettings, settingComponents, settingsDefineState, systemSettings } from "./system-rows";
import { addedResources, endedJobs } from "./test-machine-rows";
import { clusterGroups, clusterResources, computers, operatingSystems, products, services, volumes } from "./windows-rows";

type Provider = (view: HostView) => Instance[];

/** Classes that have rows. A class of the schema that is not here is there and has none. */
export const providers: Readonly<Record<string, Provider>> = {
  Msvm_ComputerSystem: computerSystems,
  Msvm_VirtualSystemSettingData: (view) => [...systemSettings(view), ...checkpointSettings(view)],
  Msvm_StorageAllocationSettingData: (view) => [...diskSettings(view), ...checkpointDisks(view)],
  Msvm_SnapshotOfVirtualSystem: checkpointsOfSystems,
  Msvm_VirtualSystemSnapshotService: snapshotServices,
  Msvm_VirtualSystemManagementService: managementServices,
  Msvm_SettingsDefineState: settingsDefineState,
  Msvm_VirtualSystemSettingDataComponent: settingComponents,
  Msvm_VirtualSystemReferencePoint: referencePoints,
  Msvm_ReferencePointOfVirtualSystem: pointsOfSystems,
  Msvm_VirtualSystemReferencePointService: referencePointServices,
  Msvm_VirtualSystemReferencePointExportJob: (view) => exportJobs(view, "Msvm_VirtualSystemReferencePointExportJob"),
  Msvm_ConcreteJob: (view) => [
    ...exportJobs(view, "Msvm_ConcreteJob"),
    ...pointJobs(view),
    ...checkpointJobs(view),
    ...endedJobs(view, "Msvm_ConcreteJob"),
  ],
  Msvm_StorageJob: (view) => endedJobs(view, "Msvm_StorageJob"),
  Msvm_ImageManagementService: imageServices,
  Msvm_AffectedJobElement: (view) => [...affectedElements(view), ...elementsOfPointJobs(view), ...elementsOfCheckpointJobs(view)],
  Msvm_ResourceAllocationSettingData: (view) => [...physicalDisks(view), ...addedResources(view)],
  Msvm_VssComponent: backupServices,
  Win32_Service: services,
  Win32_OperatingSystem: operatingSystems,
  Win32_ComputerSystem: computers,
  Win32_ComputerSystemProduct: products,
  Win32_Volume: volumes,
  MSCluster_ResourceGroup: clusterGroups,
  MSCluster_Resource: clusterResources,
};

export const jobClasses = ["Msvm_StorageJob", "Msvm_VirtualSystemReferencePointExportJob", "Msvm_ConcreteJob", "Msvm_AffectedJobElement"];

/** Classes whose rows follow from the lab's state and the host's name and language alone. */
export const lastingClasses = [
  "Msvm_ComputerSystem",
  "Msvm_VirtualSystemSettingData",
  "Msvm_StorageAllocationSettingData",
  "Msvm_SettingsDefineState",
  "Msvm_VirtualSystemSettingDataComponent",
  "Msvm_VirtualSystemReferencePoint",
  "Msvm_ReferencePointOfVirtualSystem",
  "Msvm_SnapshotOfVirtualSystem",
];
