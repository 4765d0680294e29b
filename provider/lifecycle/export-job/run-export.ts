import { ExportError, isExportError } from "../../domain/errors/export-error";
import { type Attempt, type NamedFile, newAttempt } from "../../domain/records/attempt";
import { otherDisks } from "../../domain/records/target-match";
import { contentOfPlace, latestNames } from "../../domain/records/written-files";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import type { ExportJob, ExportStart, JobPath } from "../../host/port";
import type { ClaimedDirectory } from "../directory/claimed-directory";
import { lookAt } from "../directory/look";
import { explain, isConnectionFailure, isRefusal, isTransientRefusal } from "../session/host-failure";
import type { MachineQueue } from "../session/machine-queue";
import type { Operation } from "../session/operation";
import { cancelUnseen } from "./cancel-job";
import { discardAttempt, endAttempt } from "./discard-attempt";
import { namedIn, type WatchedEnd, watchJob } from "./watch-job";
import { isOfAttempt, whatHasRun } from "./what-has-run";

const STEP = "export the reference point";
/** A job that vanishes twice in one operation is no accident of the host's job list. */
const VANISHINGS = 2;
/** How long the record of an end may take, beyond the operation's own time if need be. */
const RECORD_LIMIT_MS = 10_000;
/** More would make each write of the claim a large one. */
const MOST_BEFORE = 1000;

export interface CallSituation {
  /** The claim is new and says already that the method is about to be called. */
  readonly isAnnounced?: boolean;
  /** Why the method cannot be called any more. What an earlier call has left is then neither cleared nor written anew. */
  readonly gone?: Error | undefined;
}

/**
 * Brings the claim's attempt to the state "written": its files are whole on the host. Waits while this process writes another export
 * of the machine. Calls ExportReferencePoint only when neither a job nor the files show that an earlier run, or this one before its
 * connection broke, has done so already.
 *
 * @param situation what the caller knows of the call
 */
export async function runExport(
  operation: Operation,
  queue: MachineQueue,
  directory: ClaimedDirectory,
  start: Attempt,
  { timeouts }: ExportInputs,
  { isAnnounced = false, gone }: CallSituation = {},
): Promise<Attempt> {
  if (start.state === "written") return start;
  const { virtualMachineId, virtualMachineName } = start.target;
  const mustWait = isAnnounced && queue.isTaken(virtualMachineId);
  // The wait may be long, and nothing that comes into the directory meanwhile is the job's.
  const attempt = mustWait ? await directory.saveAttempt(newAttempt(start.target, start.subdirectory, start.startedAt)) : start;
  return queue.take(operation, virtualMachineId, virtualMachineName, () =>
    writeFiles(operation, directory, attempt, timeouts.stall, { isAnnounced: isAnnounced && !mustWait, gone }),
  );
}

async function writeFiles(
  operation: Operation,
  directory: ClaimedDirectory,
  start: Attempt,
  stall: string,
  { isAnnounced, gone }: CallSituation,
): Promise<Attempt> {
  const subject = `${start.target.referencePointId} of ${start.target.virtualMachineName}`;
  let attempt = start;
  let vanished = 0;
  for (let tried = 1; attempt.state !== "written"; tried++) {
    const isFirst = tried === 1 && isAnnounced;
    const step: Step = isFirst ? { kind: "call", clear: false, announce: false } : await nextStep(operation, directory, attempt);
    if (step.kind === "call" && gone) throw gone;
    const end = await oneTry(operation, directory, attempt, step, subject, stall).catch(async (error: unknown) => {
      await recordEnd(operation, directory, attempt, error);
      throw error;
    });
    if (end.kind === "refusedForNow") await recordEnd(operation, directory, attempt, end.error);
    attempt = directory.claim.attempt ?? attempt;
    if (end.kind === "written") {
      attempt = { ...attempt, state: "written", warnings: [...end.warnings], named: latestNames(attempt.named, end.named ?? []) };
    } else if (end.kind === "vanished") {
      if (++vanished === VANISHINGS) throw vanishedError(subject);
    } else {
      if (operation.isOver()) throw outOfTime(operation, subject, end.error);
      await operation.backOff(tried, `the host refuses for now: ${end.error.reason}`);
      if (operation.isOver()) throw outOfTime(operation, subject, end.error);
    }
  }
  return attempt;
}

/**
 * Records what this go has left, if it is known to have ended: that must not pass for an export once its job is forgotten, and what
 * comes into the place from now on is somebody's. The record only helps: without it the next run finds the same by the job that is still
 * listed.
 */
async function recordEnd(operation: Operation, directory: ClaimedDirectory, attempt: Attempt, error: unknown): Promise<void> {
  const known = directory.claim.attempt ?? attempt;
  const late = operation.extended(RECORD_LIMIT_MS);
  try {
    if (isExportError(error) && (await cameToNothing(late, directory, known, error))) await endAttempt(late, directory, known);
  } catch {
    // The failure itself is what must be told.
  }
}

/**
 * The host has said so, or the method was refused or its job cancelled, and no job of ours runs or was done before. A call that was not
 * answered may start one yet.
 */
