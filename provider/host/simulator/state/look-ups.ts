import { HostError } from "../../port";
import type { LabState } from "./lab-state";
import { jobPath, pointId } from "./wmi-names";
import type { JobRecord, MachineRecord, PointRecord } from "./wmi-records";

interface Index {
  readonly machineById: ReadonlyMap<string, MachineRecord>;
  readonly machinesByName: ReadonlyMap<string, MachineRecord[]>;
  readonly pointById: ReadonlyMap<string, PointRecord>;
  readonly pointsByMachine: ReadonlyMap<string, PointRecord[]>;
  readonly jobByPath: ReadonlyMap<string, JobRecord>;
}

// States are never changed in place, so an index is made once a generation.
const indexes = new WeakMap<LabState, Index>();

function indexOf(state: LabState): Index {
  const known = indexes.get(state);
  if (known) return known;
  const index: Index = {
    machineById: new Map(state.machines.map((machine) => [machine.Name, machine])),
    machinesByName: group(state.machines, (machine) => machine.ElementName.toLowerCase()),
    pointById: new Map(state.points.map((point) => [point.InstanceID, point])),
    pointsByMachine: group(state.points, (point) => point.VirtualSystemIdentifier),
    jobByPath: new Map(state.jobs.map((job) => [jobPath(job), job])),
  };
  indexes.set(state, index);
  return index;
}

/** By ElementName in any case, or by Name (GUID) in any case. */
export function findMachines(state: LabState, query: string): readonly MachineRecord[] {
  const index = indexOf(state);
  const byId = index.machineById.get(query.toUpperCase());
  const byName = index.machinesByName.get(query.toLowerCase()) ?? [];
  return byId && !byName.includes(byId) ? [byId, ...byName] : byName;
}

export function requireMachine(state: LabState, query: string): MachineRecord {
  const found = findMachines(state, query);
  const [only] = found;
  if (only && found.length === 1) return only;
  if (!only) throw new HostError("notFound", `There is no virtual machine ${query} in the lab.`);
  const ids = found.map((machine) => machine.Name).join(", ");
  throw new HostError("invalidParameter", `Several virtual machines are named ${query}: ${ids}. Give the GUID of one.`);
}

export function machineById(state: LabState, id: string): MachineRecord | undefined {
  return indexOf(state).machineById.get(id.toUpperCase());
}

export function findPoint(state: LabState, id: string): PointRecord | undefined {
  return indexOf(state).pointById.get(pointId(id));
}

export function requirePoint(state: LabState, id: string): PointRecord {
  const found = findPoint(state, id);
  if (!found) throw new HostError("notFound", `There is no reference point ${pointId(id)} in the lab.`);
  return found;
}

export function pointsOf(state: LabState, machineId: string): readonly PointRecord[] {
  return indexOf(state).pointsByMachine.get(machineId) ?? [];
}

export function jobAt(state: LabState, path: string): JobRecord | undefined {
  return indexOf(state).jobByPath.get(path);
}

function group<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const known = groups.get(key);
    if (known) known.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
