import { jobOutcome } from "../../domain/hyperv/job-state";
import { sameId } from "../../domain/hyperv/same-id";
import {
  type Evidence,
  filesOfAttempt,
  lackOfKinds,
  latestNames,
  missingNames,
  proveEnd,
  type WrittenFile,
} from "../../domain/listing/written-files";
import type { Attempt } from "../../domain/records/attempt";
import type { ExportJob } from "../../host/port";
import type { ClaimedDirectory } from "../directory/claimed-directory";
import { lookAt } from "../directory/look";
import type { Operation } from "../session/operation";
import { methodOf } from "./export-method";
import { namedIn } from "./watch-job";

export type WhatHasRun =
  /** Nothing shows that the method did. */
  | { readonly kind: "nothing" }
  /** A job of ours is running, or has succeeded and what it has written is there. */
  | { readonly kind: "job"; readonly job: ExportJob }
  /** No job is listed, and the files prove that it has finished. */
  | { readonly kind: "all" };

/** What an earlier call of an announced attempt has come to: of a run that was killed, or of this one before its connection broke. */
export async function whatHasRun(operation: Operation, directory: ClaimedDirectory, attempt: Attempt): Promise<WhatHasRun> {
  const { directory: place } = directory.placeOf(attempt);
  const recorded = await recordedJob(operation, attempt, place);
  if (recorded && (await isOfUse(operation, directory, attempt, recorded))) return { kind: "job", job: recorded };
  const jobs = await methodOf(attempt.target).find(operation, "look for the export job", attempt, place);
  const ours = jobs.filter((job) => isOfAttempt(job, attempt));
  const found = (outcome: string) => ours.find((job) => jobOutcome(job.jobState) === outcome);
  const job = found("running") ?? found("succeeded");
  if (job && (await isOfUse(operation, directory, attempt, job))) return { kind: "job", job };
  // A job that ended badly is known to have: only a job that is not listed at all is judged by its files.
  const mayBeProven = ours.length === 0 && operation.host.configurationWrittenLast;
  if (mayBeProven && proveEnd(attempt.target, await filesThere(operation, directory, attempt))) return { kind: "all" };
  return { kind: "nothing" };
}

/** The job that the claim names: where a host's jobs do not tell to which directory they write, nothing else leads to it. */
async function recordedJob(operation: Operation, { jobPath, target }: Attempt, place: string): Promise<ExportJob | undefined> {
  if (jobPath === undefined) return undefined;
  return operation.ask("look at the export job", place, () => methodOf(target).poll(operation.host, jobPath, target, place));
}

/** It runs, or has succeeded and what it has written is there. */
async function isOfUse(operation: Operation, directory: ClaimedDirectory, attempt: Attempt, job: ExportJob): Promise<boolean> {
  const outcome = jobOutcome(job.jobState);
  return outcome === "running" || (outcome === "succeeded" && (await holdsItsFiles(operation, directory, attempt, job)));
}

/** Whether the attempt's call started the job: it exports the same and was not listed before the call. */
export function isOfAttempt(job: ExportJob, { target, knownJobs }: Attempt): boolean {
  const same = (a: string | undefined, b: string | undefined) => sameId(a ?? "", b ?? "");
  if (knownJobs.includes(job.path)) return false;
  return same(job.referencePointId, target.referencePointId) && same(job.baseReferencePointId, target.baseReferencePointId);
}

/** What a succeeded job has written may have been removed since. */
async function holdsItsFiles(operation: Operation, directory: ClaimedDirectory, attempt: Attempt, job: ExportJob): Promise<boolean> {
  const place = directory.placeOf(attempt);
  const evidence = { ...attempt, named: latestNames(attempt.named, namedIn(operation, place, job)) };
  const files = await filesThere(operation, directory, evidence);
  if (missingNames(evidence, files, operation.paths).missing.length > 0) return false;
  return evidence.named.length > 0 || evidence.files !== undefined ? files.length > 0 : lackOfKinds(attempt.target, files) === undefined;
}

async function filesThere(operation: Operation, directory: ClaimedDirectory, evidence: Evidence): Promise<WrittenFile[]> {
  const look = await lookAt(operation, directory.directory);
  return look.kind === "view" ? filesOfAttempt(evidence, look.view.entries, operation.paths) : [];
}
