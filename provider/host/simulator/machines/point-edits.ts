import { createHash, randomUUID } from "node:crypto";
import { normaliseReferencePointId } from "../../../domain/hyperv/guid";
import { HostError } from "../../port";
import { requireDiskId } from "../state/disk-look-ups";
import type { LabState } from "../state/lab-state";
import { requireMachine } from "../state/look-ups";
import { consistencyLevels, pointId, referencePointTypes } from "../state/wmi-names";
import type { DiskRecord, PointRecord } from "../state/wmi-records";
import { withMachine } from "./machine-edits";

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
  // A script in plain JavaScript may say anything; what the state cannot be read back with would end the lab.
  requireOneOf("kind", point.kind, referencePointTypes);
  requireOneOf("consistency", point.consistency, consistencyLevels);
  const machine = requireMachine(state, point.virtualMachine);
  const id = newPointId(point.id ?? randomUUID());
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

/** Real ids look like this; no public source states the format, so nothing may parse it. */
function rctId(disk: DiskRecord, sequence: number): string {
  const digest = createHash("sha256").update(disk.InstanceID).digest("hex");
  return `rctX:${digest.slice(0, 8)}:${digest.slice(8, 12)}:${digest.slice(12, 16)}:${sequence.toString(16).padStart(8, "0")}`;
}

function requireOneOf(name: string, value: string, table: object): void {
  const known = Object.keys(table);
  if (!known.includes(value)) throw invalid(`A reference point's ${name} is one of ${known.join(" and ")}, got ${JSON.stringify(value)}.`);
}

function newPointId(text: string): string {
  const parsed = normaliseReferencePointId(text);
  if (!parsed.ok) throw invalid(`The id of the reference point must be a GUID, got ${JSON.stringify(text)}.`);
  return parsed.value;
}

function invalid(message: string): HostError {
  return new HostError("invalidParameter", message);
}
