import * as path from "node:path";
import type { LabState } from "../state/lab-state";
import { findMachines } from "../state/look-ups";
import { pointId } from "../state/wmi-names";
import type { ActiveFault } from "./fault-file";
import type { FaultOf } from "./fault-table";
import type { FaultName, HostMethod } from "./fault-types";

/** What a verb is about to touch. */
export interface Occasion {
  readonly method: HostMethod;
  readonly items: readonly FaultSubject[];
}

export interface FaultSubject {
  readonly virtualMachineId?: string | undefined;
  readonly referencePointId?: string | undefined;
  readonly path?: string | undefined;
}

/** Faults that are about exports unless they say of which verb they are. */
const aboutExports: readonly FaultName[] = [
  "connectionLostBefore",
  "connectionLostAfter",
  "returnCode",
  "jobFails",
  "jobStalls",
  "jobVanishes",
  "jobCompletesWithWarnings",
  "jobTerminated",
];

export function matches(active: ActiveFault, state: LabState, occasion: Occasion): boolean {
  const { fault } = active;
  const method = fault.method ?? (aboutExports.includes(fault.fault) ? "exportReferencePoints" : undefined);
  if (method !== undefined && method !== occasion.method) return false;
  const narrowed = fault.virtualMachine !== undefined || fault.referencePoint !== undefined || fault.path !== undefined;
  return !narrowed || occasion.items.some((item) => subjectMatches(active, state, item));
}

function subjectMatches({ fault }: ActiveFault, state: LabState, item: FaultSubject): boolean {
  if (fault.virtualMachine !== undefined) {
    const id = item.virtualMachineId?.toUpperCase();
    if (id === undefined || !findMachines(state, fault.virtualMachine).some((machine) => machine.Name === id)) return false;
  }
  if (fault.referencePoint !== undefined) {
    if (item.referencePointId === undefined || pointId(item.referencePointId) !== pointId(fault.referencePoint)) return false;
  }
  return fault.path === undefined || (item.path !== undefined && isAtOrBelow(item.path, fault.path));
}

export function isAtOrBelow(candidate: string, directory: string): boolean {
  const relative = path.relative(directory, candidate);
  return relative === "" || (!relative.startsWith(`..${path.sep}`) && relative !== ".." && !path.isAbsolute(relative));
}

/**
 * The first of the named faults that is on and fits, with its use counted in the returned state. The same state object comes back
 * where nothing had to be counted.
 */
export function takeFault<Name extends FaultName>(
  state: LabState,
  active: readonly ActiveFault[],
  names: readonly Name[],
  occasion: Occasion,
): { readonly state: LabState; readonly fault: FaultOf<Name> | undefined } {
  for (const one of active) {
    if (!(names as readonly FaultName[]).includes(one.fault.fault) || !matches(one, state, occasion)) continue;
    const used = state.faultUses[one.key] ?? 0;
    if (one.fault.count !== undefined && used >= one.fault.count) continue;
    if (one.fault.probability !== undefined && Math.random() >= one.fault.probability) continue;
    const counted = one.fault.count === undefined ? state : { ...state, faultUses: { ...state.faultUses, [one.key]: used + 1 } };
    return { state: counted, fault: one.fault as FaultOf<Name> };
  }
  return { state, fault: undefined };
}

/** Whether a fault that is on without count or chance holds for a directory: what a running job meets. */
export function lastingFault<Name extends FaultName>(
  state: LabState,
  active: readonly ActiveFault[],
  name: Name,
  item: FaultSubject,
): FaultOf<Name> | undefined {
  const found = active.find(
    (one) =>
      one.fault.fault === name &&
      one.fault.method === undefined &&
      one.fault.count === undefined &&
      one.fault.probability === undefined &&
      subjectMatches(one, state, item),
  );
  return found?.fault as FaultOf<Name> | undefined;
}
