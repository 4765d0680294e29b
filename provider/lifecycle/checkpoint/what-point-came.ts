import { jobOutcome } from "../../domain/hyperv/job-state";
import { sameId } from "../../domain/hyperv/same-id";
import type { PointAttempt } from "../../domain/records/method-attempts/point-attempt";
import type { CheckpointJob, ReferencePoint } from "../../host/port";
import { listPoints, newPoints, onlyNewPoint } from "../reference-point/attempt/what-has-come";
import { mayHaveBegun } from "../session/job/call-window";
import type { Operation } from "../session/operation";
import { checkpointById, checkpointJobsOf } from "./checkpoint-look";

export type WhatPointCame =
  /** The checkpoint stands. */
  | { readonly kind: "nothing" }
  /** The checkpoint is gone; of the points that have come since, nothing tells which it has become. */
  | { readonly kind: "gone"; readonly unproven: readonly string[] }
  | { readonly kind: "job"; readonly job: CheckpointJob }
  | { readonly kind: "point"; readonly point: ReferencePoint };

export interface CheckpointOfAttempt {
  readonly checkpointId: string;
  /** The host has made it without a job, so there is none to show that it was told to convert it. */
  readonly isWithoutJobs: boolean;
}

/** What the call has come to that converts a checkpoint of ours: of a run that was killed, or of this one before its connection broke. */
export async function whatPointCame(
  operation: Operation,
  attempt: PointAttempt,
  { checkpointId, isWithoutJobs }: CheckpointOfAttempt,
): Promise<WhatPointCame> {
  const { referencePointId, jobPath } = attempt;
  if (referencePointId !== undefined) return pointOf(operation, attempt, referencePointId);
  const job = jobPath === undefined ? await jobMeant(operation, attempt) : await look(operation, attempt, jobPath);
  if (job && jobOutcome(job.jobState) === "running") return { kind: "job", job };
  if ((await checkpointById(operation, attempt, checkpointId)) !== undefined) return { kind: "nothing" };
  if (job && job.referencePointId === undefined && jobOutcome(job.jobState) === "succeeded") return { kind: "job", job };
  // The checkpoint was ours alone, so the only point that has come is what it has become; but not where it stood when no call was on its way,
  // nor where no job shows that there was a call: a person may have removed it, and another program have made the point.
  const mayBeOurs = attempt.isRefused !== true && (isWithoutJobs || jobPath !== undefined || job !== undefined);
  const only = () => (mayBeOurs ? onlyNewPoint(operation, attempt, job?.path) : undefined);
  const id = job?.referencePointId ?? (await only());
  return id === undefined ? { kind: "gone", unproven: await newPoints(operation, attempt) } : pointOf(operation, attempt, id);
}

async function pointOf(operation: Operation, attempt: PointAttempt, id: string): Promise<WhatPointCame> {
  const point = (await listPoints(operation, attempt)).find((one) => sameId(one.id, id));
  return point ? { kind: "point", point } : { kind: "gone", unproven: [] };
}

function look(operation: Operation, { virtualMachineName }: PointAttempt, path: string): Promise<CheckpointJob | undefined> {
  return operation.ask("look at the job of the conversion", virtualMachineName, () => operation.host.pollCheckpointJob(path));
}

/** The only job of a conversion that was started while the call could be made. */
async function jobMeant(operation: Operation, attempt: PointAttempt): Promise<CheckpointJob | undefined> {
  const jobs = await checkpointJobsOf(operation, attempt);
  const begun = jobs.filter(
    ({ work, path, startedAt }) => work === "convert" && !attempt.jobsBefore.includes(path) && mayHaveBegun(startedAt, attempt),
  );
  return begun.length === 1 ? begun[0] : undefined;
}
