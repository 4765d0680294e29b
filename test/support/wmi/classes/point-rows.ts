import { virtualization } from "../schema";
import type { Instance, Reference } from "../values";
import { type HostView, machinesHere } from "./host";
import { machineReference } from "./system-rows";

const POINT = "Msvm_VirtualSystemReferencePoint";

export function referencePoints(view: HostView): Instance[] {
  return pointsHere(view).map((point) => ({
    className: POINT,
    row: {
      InstanceID: point.InstanceID,
      VirtualSystemIdentifier: point.VirtualSystemIdentifier,
      ReferencePointType: point.ReferencePointType,
      ConsistencyLevel: point.ConsistencyLevel,
      HasAssociatedData: point.HasAssociatedData,
      VirtualDiskIdentifiers: point.VirtualDiskIdentifiers,
      ResilientChangeTrackingIdentifiers: point.ResilientChangeTrackingIdentifiers,
      ElementName: view.moods.language === "de" ? "Referenzpunkt" : "Reference Point",
    },
  }));
}

export function pointsOfSystems(view: HostView): Instance[] {
  return pointsHere(view).map((point) => ({
    className: "Msvm_ReferencePointOfVirtualSystem",
    row: {
      Antecedent: machineReference({ Name: point.VirtualSystemIdentifier }),
      Dependent: pointReference(point),
    },
  }));
}

export function referencePointServices(view: HostView): Instance[] {
  return [
    {
      className: "Msvm_VirtualSystemReferencePointService",
      row: {
        SystemCreationClassName: "Msvm_ComputerSystem",
        SystemName: view.moods.computerName,
        CreationClassName: "Msvm_VirtualSystemReferencePointService",
        Name: "rpvmms",
        ElementName: "Hyper-V Reference Point Service",
        Started: true,
        EnabledState: 2,
      },
    },
  ];
}

export function pointReference(point: { readonly InstanceID: string; readonly VirtualSystemIdentifier: string }): Reference {
  const { InstanceID, VirtualSystemIdentifier } = point;
  return { namespace: virtualization, className: POINT, keys: { InstanceID, VirtualSystemIdentifier } };
}

function pointsHere(view: HostView) {
  const here = new Set(machinesHere(view).map((machine) => machine.Name));
  return view.state.points.filter((point) => here.has(point.VirtualSystemIdentifier));
}
