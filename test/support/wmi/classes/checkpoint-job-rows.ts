import { listedCheckpointJob } from "../../../../provider/host/simulator/checkpoints/checkpoint-jobs";
import { type CheckpointJobRecord, checkpointJobTypes } from "../../../../provider/host/simulator/state/checkpoint-records";
import type { Instance, Reference, Row } from "../values";
import { checkpointReference } from "./checkpoint-rows";
import type { HostView } from "./host";
import { commonRow } from "./job-rows";
import { pointJobReference } from "./point-job-rows";
import { pointReference } from "./point-rows";
import { machineReference } from "./system-rows";

/** Jobs that make, convert and remove checkpoints, and merges. */
export function checkpointJobs(view: HostView): Instance[] {
  return view.state.checkpointJobs.flatMap((job) => {
    const row = jobRow(view, job);
    return row === undefined ? [] : [{ className: "Msvm_ConcreteJob", row }];
  });
}

export function elementsOfCheckpointJobs(view: HostView): Instance[] {
  const { affectedElements } = view.moods;
  if (affectedElements === "nothing") return [];
  return view.state.checkpointJobs.flatMap((job) => {
    if (jobRow(view, job) === undefined) return [];
    const isMerge = job.JobType === checkpointJobTypes.merge;
    const machine = affectedElements === "point" ? [] : [machineReference({ Name: job.virtualMachineId })];
    const affected = [
      ...machine,
      ...(isMerge ? [] : [checkpointReference(job.checkpoint)]),
      ...(job.point ? [pointReference(job.point)] : []),
    ];
    return affected.map((element) => link(job, element));
  });
}

function link(job: CheckpointJobRecord, AffectedElement: Reference): Instance {
  const AffectingElement = pointJobReference(job);
  return { className: "Msvm_AffectedJobElement", row: { AffectedElement, AffectingElement, ElementEffects: [0] } };
}

const NAMES = {
  [checkpointJobTypes.create]: { en: "Snapshot Virtual Machine", de: "Momentaufnahme des virtuellen Computers" },
  [checkpointJobTypes.convert]: { en: "Convert Snapshot to Reference Point", de: "Momentaufnahme in Referenzpunkt umwandeln" },
  [checkpointJobTypes.remove]: { en: "Delete Virtual Machine Snapshot", de: "Momentaufnahme entfernen" },
  [checkpointJobTypes.merge]: { en: "Merging VHD Disks", de: "VHD-Datenträger zusammenführen" },
} as const;

function jobRow(view: HostView, job: CheckpointJobRecord): Row | undefined {
  const { moods, state } = view;
  if (moods.jobsForgotten || job.StartTime < moods.jobsForgottenBefore) return undefined;
  const told = listedCheckpointJob(state, job);
  return told && { ...commonRow(view, job, told, NAMES[job.JobType][moods.language]), JobType: job.JobType };
}
