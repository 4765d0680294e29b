import { jobStates } from "../../../../provider/domain/hyperv/job-state";
import type { ExportJob, NamedFile } from "../../../../provider/host/port";
import { jobAnswer } from "../../../../provider/host/simulator/jobs/job-answer";
import { EXPORT_SYSTEM } from "../../../../provider/host/simulator/state/checkpoint-records";
import type { JobRecord } from "../../../../provider/host/simulator/state/wmi-records";
import { virtualization } from "../schema";
import type { Instance, Reference, Row } from "../values";
import { checkpointReference } from "./checkpoint-rows";
import type { HostView } from "./host";
import { pointReference } from "./point-rows";
import { machineReference } from "./system-rows";

/** Msvm_ConcreteJob.JobType "Export Reference Point". */
const EXPORT_REFERENCE_POINT = 203;

const CONCRETE = "Msvm_ConcreteJob";

const STATUS: Readonly<Record<number, { readonly en: string; readonly de: string }>> = {
  [jobStates.new]: { en: "New", de: "Neu" },
  [jobStates.starting]: { en: "Starting", de: "Wird gestartet" },
  [jobStates.running]: { en: "Running", de: "Wird ausgeführt" },
  [jobStates.completed]: { en: "Completed", de: "Abgeschlossen" },
  [jobStates.terminated]: { en: "Terminated", de: "Beendet" },
  [jobStates.killed]: { en: "Killed", de: "Abgebrochen" },
  [jobStates.exception]: { en: "Exception", de: "Ausnahme" },
  [jobStates.completedWithWarnings]: { en: "Completed with warnings", de: "Mit Warnungen abgeschlossen" },
};

/** Those of one class: a row that nobody asked for is not made. */
export function exportJobs(view: HostView, className: string): Instance[] {
  return view.state.jobs.flatMap((job) => {
    const row = classOf(view, job) === className ? jobRow(view, job) : undefined;
    return row === undefined ? [] : [{ className, row }];
  });
}

export function affectedElements(view: HostView): Instance[] {
  return view.state.jobs.flatMap((job) => {
    if (jobRow(view, job) === undefined) return [];
    const { checkpointId } = job;
    // Of a job of ExportReferencePoint, its own properties tell what it is about.
    const isPlayed = checkpointId === undefined || view.moods.affectedElements !== "nothing";
    const machine =
      checkpointId === undefined || view.moods.affectedElements !== "point" ? [machineReference({ Name: job.VirtualMachineId })] : [];
    const subject = checkpointId === undefined ? pointReference(job.point) : checkpointReference({ InstanceID: checkpointId });
    return (isPlayed ? [...machine, subject] : []).map((AffectedElement) => ({
      className: "Msvm_AffectedJobElement",
      row: { AffectedElement, AffectingElement: jobReference(view, job), ElementEffects: [0] },
    }));
  });
}

export function jobReference(view: HostView, job: Pick<JobRecord, "InstanceID" | "checkpointId">): Reference {
  return { namespace: virtualization, className: classOf(view, job), keys: { InstanceID: job.InstanceID } };
}

/** A job of ExportSystemDefinition is of no class of its own. */
function classOf({ moods }: HostView, { checkpointId }: Pick<JobRecord, "checkpointId">): string {
  return checkpointId === undefined ? moods.exportJobClass : CONCRETE;
}

function jobRow(view: HostView, job: JobRecord): Row | undefined {
  const { moods } = view;
  const isForgotten = moods.jobsForgotten || job.StartTime < moods.jobsForgottenBefore;
  const answer = isForgotten ? undefined : jobAnswer(view.lab, view.state, job);
  if (answer === undefined) return undefined;
  if (job.checkpointId !== undefined) {
    const title = moods.language === "de" ? "Virtuellen Computer exportieren" : "Export Virtual Machine";
    return { ...commonRow(view, job, answer, title), JobType: EXPORT_SYSTEM };
  }
  const name = moods.language === "de" ? "Referenzpunkt exportieren" : "Export Reference Point";
  const common = commonRow(view, job, answer, name);
  if (moods.exportJobClass === CONCRETE) return { ...common, JobType: EXPORT_REFERENCE_POINT };
  return {
    ...common,
    ExportDirectory: job.ExportDirectory,
    VirtualMachineId: job.VirtualMachineId,
    ReferencePointId: job.ReferencePointId,
    BaseReferencePointId: job.BaseReferencePointId,
    ...(moods.exportedPaths === "named" && exported(answer.exportedFiles, answer.exportedDisks)),
  };
}

type Told = Pick<ExportJob, "jobState" | "percentComplete" | "errorCode" | "errorDescription">;
type Timed = Pick<JobRecord, "InstanceID" | "TimeSubmitted" | "StartTime"> & { readonly end?: { readonly at: number } | undefined };

/** Properties that a job of any kind has. */
export function commonRow({ moods, state, now }: HostView, job: Timed, told: Told, name: string): Row {
  const {
    JobState = told.jobState,
    PercentComplete = told.percentComplete,
    ErrorCode = told.errorCode,
    ErrorDescription = told.errorDescription,
  } = moods.jobValues;
  return {
    InstanceID: job.InstanceID,
    Name: name,
    ElementName: name,
    JobState,
    JobStatus: STATUS[JobState]?.[moods.language] ?? "",
    PercentComplete,
    ErrorCode,
    ErrorDescription,
    ErrorSummaryDescription: ErrorDescription,
    TimeSubmitted: new Date(job.TimeSubmitted),
    StartTime: new Date(job.StartTime),
    TimeOfLastStateChange: new Date(job.end?.at ?? job.StartTime),
    TimeBeforeRemoval: { interval: state.settings.finishedJobLifetime },
    ElapsedTime: { interval: (job.end?.at ?? now) - job.StartTime },
    DeleteOnCompletion: false,
    Cancellable: true,
  };
}

function exported(files: readonly NamedFile[], disks: readonly string[] | undefined): Row {
  const named = (by: NamedFile["namedBy"]) => files.filter((file) => file.namedBy === by).map((file) => file.path);
  const logs = named("log");
  return {
    ExportedDisks: disks,
    ExportedLogFilePaths: logs.length > 0 ? logs : undefined,
    ExportedConfigFilePath: named("configuration")[0],
    ExportedRuntimeFilePath: named("runtimeState")[0],
    ExportedGuestStateFilePath: named("guestState")[0],
  };
}
