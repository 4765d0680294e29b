import { jobOutcome, jobStates } from "../../../domain/hyperv/job-state";
import { withinDirectory } from "../../local-files/relative-path";
import type { ExportJob, NamedFile } from "../../port";
import { exportPlan } from "../exported-files/export-plan";
import type { Lab } from "../lab/lab";
import type { LabState } from "../state/lab-state";
import { machineById } from "../state/look-ups";
import { jobPath } from "../state/wmi-names";
import type { JobRecord, MachineRecord } from "../state/wmi-records";
import { isListed, jobMoment } from "./job-clock";

/** Jobs of ExportReferencePoint as the host shows them now, oldest first. */
export function listedExportJobs(lab: Lab, state: LabState, isMeant: (job: JobRecord) => boolean = () => true): ExportJob[] {
  const jobs = state.jobs.filter((job) => job.checkpointId === undefined && isMeant(job));
  return jobs.map((job) => jobAnswer(lab, state, job)).filter((job) => job !== undefined);
}

/** The job as the host would show it now, or undefined when it is not listed (any more). */
export function jobAnswer(lab: Lab, state: LabState, job: JobRecord): ExportJob | undefined {
  const answer = jobProgress(lab, state, job);
  if (answer === undefined || !job.namesFiles) return answer && { ...answer, exportedFiles: [] };
  const isDone = jobOutcome(answer.jobState) === "succeeded";
  return {
    ...answer,
    exportedFiles: begunFiles(lab, state, job, answer.bytesWritten),
    ...(isDone && { exportedDisks: job.ExportedDisks }),
  };
}

/** The same without the files that it names, which take far longer to find out. */
export function jobProgress(lab: Lab, state: LabState, job: JobRecord) {
  if (!isListed(job, state.settings.finishedJobLifetime)) return undefined;
  const { end } = job;
  const succeeded = end !== undefined && jobOutcome(end.JobState) === "succeeded";
  const written = Math.min(lab.settlement.bytesWritten(job), job.totalBytes);
  return {
    path: jobPath(job),
    jobState: end?.JobState ?? (jobMoment(job).started ? jobStates.running : jobStates.starting),
    // 100 is for an end: until then there is something left to write.
    percentComplete: succeeded ? 100 : Math.min(99, Math.floor((written / job.totalBytes) * 100)),
    errorCode: end?.ErrorCode ?? 0,
    ...(end?.ErrorDescription ? { errorDescription: end.ErrorDescription } : {}),
    exportDirectory: job.ExportDirectory,
    virtualMachineId: job.VirtualMachineId,
    referencePointId: job.ReferencePointId,
    ...(job.BaseReferencePointId === undefined ? {} : { baseReferencePointId: job.BaseReferencePointId }),
    startedAt: new Date(job.StartTime).toISOString(),
    bytesWritten: written,
    bytesExpected: job.totalBytes,
  };
}

/** Of jobs that have ended, as long as their machine is as it was then: hundreds are listed for minutes, and asked for again and again. */
const filesOfEnded = new WeakMap<JobRecord, { readonly machine: MachineRecord; readonly files: readonly NamedFile[] }>();

/** Files are written one after the other; those that are there whole or in part are named. */
function begunFiles(lab: Lab, state: LabState, job: JobRecord, written: number): readonly NamedFile[] {
  const machine = machineById(state, job.VirtualMachineId);
  if (machine === undefined) return [];
  const known = filesOfEnded.get(job);
  if (known?.machine === machine) return known.files;
  const files = begunFilesOf(lab, machine, job, written);
  if (job.end !== undefined) filesOfEnded.set(job, { machine, files });
  return files;
}

function begunFilesOf(lab: Lab, machine: MachineRecord, job: JobRecord, written: number): NamedFile[] {
  let before = 0;
  const begun = exportPlan(lab.directory, machine, job).filter(({ bytes, whole }) => {
    const start = before;
    before += bytes;
    return whole ? before <= written : start < written;
  });
  return begun.map(({ path, namedBy }) => ({ path: withinDirectory(job.ExportDirectory, path), namedBy }));
}
