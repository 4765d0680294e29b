import { jobOutcome } from "../../domain/hyperv/job-state";
import { hasId, sameId } from "../../domain/hyperv/same-id";
import type { CheckpointAttempt } from "../../domain/records/method-attempts/checkpoint-attempt";
import type { Checkpoint, CheckpointJob } from "../../host/port";
import { mayHaveBegun } from "../session/job/call-window";
import type { Operation } from "../session/operation";
import { checkpointJobsOf, listCheckpoints } from "./checkpoint-look";

export type WhatCheckpointCame =
  /** Nothing shows that one was made; `unproven` have come since, and nothing tells whose they are. */
  | { readonly kind: "nothing"; readonly unproven: readonly string[] }
  /** A job of ours that is running, or has ended and may yet name its checkpoint. */
  | { readonly kind: "job"; readonly job: CheckpointJob }
  /** It is ours and listed. */
  | { readonly kind: "checkpoint"; readonly checkpoint: Checkpoint };

/** What an attempt's call has come to: of a run that was killed, or of this one before its connection broke. */
export async function whatCheckpointCame(operation: Operation, attempt: CheckpointAttempt): Promise<WhatCheckpointCame> {
  const { checkpointId, jobPath } = attempt;
  if (checkpointId !== undefined) {
    const { checkpoints } = await listCheckpoints(operation, attempt);
    const checkpoint = checkpoints.find(({ id }) => sameId(id, checkpointId));
    return checkpoint ? { kind: "checkpoint", checkpoint } : { kind: "nothing", unproven: [] };
  }
  if (attempt.isRefused) return { kind: "nothing", unproven: [] };
  if (jobPath !== undefined) {
    const ask = () => operation.host.pollCheckpointJob(jobPath);
    const job = await operation.ask("look at the job of the checkpoint", attempt.virtualMachineName, ask);
    if (job !== undefined) return ofJob(job);
  }
  const come = await newCheckpoints(operation, attempt);
  const unproven = come.map(({ id }) => id);
  if (jobPath !== undefined) {
    // The job was ours and is forgotten; nobody else could make one of the machine meanwhile.
    const timely = come.filter(({ createdAt }) => createdAt !== undefined && mayHaveBegun(createdAt, attempt));
    const [only] = timely;
    return only !== undefined && timely.length === 1 ? { kind: "checkpoint", checkpoint: only } : { kind: "nothing", unproven };
  }
  const [job, ...others] = await jobsMeant(operation, attempt);
  // Of two, one is another program's, and nothing tells which. A checkpoint alone, without a job, may be anybody's.
  if (job === undefined || others.length > 0) return { kind: "nothing", unproven };
  const [only] = come;
  if (job.checkpointId === undefined && come.length === 1 && only) return ofListed(job, only);
  return job.checkpointId === undefined && come.length > 1 ? { kind: "nothing", unproven } : ofJob(job);
}

/** A job that has ended badly and left none has left nothing that could be anybody's. */
function ofJob(job: CheckpointJob): WhatCheckpointCame {
  const outcome = jobOutcome(job.jobState);
  const isOver = outcome === "failed" || outcome === "terminated";
  return isOver && job.checkpointId === undefined ? { kind: "nothing", unproven: [] } : { kind: "job", job };
}

/** Beside a job that has failed, a checkpoint is somebody else's. */
function ofListed(job: CheckpointJob, checkpoint: Checkpoint): WhatCheckpointCame {
  if (jobOutcome(job.jobState) === "succeeded") return { kind: "checkpoint", checkpoint };
  return jobOutcome(job.jobState) === "running" ? { kind: "job", job } : { kind: "nothing", unproven: [checkpoint.id] };
}

/** Jobs that the attempt's call may have started: of this machine, not listed before, and begun while it could be made. */
async function jobsMeant(operation: Operation, attempt: CheckpointAttempt): Promise<CheckpointJob[]> {
  const jobs = await checkpointJobsOf(operation, attempt);
  return jobs.filter(
    ({ work, path, startedAt }) => work === "create" && !attempt.jobsBefore.includes(path) && mayHaveBegun(startedAt, attempt),
  );
}

/** Recovery checkpoints that have come since the attempt began. */
export async function newCheckpoints(operation: Operation, attempt: CheckpointAttempt): Promise<Checkpoint[]> {
  const { checkpoints } = await listCheckpoints(operation, attempt);
  return checkpoints.filter(({ id, isRecovery }) => isRecovery && !hasId(attempt.checkpointsBefore, id));
}
