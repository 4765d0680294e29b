import type { Lab } from "../../../../provider/host/simulator/lab/lab";
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
export function machinesHere(view: HostView): LabState["machines"] {
  return view.state.machines.filter((machine) => ownerOf(view, machine) === view.moods.computerName);
}

export function ownerOf({ moods }: HostView, machine: LabState["machines"][number]): string {
  return moods.clusterOwners?.[machine.ElementName] ?? moods.computerName;
}
