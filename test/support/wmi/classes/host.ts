import type { Lab } from "../../../../provider/host/simulator/state/lab";
import type { LabState } from "../../../../provider/host/simulator/state/lab-state";
import type { Moods } from "../moods";

/** What the classes are played on: one look at the lab. */
export interface HostView {
  readonly lab: Lab;
  readonly state: LabState;
  readonly moods: Moods;
  readonly now: number;
}

/** Machines that this node of the cluster owns; all of them where there is no cluster. */
export function machinesHere({ state, moods }: HostView): LabState["machines"] {
  const owners = moods.clusterOwners;
  return owners === undefined
    ? state.machines
    : state.machines.filter((one) => (owners[one.ElementName] ?? moods.computerName) === moods.computerName);
}
