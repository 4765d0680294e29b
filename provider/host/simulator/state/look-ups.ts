import { HostError } from "../../port";
import type { LabState } from "./lab-state";
import { jobPath, pointId } from "./wmi-names";
import type { JobRecord, MachineRecord, PointRecord } from "./wmi-records";

const machinesById = ofState((state) => new Map(state.machines.map((machine) => [machine.Name, machine])));
const machinesByName = ofState((state) => group(state.machines, (machine) => machine.ElementName.toLowerCase()));
const pointsById = ofState((state) => new Map(state.points.map((point) => [point.InstanceID, point])));
const pointsByMachine = ofState((state) => group(state.points, (point) => point.VirtualSystemIdentifier));
const jobsByPath = ofState((state) => new Map(state.jobs.map((job) => [jobPath(job), job])));

/** States are never changed in place, so what follows from one is made once: when somebody asks. */
function ofState<T>(make: (state: LabState) => T): (state: LabState) => T {
  const made = new WeakMap<LabState, T>();
  return (state) => {
    const known = made.get(state) ?? make(state);
    made.set(state, known);
    return known;
  };
}

/** By ElementName in any case, or by Name (GUID) in any case. */
export function findMachines(state: LabState, query: string): readonly MachineRecord[] {
  const byId = machinesById(state).get(query.toUpperCase());
  const byName = machinesByName(state).get(query.toLowerCase()) ?? [];
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
  return machinesById(state).get(id.toUpperCase());
}

export function findPoint(state: LabState, id: string): PointRecord | undefined {
  return pointsById(state).get(pointId(id));
}

export function requirePoint(state: LabState, id: string): PointRecord {
  const found = findPoint(state, id);
  if (!found) throw new HostError("notFound", `There is no reference point ${pointId(id)} in the lab.`);
  return found;
}

export function pointsOf(state: LabState, machineId: string): readonly PointRecord[] {
  return pointsByMachine(state).get(machineId) ?? [];
}

export function jobAt(state: LabState, path: string): JobRecord | undefined {
  return jobsByPath(state).get(path);
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
