import { ExportError, isExportError } from "../../domain/errors/export-error";
import { latestNames } from "../../domain/listing/written-files";
import { type Attempt, type NamedFile, newAttempt } from "../../domain/records/attempt";
import { otherDisks } from "../../domain/records/target-match";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import type { ExportJob, JobPath } from "../../host/port";
import type { ClaimedDirectory } from "../directory/claimed-directory";
import type { MachineQueue } from "../session/machine-queue";
import type { Operation } from "../session/operation";
import { announcedCall, type CallStep } from "./announced-call";
import { methodOf } from "./export-method";
import { recordEnd } from "./record-end";
import { namedIn, type WatchedEnd, watchJob } from "./watch-job";
import { whatHasRun } from "./what-has-run";

/** A job that vanishes twice in one operation is no accident of the host's job list. */
const VANISHINGS = 2;

export interface CallSituation {
  /** The claim is new and says already that the method is about to be called. */
  readonly isAnnounced?: boolean;
  /** Why the method cannot be called any more. What an earlier call has left is then neither cleared nor written anew. */
  readonly gone?: Error | undefined;
  /** The attempt is one that another run was at, and may be at still: what it has asked the host for may come yet. */
  readonly isTakenUp?: boolean;
}

const ADOPTED = "adopted the running job";
const TOOK_OVER = "took over what an earlier run had exported";

/** How long a call may take that a run made before it could hear that its attempt was taken up by another. */
const CALL_ON_ITS_WAY_MS = 1000;

/**
 * Brings the claim's attempt to the state "written": its files are whole on the host. Waits while this process writes another export
 * of the machine. Calls the method only when neither a job nor the files show that an earlier run, or this one before its
 * connection broke, has done so already.
 */
export async function runExport(
  operation: Operation,
  queue: MachineQueue,
  directory: ClaimedDirectory,
  start: Attempt,
  { timeouts }: ExportInputs,
  { isAnnounced = false, gone, isTakenUp = false }: CallSituation = {},
): Promise<Attempt> {
  if (start.state === "written") {
    operation.did(TOOK_OVER);
    return start;
  }
  const { virtualMachineId, virtualMachineName } = start.target;
  const mustWait = isAnnounced && queue.isTaken(virtualMachineId);
  // The wait may be long, and nothing that comes into the directory meanwhile is the job's.
  const attempt = mustWait
    ? await directory.saveAttempt(newAttempt(start.target, start.subdirectory, start.startedAt, operation.run))
    : start;
  return queue.take(operation, virtualMachineId, virtualMachineName, () =>
    writeFiles(operation, directory, attempt, timeouts.stall, { isAnnounced: isAnnounced && !mustWait, gone, isTakenUp }),
  );
}

async function writeFiles(
  operation: Operation,
  directory: ClaimedDirectory,
  start: Attempt,
  stall: string,
  { isAnnounced, gone, isTakenUp }: CallSituation,
): Promise<Attempt> {
  const subject = `${start.target.referencePointId} of ${start.target.virtualMachineName}`;
  const { step: what } = methodOf(start.target);
  let attempt = start;
  let vanished = 0;
  // Once this run has called the method, what it finds is its own.
  let isOwn = false;
  let deed: string | undefined;
  for (let tried = 1; attempt.state !== "written"; tried++) {
    const isFirst = tried === 1 && isAnnounced;
    const step: Step = isFirst
      ? { kind: "call", clear: false, announce: false }
      : await nextStep(operation, directory, attempt, isTakenUp === true && tried === 1);
    if (step.kind === "call" && gone) throw gone;
    isOwn ||= step.kind === "call";
    deed = isOwn ? undefined : (deed ?? (step.kind === "watch" ? ADOPTED : TOOK_OVER));
    const end = await oneTry(operation, directory, attempt, step, subject, stall, isOwn).catch(async (error: unknown) => {
      await recordEnd(operation, directory, attempt, error);
      throw error;
    });
    if (end.kind === "refusedForNow") await recordEnd(operation, directory, attempt, end.error);
    attempt = directory.claim.attempt ?? attempt;
    if (end.kind === "written") {
      attempt = { ...attempt, state: "written", warnings: [...end.warnings], named: latestNames(attempt.named, end.named ?? []) };
    } else if (end.kind === "vanished") {
      if (++vanished === VANISHINGS) throw vanishedError(what, subject);
    } else {
      if (operation.isOver()) throw outOfTime(operation, what, subject, end.error);
      await operation.backOff(tried, `the host refuses for now: ${end.error.reason}`);
      if (operation.isOver()) throw outOfTime(operation, what, subject, end.error);
    }
  }
  if (deed !== undefined) operation.did(deed);
  return attempt;
}

