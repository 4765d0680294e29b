import { ExportError, isExportError } from "../../domain/errors/export-error";
import type { PointAttempt } from "../../domain/records/method-attempts/point-attempt";
import type { CheckpointConversion, JobPath, ReferencePoint } from "../../host/port";
import { overtakeAttempt } from "../reference-point/attempt/overtake-attempt";
import { listPoints, onlyNewPoint } from "../reference-point/attempt/what-has-come";
import type { PointEvidence } from "../reference-point/record/point-evidence";
import { explain, isConnectionFailure, isTransientRefusal } from "../session/host-failure";
import type { WatchedEnd } from "../session/job/job-watch";
import type { MachineQueue } from "../session/machine-queue";
import type { Operation } from "../session/operation";
import { waitAfter } from "../session/retry/wait-after";
import { watchCheckpointJob } from "./checkpoint-job";
import { listCheckpointJobs, type OfMachine } from "./checkpoint-look";
import { type CheckpointOfAttempt, whatPointCame } from "./what-point-came";

const STEP = "convert the checkpoint to a reference point";

/** A point may be listed some seconds after the end of its job. */
const LISTING_LIMIT_MS = 30_000;
/** The same where no job is listed that is to make it. */
const VANISHED_LIMIT_MS = 5000;
const SHORTEST_LISTING_POLL_MS = 20;
const LONGEST_LISTING_POLL_MS = 2000;

/** Where a conversion is kept until its point is written with what comes of it. */
export interface ConversionEvidence extends PointEvidence {
  /** The attempt with the point that the checkpoint has become: a later run would find it again by the conversion's job, or as the only new one. */
  note(attempt: PointAttempt): void;
}

export interface CheckpointToConvert extends OfMachine, CheckpointOfAttempt {
  /** What the checkpoint was asked to have. */
  readonly consistency: PointAttempt["consistency"];
  /** timeouts.stall. */
  readonly stall: string;
  /** Where the conversion and its point are kept. */
  readonly evidence: ConversionEvidence;
}

/**
 * Converts a checkpoint of ours to a reference point, or takes the point that an earlier run has made of it. The conversion is written down
 * before the method is called; its point is noted as soon as it is proved. The merge that follows is not waited for.
 */
export function convertCheckpoint(operation: Operation, queue: MachineQueue, request: CheckpointToConvert): Promise<ReferencePoint> {
  const { virtualMachineId, virtualMachineName } = request;
  return queue.take(operation, virtualMachineId, virtualMachineName, () => convertInTurn(operation, request));
}

async function convertInTurn(operation: Operation, request: CheckpointToConvert): Promise<ReferencePoint> {
  const subject = `${request.checkpointId} of ${request.virtualMachineName}`;
  for (let tried = 1; ; tried++) {
    const end = await oneTry(operation, request, subject);
    if ("point" in end) return end.point;
    await waitAfter(operation, tried, end.again, STEP, subject);
  }
}

type Try = { readonly point: ReferencePoint } | { readonly again: ExportError };

async function oneTry(operation: Operation, request: CheckpointToConvert, subject: string): Promise<Try> {
  const { checkpointId, evidence, virtualMachineId } = request;
  const known = await overtakeAttempt(operation, evidence);
  if (known) {
    const come = await whatPointCame(operation, known, request);
    if (come.kind === "point") return { point: proved(evidence, known, come.point) };
    if (come.kind === "job") return watch(operation, request, known, come.job.path, subject);
    const isOver = known.referencePointId !== undefined || known.isRefused === true;
    if (come.kind === "gone" && (isOver || come.unproven.length > 0)) throw lost(subject, come.unproven);
    // What it has become may be listed yet.
    if (come.kind === "gone") return { point: await listed(operation, request, known, undefined, subject) };
  }
  const attempt = await announce(operation, request);
  operation.progress(`converting ${subject}`);
  let start: CheckpointConversion;
  try {
    const call = operation.host.convertCheckpoint({ virtualMachineId, checkpointId, onlyIf: evidence.condition() });
    start = await operation.withinTime(STEP, subject, call);
  } catch (error) {
    const reason = explain(error, STEP, subject, "ConvertToReferencePoint");
    if (isConnectionFailure(error) || isTransientRefusal(error)) return { again: reason };
    throw reason;
  }
  if (start.kind === "absent") throw lost(subject, []);
  if (start.kind === "job") return watch(operation, request, attempt, start.path, subject);
  return { point: await listed(operation, { ...request, isWithoutJobs: true }, attempt, start.referencePointId, subject) };
}

