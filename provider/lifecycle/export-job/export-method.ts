import { sameId } from "../../domain/hyperv/same-id";
import type { Attempt } from "../../domain/records/attempt";
import type { ExportTarget } from "../../domain/records/export-target";
import type { CheckpointJob, ExportJob, ExportStart, JobPath, Precondition } from "../../host/port";
import type { BatchedHost } from "../session/batched-host";
import type { HyperVMethod } from "../session/host-failure";
import { mayHaveBegun } from "../session/job/call-window";
import type { Operation } from "../session/operation";
import { patiently } from "../session/retry/patiently";

/** A method of Hyper-V that writes an export's files, and how the jobs that it starts are found. */
export interface ExportMethod {
  readonly name: HyperVMethod;
  /** As errors name it. */
  readonly step: string;
  /** What is known of the host right before the call, so that the call's job is told from others. */
  before(operation: Operation, target: ExportTarget, directory: string): Promise<Pick<Attempt, "knownJobs" | "hostTime">>;
  call(host: BatchedHost, target: ExportTarget, directory: string, onlyIf: Precondition): Promise<ExportStart>;
  /** Jobs that may be the attempt's. Asks once. */
  list(host: BatchedHost, attempt: Attempt, directory: string): Promise<ExportJob[]>;
  /** The same, for as long as it takes. */
  find(operation: Operation, step: string, attempt: Attempt, directory: string): Promise<ExportJob[]>;
  poll(host: BatchedHost, path: JobPath, target: ExportTarget, directory: string): Promise<ExportJob | undefined>;
}

export function methodOf({ checkpoint }: Pick<ExportTarget, "checkpoint">): ExportMethod {
  return checkpoint ? ofCheckpoints : ofPoints;
}

/** ExportReferencePoint: its job tells the directory. */
const ofPoints: ExportMethod = {
  name: "ExportReferencePoint",
  step: "export the reference point",
  before: async (operation, _, directory) => {
    const known = await operation.ask("look for older jobs", directory, () => operation.host.findExportJobs(directory));
    return { knownJobs: known.map(({ path }) => path) };
  },
  call: (host, { virtualMachineId, referencePointId, baseReferencePointId, disksToExport }, exportDirectory, onlyIf) =>
    host.exportReferencePoint({
      virtualMachineId,
      referencePointId,
      ...(baseReferencePointId !== undefined && { baseReferencePointId }),
      disksToExport,
      exportDirectory,
      onlyIf,
    }),
  list: (host, _, directory) => host.findExportJobs(directory),
  find: (operation, step, _, directory) => operation.ask(step, directory, () => operation.host.findExportJobs(directory)),
  poll: (host, path) => host.pollJob(path),
};

/** ExportSystemDefinition: its job tells no directory. It is found by machine, checkpoint and time. */
const ofCheckpoints: ExportMethod = {
  name: "ExportSystemDefinition",
  step: "export the checkpoint",
  before: async (operation, { virtualMachineId, virtualMachineName: name }) => {
    const { host } = operation;
    const { hostTime, jobs } = await patiently(operation, "look for older jobs", name, () => host.findCheckpointJobs(virtualMachineId));
    return { knownJobs: jobs.map(({ path }) => path), hostTime };
  },
  call: (host, { virtualMachineId, referencePointId, baseReferencePointId, checkpoint }, exportDirectory, onlyIf) =>
    host.exportCheckpoint({
      virtualMachineId,
      checkpointId: referencePointId,
      ...(baseReferencePointId !== undefined && { baseReferencePointId }),
      intent: checkpoint?.intent ?? "preserveChain",
      exportDirectory,
      onlyIf,
    }),
  list: async (host, attempt, directory) => {
    const { jobs } = await host.findCheckpointJobs(attempt.target.virtualMachineId);
    return jobsMeant(jobs, attempt).map((job) => asExportJob(job, attempt.target, directory));
  },
  find: (operation, step, attempt, directory) =>
    patiently(operation, step, directory, () => ofCheckpoints.list(operation.host, attempt, directory)),
  poll: async (host, path, target, directory) => {
    const job = await host.pollCheckpointJob(path);
    return job && asExportJob(job, target, directory);
  },
};

/**
 * Those that tell the attempt's checkpoint, which nobody else exports. Of those that tell none, the only one that was started while the call
 * could be made: of two, nothing tells which is ours.
 */
function jobsMeant(jobs: readonly CheckpointJob[], { target, knownJobs, hostTime }: Attempt): CheckpointJob[] {
  const begun = jobs.filter(({ work, path }) => work === "export" && !knownJobs.includes(path));
  const telling = begun.filter(({ checkpointId }) => checkpointId !== undefined && sameId(checkpointId, target.referencePointId));
  if (telling.length > 0 || hostTime === undefined) return telling;
  const silent = begun.filter(({ checkpointId, startedAt }) => checkpointId === undefined && mayHaveBegun(startedAt, { hostTime }));
  return silent.length === 1 ? silent : [];
}

/** It names no files: what is new in the directory tells. */
function asExportJob(job: CheckpointJob, target: ExportTarget, exportDirectory: string): ExportJob {
  const { path, jobState, percentComplete, errorCode, errorDescription, startedAt, bytesWritten, bytesExpected } = job;
  const { virtualMachineId, referencePointId, baseReferencePointId } = target;
  return {
    path,
    jobState,
    percentComplete,
    errorCode,
    ...(errorDescription !== undefined && { errorDescription }),
    startedAt,
    exportDirectory,
    virtualMachineId,
    referencePointId,
    ...(baseReferencePointId !== undefined && { baseReferencePointId }),
    exportedFiles: [],
    ...(bytesWritten !== undefined && { bytesWritten }),
    ...(bytesExpected !== undefined && { bytesExpected }),
  };
}
