import { ExportError } from "../../../domain/errors/export-error";
import { jobOutcome } from "../../../domain/hyperv/job-state";
import { sameId } from "../../../domain/hyperv/same-id";
import { isPointOnItsWay, type PointAttempt } from "../../../domain/records/method-attempts/point-attempt";
import type { PointEntry } from "../../../domain/reference-point/point-record";
import type { JobPath, PointJob, Precondition } from "../../../host/port";
import { explain } from "../../session/host-failure";
import { CANCEL_LIMIT_MS } from "../../session/job/end-job";
import type { Operation } from "../../session/operation";
import type { KeptRecord } from "../record/kept-record";
import type { PointEvidence } from "../record/point-evidence";
import { overtakeAttempt } from "./overtake-attempt";
import { endPointJob } from "./point-job";
import { isAnothers, listPoints, newPoints, onlyNewPoint, whatHasCome } from "./what-has-come";

const CANCEL = "cancel the job that makes the reference point";
const LISTING_LIMIT_MS = 10_000;
const LISTING_POLL_MS = 250;

/**
 * The point that an unfinished attempt has made, so that it can be destroyed: no job of the attempt makes one any more when this returns.
 * What is not proved is named and left alone.
 */
export async function pointOfAttempt(operation: Operation, evidence: PointEvidence): Promise<string | undefined> {
  const attempt = await overtakeAttempt(operation, evidence);
  if (attempt === undefined) return undefined;
  let come = await whatHasCome(operation, attempt);
  if (come.kind === "job" && jobOutcome(come.job.jobState) === "running") {
    await requireEnded(operation, come.job.path, attempt.virtualMachineName, evidence.condition());
    come = await whatHasCome(operation, { ...attempt, jobPath: come.job.path });
  }
  if (come.kind === "point") return come.point.id;
  const id = come.kind === "job" ? await pointOfJob(operation, attempt, come.job) : undefined;
  const found = { ...attempt, isFoundByTime: attempt.isFoundByTime || isPointOnItsWay(attempt) };
  const point =
    found.isFoundByTime && id !== undefined ? (await listPoints(operation, attempt)).find((one) => sameId(one.id, id)) : undefined;
  if (id !== undefined && isAnothers(found, point)) {
    warnOfUnproven(operation, attempt, [id]);
    return undefined;
  }
  if (id === undefined) warnOfUnproven(operation, attempt, come.kind === "nothing" ? come.unproven : await newPoints(operation, attempt));
  return id;
}

/** The same of an entry of a record, whose point may be known. */
export async function pointOfEntry(operation: Operation, record: KeptRecord, entry: PointEntry): Promise<string | undefined> {
  return entry.referencePointId ?? (await pointOfAttempt(operation, record.evidenceFor(entry)));
}

/** One that has succeeded and does not name its point has made the only one that has come. */
async function pointOfJob(operation: Operation, attempt: PointAttempt, job: PointJob): Promise<string | undefined> {
  const named = job.referencePointId ?? (await namedLater(operation, job.path, attempt.virtualMachineName));
  if (named !== undefined || jobOutcome(job.jobState) !== "succeeded") return named;
  return onlyNewPoint(operation, attempt, job.path);
}

function warnOfUnproven(operation: Operation, { virtualMachineName }: PointAttempt, unproven: readonly string[]): void {
  if (unproven.length === 0) return;
  operation.warn(
    `While a point of ${virtualMachineName} was being made, new ones have come: ${unproven.join(", ")}. Nothing proves that one is ours, so they are left alone. Destroy on the host what is nobody's.`,
  );
}

async function requireEnded(operation: Operation, path: JobPath, subject: string, onlyIf: Precondition): Promise<void> {
  operation.progress("cancelling the job that makes the reference point");
  const limit = Math.min(operation.remaining(), CANCEL_LIMIT_MS);
  const isEnded = await endPointJob(operation, path, onlyIf, limit).catch((error: unknown) => {
    throw explain(error, CANCEL, subject);
  });
  const reason = "the job was told to stop, but its end was not seen";
  if (!isEnded) throw new ExportError("timed-out", { step: CANCEL, subject, reason });
}

/** A point may be listed some seconds after the end of its job. */
async function namedLater(operation: Operation, path: JobPath, subject: string): Promise<string | undefined> {
  const until = operation.clock.now() + LISTING_LIMIT_MS;
  for (;;) {
    const job = await operation.ask(CANCEL, subject, () => operation.host.pollPointJob(path));
    if (job?.referencePointId !== undefined) return job.referencePointId;
    if (job === undefined || operation.clock.now() >= until || operation.isOver()) return undefined;
    await operation.clock.sleep(LISTING_POLL_MS);
  }
}