/** Before the method is called: whatever job and point is listed afterwards, and was not before, may be its. */
async function announce(operation: Operation, request: CheckpointToConvert): Promise<PointAttempt> {
  const { virtualMachineId, virtualMachineName, consistency, evidence } = request;
  const { hostTime, jobs } = await listCheckpointJobs(operation, request);
  const points = await listPoints(operation, request);
  const attempt: PointAttempt = {
    run: operation.run,
    virtualMachineId,
    virtualMachineName,
    consistency,
    pointsBefore: points.map(({ id }) => id),
    jobsBefore: jobs.map(({ path }) => path),
    startedAt: operation.timestamp(),
    hostTime,
  };
  await evidence.write(attempt);
  return attempt;
}

async function watch(
  operation: Operation,
  request: CheckpointToConvert,
  attempt: PointAttempt,
  path: JobPath,
  subject: string,
): Promise<Try> {
  const { evidence, stall } = request;
  const running = attempt.jobPath === path ? attempt : { ...attempt, jobPath: path };
  if (running !== attempt) await evidence.write(running);
  const work = { step: STEP, subject, doing: "converting the checkpoint", stall, condition: () => evidence.condition() };
  const end = await watchCheckpointJob(operation, path, work).catch((error: unknown): WatchedEnd<never> => {
    // One that an earlier run has told to stop.
    if (attempt.jobPath === path && isExportError(error) && error.code === "job-terminated") return { kind: "failedForNow", error };
    throw error;
  });
  if (end.kind === "failedForNow") return { again: end.error };
  return { point: await listed(operation, request, running, end.kind === "succeeded" ? end.job.referencePointId : undefined, subject) };
}

/** The checkpoint's point, once it is listed. */
async function listed(
  operation: Operation,
  request: CheckpointToConvert,
  attempt: PointAttempt,
  made: string | undefined,
  subject: string,
): Promise<ReferencePoint> {
  const { clock } = operation;
  const { evidence } = request;
  const begun = clock.now();
  const seen = made === undefined ? attempt : { ...attempt, referencePointId: made };
  for (let wait = SHORTEST_LISTING_POLL_MS; ; wait = Math.min(wait * 2, LONGEST_LISTING_POLL_MS)) {
    const come = await whatPointCame(operation, seen, request);
    if (come.kind === "point") return proved(evidence, attempt, come.point);
    if (come.kind === "nothing" && made === undefined) {
      const reason = "the conversion has ended, and the checkpoint is still there";
      throw new ExportError("job-vanished", { step: STEP, subject, reason });
    }
    const isVanished = come.kind === "gone" && made === undefined;
    const until = begun + (isVanished ? VANISHED_LIMIT_MS : LISTING_LIMIT_MS);
    if (clock.now() >= until || operation.isOver()) {
      const only = come.kind === "job" ? await onlyNewPoint(operation, attempt, come.job.path) : undefined;
      const point = only === undefined ? undefined : (await listPoints(operation, attempt)).find(({ id }) => id === only);
      if (point) return proved(evidence, attempt, point);
      throw lost(subject, come.kind === "gone" ? come.unproven : []);
    }
    operation.progress(`waiting for the reference point of ${subject} to be listed`);
    await clock.sleep(Math.min(wait, Math.max(until - clock.now(), 0)));
  }
}

function proved(evidence: ConversionEvidence, attempt: PointAttempt, point: ReferencePoint): ReferencePoint {
  evidence.note({ ...attempt, referencePointId: point.id });
  return point;
}

/** The backup cannot be continued by a point that nobody knows. */
function lost(subject: string, unproven: readonly string[]): ExportError {
  const points =
    unproven.length === 0 ? "no new point is listed" : `new points are ${unproven.join(", ")}, and nothing proves whose they are`;
  return new ExportError("checkpoint-gone", { step: STEP, subject, reason: `the checkpoint is not there any more; ${points}` });
}