async function cameToNothing(operation: Operation, directory: ClaimedDirectory, attempt: Attempt, error: ExportError): Promise<boolean> {
  if (error.code === "export-incomplete" || error.code === "job-failed" || error.code === "job-terminated") return true;
  const isCancelled = (error.code === "job-stalled" || error.code === "timed-out") && attempt.state === "running";
  return (isCancelled || isRefusal(error.cause)) && (await whatHasRun(operation, directory, attempt)).kind === "nothing";
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
): Promise<TryEnd> {
  if (step.kind === "written") return { kind: "written", warnings: attempt.warnings };
  let job: JobPath;
  if (step.kind === "watch") {
    job = step.job.path;
  } else {
    try {
      const start = await call(operation, directory, attempt, step, subject);
      if (start.kind === "completed") return { kind: "written", warnings: [] };
      job = start.path;
    } catch (error) {
      const reason = explain(error, STEP, subject);
      if (isConnectionFailure(error) || isTransientRefusal(error)) return { kind: "refusedForNow", error: reason };
      const announced = directory.claim.attempt ?? attempt;
      if (reason.code === "timed-out") {
        await cancelUnseen(operation, directory.placeOf(attempt).directory, (listed) => isOfAttempt(listed, announced));
      }
      throw reason;
    }
  }
  const onRunning = async (seen: ExportJob) => {
    const known = directory.claim.attempt ?? attempt;
    const named = latestNames(known.named, namedIn(operation, directory.placeOf(attempt), seen));
    if (known.jobPath === job && named === known.named) return;
    await directory.saveAttempt(known, { state: "running", jobPath: job, named });
  };
  const end = await watchJob(operation, job, subject, stall, onRunning).catch((error: unknown): WatchedEnd => {
    // A run before this one may have told the job to stop and not have seen its end.
    if (step.kind === "watch" && isExportError(error) && error.code === "job-terminated") return { kind: "failedForNow", error };
    throw error;
  });
  if (end.kind === "failedForNow") return { kind: "refusedForNow", error: end.error };
  if (end.kind === "vanished") return end;
  const other = end.job.exportedDisks && otherDisks(attempt.target, end.job.exportedDisks);
  if (other !== undefined) throw new ExportError("export-incomplete", { step: STEP, subject, reason: other });
  return { kind: "written", warnings: end.warnings, named: namedIn(operation, directory.placeOf(attempt), end.job) };
}

type Step =
  /** `clear`: something may have been left in the directory. `announce`: the claim does not say yet that the method is called. */
  | { readonly kind: "call"; readonly clear: boolean; readonly announce: boolean }
  | { readonly kind: "watch"; readonly job: Pick<ExportJob, "path"> }
  | { readonly kind: "written" };

async function nextStep(operation: Operation, directory: ClaimedDirectory, attempt: Attempt): Promise<Step> {
  if (attempt.state === "prepared") return { kind: "call", clear: attempt.number > 0, announce: true };
  const run = await whatHasRun(operation, directory, attempt);
  if (run.kind === "nothing") return { kind: "call", clear: true, announce: true };
  return run.kind === "job" ? { kind: "watch", job: run.job } : { kind: "written" };
}

async function call(
  operation: Operation,
  directory: ClaimedDirectory,
  attempt: Attempt,
  { clear, announce }: Extract<Step, { kind: "call" }>,
  subject: string,
): Promise<ExportStart> {
  const { directory: exportDirectory } = directory.placeOf(attempt);
  if (clear) await discardAttempt(operation, directory, attempt);
  if (announce) await announceCall(operation, directory, attempt, exportDirectory);
  const { virtualMachineId, referencePointId, baseReferencePointId, disksToExport } = attempt.target;
  operation.progress(`exporting ${subject}`);
  return operation.withinTime(
    STEP,
    subject,
    operation.host.exportReferencePoint({
      virtualMachineId,
      referencePointId,
      ...(baseReferencePointId !== undefined && { baseReferencePointId }),
      disksToExport,
      exportDirectory,
    }),
  );
}

/** Before the method is called: whatever job is listed afterwards and was not before is this attempt's, and so is every new file. */
async function announceCall(operation: Operation, directory: ClaimedDirectory, attempt: Attempt, exportDirectory: string): Promise<void> {
  const known = await operation.ask("look for older jobs", exportDirectory, () => operation.host.findExportJobs(exportDirectory));
  const { jobPath: _job, files: _files, folders: _folders, ...rest } = attempt;
  await directory.saveAttempt(
    { ...rest, warnings: [], named: [] },
    {
      state: "starting",
      number: attempt.number + 1,
      knownJobs: known.map((job) => job.path),
      before: await contentBefore(operation, directory, attempt),
      startedAt: operation.timestamp(),
    },
  );
}

/**
 * What lies in the attempt's place and is not its own. Where nobody saw the end of an earlier try, what has come since is taken for its
 * job's.
 */
async function contentBefore(operation: Operation, directory: ClaimedDirectory, attempt: Attempt): Promise<string[]> {
  const { subdirectory, before, files } = attempt;
  const isSettled = before === undefined || files !== undefined;
  if (!isSettled && before.length === 0) return [];
  if (subdirectory !== "" && files === undefined) return [];
  const look = await lookAt(operation, directory.directory);
  if (look.kind !== "view") return [];
  const there = contentOfPlace(subdirectory, look.view.entries);
  const known = isSettled ? there : there.filter((path) => before.includes(path));
  if (known.length <= MOST_BEFORE) return known;
  const reason = `it holds ${known.length} files and folders that are not the export's, more than can be told apart from it`;
  throw new ExportError("directory-not-empty", { step: STEP, subject: directory.directory, reason });
}

function vanishedError(subject: string): ExportError {
  const reason = "its job is no longer listed, twice, and the files do not prove that it finished";
  return new ExportError("job-vanished", { step: STEP, subject, reason });
}

function outOfTime(operation: Operation, subject: string, last: ExportError): ExportError {
  const { step, reason, remedy } = operation.timedOut(STEP, subject);
  return new ExportError(
    "timed-out",
    { step, subject, reason: `${reason}; the last try ended with: ${last.reason}`, remedy },
    { cause: last },
  );
}
