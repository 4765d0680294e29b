import { jobOutcome } from "../../../domain/hyperv/job-state";
import { sameId } from "../../../domain/hyperv/same-id";
import type { PointAttempt } from "../../../domain/records/method-attempts/point-attempt";
import type { JobPath, ListedPointJobs, PointJob, ReferencePoint } from "../../../host/port";
import { mayHaveBegun } from "../../session/job/call-window";
import type { Operation } from "../../session/operation";
import { patiently } from "../../session/retry/patiently";
import { claimedPoints } from "./claimed-points";

export type WhatHasCome =
  /** Nothing shows that a point was made; `unproven` have come since, and nothing tells whose they are. */
  | { readonly kind: "nothing"; readonly unproven: readonly string[] }
  /** A job of ours that is running, or has ended and may yet name its point. */
  | { readonly kind: "job"; readonly job: PointJob }
  /** The point is ours and listed. */
  | { readonly kind: "point"; readonly point: ReferencePoint };

/** What an attempt's call has come to: of a run that was killed, or of this one before its connection broke. */
export async function whatHasCome(operation: Operation, attempt: PointAttempt): Promise<WhatHasCome> {
  const { virtualMachineId, referencePointId, jobPath } = attempt;
  if (referencePointId !== undefined) {
    const point = (await listPoints(operation, attempt)).find(({ id }) => sameId(id, referencePointId));
    return point ? { kind: "point", point } : { kind: "nothing", unproven: [] };
  }
  if (attempt.isRefused) return { kind: "nothing", unproven: [] };
  if (jobPath !== undefined) {
    const job = await operation.ask("look at the job of the reference point", attempt.virtualMachineName, () =>
      operation.host.pollPointJob(jobPath),
    );
    if (job !== undefined) return ofJob(job);
    return { kind: "nothing", unproven: await newPoints(operation, attempt) };
  }
  const listed = await pointJobsOf(operation, virtualMachineId, attempt.virtualMachineName);
  const begun = listed.jobs.filter((job) => isOfAttempt(job, attempt));
  const isClaimed = begun.length > 0 ? await claimedPoints(operation, virtualMachineId) : () => false;
  const points = begun.length > 0 ? await listPoints(operation, attempt) : [];
  const pointOf = ({ referencePointId = "" }: PointJob) => points.find(({ id }) => sameId(id, referencePointId));
  const jobs = begun.filter((one) => !isClaimed(one) && !isAnothers({ ...attempt, isFoundByTime: true }, pointOf(one)));
  const [job] = jobs;
  // One of two is another program's, and nothing tells which.
  if (job !== undefined && jobs.length === 1) return ofJob(job);
  const toCome = jobs.filter((one) => one.referencePointId === undefined && ofJob(one).kind === "job");
  const come = await newPoints(operation, attempt);
  return { kind: "nothing", unproven: [...come, ...toCome.map(({ path }) => `the point of the job ${path}`)] };
}

/** Whether a point that was found by its job's time is another than the call asked for. */
export function isAnothers({ isFoundByTime, consistency }: PointAttempt, point: ReferencePoint | undefined): boolean {
  return isFoundByTime === true && point !== undefined && point.consistency !== "unknown" && point.consistency !== consistency;
}

/** A job that has ended badly and has left no point has left nothing that could be anybody's. */
function ofJob(job: PointJob): WhatHasCome {
  const outcome = jobOutcome(job.jobState);
  const isOver = outcome === "failed" || outcome === "terminated";
  return isOver && job.referencePointId === undefined ? { kind: "nothing", unproven: [] } : { kind: "job", job };
}

/** Whether the attempt's call may have started the job: it was not listed before, and was started while the call could be made. */
function isOfAttempt(job: PointJob, attempt: PointAttempt): boolean {
  return !attempt.jobsBefore.includes(job.path) && mayHaveBegun(job.startedAt, attempt);
}

/** Points that have come since the attempt began and are in nobody's record. */
export async function newPoints(operation: Operation, attempt: PointAttempt): Promise<string[]> {
  const listed = await listPoints(operation, attempt);
  const come = listed.map(({ id }) => id).filter((id) => !attempt.pointsBefore.some((known) => sameId(known, id)));
  if (come.length === 0) return [];
  const isClaimed = await claimedPoints(operation, attempt.virtualMachineId);
  return come.filter((referencePointId) => !isClaimed({ referencePointId }));
}

/**
 * The only point that has come since the attempt began, beside those that other jobs name; undefined where there is none, or several.
 *
 * @param path the attempt's job, if it has one
 */
export async function onlyNewPoint(operation: Operation, attempt: PointAttempt, path: JobPath | undefined): Promise<string | undefined> {
  const { jobs } = await pointJobsOf(operation, attempt.virtualMachineId, attempt.virtualMachineName);
  const others = jobs.filter((job) => job.path !== path).map(({ referencePointId = "" }) => referencePointId);
  const come = (await newPoints(operation, attempt)).filter((id) => !others.some((other) => sameId(other, id)));
  return come.length === 1 ? come[0] : undefined;
}

export function listPoints(
  operation: Operation,
  { virtualMachineId, virtualMachineName }: Pick<PointAttempt, "virtualMachineId" | "virtualMachineName">,
): Promise<ReferencePoint[]> {
  return operation.ask("list the reference points", virtualMachineName, () => operation.host.listReferencePoints(virtualMachineId));
}

export function pointJobsOf(operation: Operation, virtualMachineId: string, subject: string): Promise<ListedPointJobs> {
  return patiently(operation, "look for jobs that make reference points", subject, () => operation.host.findPointJobs(virtualMachineId));
}
