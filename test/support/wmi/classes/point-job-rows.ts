import { listedPointJob } from "../../../../provider/host/simulator/points/point-jobs";
import { type PointJobRecord, pointJobTypes } from "../../../../provider/host/simulator/state/point-records";
import { virtualization } from "../schema";
import type { Instance, Reference, Row } from "../values";
import type { HostView } from "./host";
import { commonRow } from "./job-rows";
import { pointReference } from "./point-rows";
import { machineReference } from "./system-rows";

const CLASS = "Msvm_ConcreteJob";
const CREATE = 5;

/** Jobs that make and destroy points: of this class whatever class those of exports have. */
export function pointJobs(view: HostView): Instance[] {
  return view.state.pointJobs.flatMap((job) => {
    const row = jobRow(view, job);
    return row === undefined ? [] : [{ className: CLASS, row }];
  });
}

export function elementsOfPointJobs(view: HostView): Instance[] {
  const { affectedElements } = view.moods;
  if (affectedElements === "nothing") return [];
  return view.state.pointJobs.flatMap((job) => {
    if (jobRow(view, job) === undefined) return [];
    const isCreate = job.JobType === pointJobTypes.create;
    const point = link(job, pointReference(job.point), isCreate ? CREATE : 0);
    return affectedElements === "point" ? [point] : [link(job, machineReference({ Name: job.virtualMachineId }), 0), point];
  });
}

export function pointJobReference({ InstanceID }: Pick<PointJobRecord, "InstanceID">): Reference {
  return { namespace: virtualization, className: CLASS, keys: { InstanceID } };
}

function link(job: PointJobRecord, AffectedElement: Reference, effect: number): Instance {
  return {
    className: "Msvm_AffectedJobElement",
    row: { AffectedElement, AffectingElement: pointJobReference(job), ElementEffects: [effect] },
  };
}

const NAMES = {
  [pointJobTypes.create]: { en: "Create Reference Point", de: "Referenzpunkt erstellen" },
  [pointJobTypes.destroy]: { en: "Delete Reference Point", de: "Referenzpunkt entfernen" },
} as const;

function jobRow(view: HostView, job: PointJobRecord): Row | undefined {
  const { moods, state } = view;
  if (moods.jobsForgotten || job.StartTime < moods.jobsForgottenBefore) return undefined;
  const told = listedPointJob(state, job);
  return told && { ...commonRow(view, job, told, NAMES[job.JobType][moods.language]), JobType: job.JobType };
}