type Step = CallStep | { readonly kind: "watch"; readonly job: Pick<ExportJob, "path"> } | { readonly kind: "written" };

async function nextStep(operation: Operation, directory: ClaimedDirectory, attempt: Attempt, isTakenUp: boolean): Promise<Step> {
  if (attempt.state === "prepared") return { kind: "call", clear: attempt.number > 0, announce: true };
  let run = await whatHasRun(operation, directory, attempt);
  if (run.kind === "nothing" && isTakenUp && attempt.state === "starting") {
    await operation.clock.sleep(Math.min(CALL_ON_ITS_WAY_MS, Math.max(operation.remaining(), 0)));
    run = await whatHasRun(operation, directory, attempt);
  }
  if (run.kind === "nothing") return { kind: "call", clear: true, announce: true };
  return run.kind === "job" ? { kind: "watch", job: run.job } : { kind: "written" };
}

type TryEnd =
  | { readonly kind: "written"; readonly warnings: readonly string[]; readonly named?: NamedFile[] }
  | { readonly kind: "vanished" }
  | { readonly kind: "refusedForNow"; readonly error: ExportError };

async function oneTry(
  operation: Operation,
  directory: ClaimedDirectory,
  attempt: Attempt,
  step: Step,
  subject: string,
  stall: string,
  isOwn: boolean,
): Promise<TryEnd> {
  if (step.kind === "written") return { kind: "written", warnings: attempt.warnings };
  if (step.kind === "watch") {
    operation.progress(isOwn ? "found its job again" : ADOPTED);
    return watchToEnd(operation, directory, attempt, step.job.path, subject, stall, !isOwn);
  }
  const called = await announcedCall(operation, directory, attempt, step, subject);
  if (called.kind === "job") return watchToEnd(operation, directory, attempt, called.path, subject, stall, false);
  return called.kind === "completed" ? { kind: "written", warnings: [] } : called;
}

/** @param isOfEarlierRun that may have told the job to stop and not have seen its end */
async function watchToEnd(
  operation: Operation,
  directory: ClaimedDirectory,
  attempt: Attempt,
  job: JobPath,
  subject: string,
  stall: string,
  isOfEarlierRun: boolean,
): Promise<TryEnd> {
  const onRunning = async (seen: ExportJob) => {
    const known = directory.claim.attempt ?? attempt;
    const named = latestNames(known.named, namedIn(operation, directory.placeOf(attempt), seen));
    if (known.jobPath === job && named === known.named) return;
    await directory.saveAttempt(known, { state: "running", jobPath: job, named });
  };
  const end = await watchJob(operation, job, attempt.target, subject, stall, directory, onRunning).catch((error: unknown): WatchedEnd => {
    if (isOfEarlierRun && isExportError(error) && error.code === "job-terminated") return { kind: "failedForNow", error };
    throw error;
  });
  if (end.kind === "failedForNow") return { kind: "refusedForNow", error: end.error };
  if (end.kind === "vanished") return end;
  const other = end.job.exportedDisks && otherDisks(attempt.target, end.job.exportedDisks);
  if (other !== undefined) throw new ExportError("export-incomplete", { step: methodOf(attempt.target).step, subject, reason: other });
  return { kind: "written", warnings: end.warnings, named: namedIn(operation, directory.placeOf(attempt), end.job) };
}

function vanishedError(step: string, subject: string): ExportError {
  const reason = "its job is no longer listed, twice, and the files do not prove that it finished";
  return new ExportError("job-vanished", { step, subject, reason });
}

function outOfTime(operation: Operation, step: string, subject: string, last: ExportError): ExportError {
  const { reason, remedy } = operation.timedOut(step, subject);
  return new ExportError(
    "timed-out",
    { step, subject, reason: `${reason}; the last try ended with: ${last.reason}`, remedy },
    { cause: last },
  );
}
