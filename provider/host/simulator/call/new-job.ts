import { exportPlan } from "../exported-files/export-plan";
import { settledAtStart } from "../exported-files/export-subject";
import { startOfJob } from "../jobs/job-time";
import type { Lab } from "../lab/lab";
import type { LabState } from "../state/lab-state";
import type { JobFate, JobRecord } from "../state/wmi-records";
import type { ExportTarget } from "./export-target";
import type { RequestedExport } from "./resolve-request";

export function newJob(
  lab: Lab,
  state: LabState,
  ExportDirectory: string,
  { machine, ...requested }: RequestedExport,
  target: ExportTarget,
  fate: JobFate | undefined,
): JobRecord {
  const start = startOfJob();
  const now = start.StartTime;
  const { settings } = state;
  const subject = { ...requested, ...settledAtStart(state), InstanceID: target.jobId };
  return {
    ...subject,
    ExportDirectory,
    VirtualMachineId: machine.Name,
    ReferencePointId: requested.point.InstanceID,
    TimeSubmitted: now,
    ...start,
    totalBytes: exportPlan(lab.directory, machine, subject).reduce((sum, file) => sum + file.bytes, 0),
    clock: {
      since: subject.hidden ? now : now + settings.jobStartDelay,
      bytes: 0,
      bytesPerSecond: subject.hidden ? null : settings.bytesPerSecond,
    },
    ...(fate && { fate }),
    directoryIdentity: target.identity,
  };
}
