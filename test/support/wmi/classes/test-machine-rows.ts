import { jobStates } from "../../../../provider/domain/hyperv/job-state";
import type { Lab } from "../../../../provider/host/simulator/lab/lab";
import type { Instance } from "../values";
import type { HostView } from "./host";
import { commonRow } from "./job-rows";

export interface AddedResource {
  readonly machineId: string;
  readonly InstanceID: string;
  readonly ResourceType: number;
  readonly ResourceSubType: string;
}

/** What the methods about machines have made and a lab has no record of. */
interface Made {
  readonly resources: AddedResource[];
  readonly jobs: { readonly className: string; readonly InstanceID: string; readonly at: number }[];
  /** Of each machine's configuration. */
  readonly files: Map<string, readonly string[]>;
}

const made = new WeakMap<Lab, Made>();

export function madeOf(lab: Lab): Made {
  const known = made.get(lab) ?? { resources: [], jobs: [], files: new Map() };
  made.set(lab, known);
  return known;
}

/** Controllers and drives that were added. */
export function addedResources({ lab, state }: HostView): Instance[] {
  const isThere = ({ machineId }: AddedResource) => state.machines.some(({ Name }) => Name === machineId);
  return madeOf(lab)
    .resources.filter(isThere)
    .map(({ machineId: _, ...row }) => ({ className: "Msvm_ResourceAllocationSettingData", row }));
}

/** Jobs of those methods: all of them have ended. */
export function endedJobs(view: HostView, className: string): Instance[] {
  const told = { jobState: jobStates.completed, percentComplete: 100, errorCode: 0 };
  return madeOf(view.lab)
    .jobs.filter((job) => job.className === className && !view.moods.jobsForgotten)
    .map(({ InstanceID, at }) => {
      const times = { InstanceID, TimeSubmitted: at, StartTime: at, end: { at } };
      return { className, row: commonRow(view, times, told, className) };
    });
}
