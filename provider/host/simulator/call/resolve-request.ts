import type { ExportRequest } from "../../port";
import type { LabState } from "../state/lab-state";
import { findPoint, machineById } from "../state/look-ups";
import type { MachineRecord, PointRecord } from "../state/wmi-records";
import { type Refusal, refusal } from "./refusal";

/** What a request asks to export, as the lab has it. */
export interface RequestedExport {
  readonly machine: MachineRecord;
  readonly point: PointRecord;
  readonly baseSequence?: number;
  readonly BaseReferencePointId?: string;
  readonly ExportedDisks: string[];
  /** Of an export of a checkpoint. */
  readonly checkpointId?: string;
  readonly baseContent?: string;
}

/** The checks that ExportReferencePoint makes of its parameters. */
export function resolveRequest(state: LabState, request: ExportRequest): RequestedExport | Refusal {
  const invalid = (why: string) => refusal("invalidParameter", why);
  const machine = machineById(state, request.virtualMachineId);
  if (!machine) return invalid("there is no such virtual machine");
  const point = findPoint(state, request.referencePointId);
  if (point?.VirtualSystemIdentifier !== machine.Name) return invalid("the reference point is not one of this machine");
  const present = new Set(machine.disks.map((disk) => disk.InstanceID.toLowerCase()));
  const ids = new Map(point.VirtualDiskIdentifiers.map((id) => [id.toLowerCase(), id]));
  const disks: string[] = [];
  for (const asked of request.disksToExport) {
    const id = ids.get(asked.toLowerCase());
    if (id === undefined) return invalid(`the reference point has no disk ${asked}`);
    if (!present.has(id.toLowerCase())) return invalid(`the machine no longer has the disk ${asked}`);
    if (!disks.includes(id)) disks.push(id);
  }
  // Whether a real host refuses a point whose disk is gone is not known; one that goes on without it is the worse one to meet.
  const covered = point.VirtualDiskIdentifiers.filter((id) => present.has(id.toLowerCase()));
  if (covered.length < point.VirtualDiskIdentifiers.length && covered.length === 0)
    return invalid("the machine has none of the reference point's disks any more");
  const subject = { machine, point, ExportedDisks: disks.length > 0 ? disks : covered };
  if (request.baseReferencePointId === undefined) return subject;
  const base = findPoint(state, request.baseReferencePointId);
  if (base?.VirtualSystemIdentifier !== machine.Name) return invalid("the base reference point is not one of this machine");
  if (base.ReferencePointType !== point.ReferencePointType) return invalid("the base reference point is of another type than the point");
  if (base.sequence >= point.sequence) return invalid("the base reference point is not older than the point");
  return { ...subject, baseSequence: base.sequence, BaseReferencePointId: base.InstanceID };
}
