import { ExportError, isExportError } from "../../domain/errors/export-error";
import { jobOutcome } from "../../domain/hyperv/job-state";
import { type Attempt, voided } from "../../domain/records/attempt";
import { filesOfAttempt, missingParts } from "../../domain/records/export-files";
import { diskBytes } from "../../domain/records/export-target";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import type { ExportJob, ExportStart, JobPath } from "../../host/port";
import type { ClaimedDirectory } from "../directory/claimed-directory";
import { lookAt } from "../directory/look";
import { explain, isConnectionFailure, isRefusal, isTransientRefusal } from "../session/host-failure";
import type { MachineQueue } from "../session/machine-queue";
import type { Operation } from "../session/operation";
import { cancelUnseen } from "./cancel-job";
import { discardAttempt } from "./discard-attempt";
import { type WatchedEnd, watchJob } from "./watch-job";

const STEP = "export the reference point";
/** A job that vanishes twice in one operation is no accident of the host's job list. */
const VANISHINGS = 2;

/**
 * Brings the claim's attempt to the state "written": its files are whole on the host. Waits while this process writes another export
 * of the machine. Calls ExportReferencePoint only when neither a
 * job nor the files show that an earlier run, or this one before its connection broke, has done so already.
 */
export async function runExport(
  operation: Operation,
  queue: MachineQueue,
  directory: ClaimedDirectory,
  start: Attempt,
  { timeouts }: ExportInputs,
  first?: Step,
): Promise<Attempt> {
  if (start.state === "written") return start;
  const { virtualMachineId, virtualMachineName } = start.target;
  return queue.take(operation, virtualMachineId, virtualMachineName, () => writeFiles(operation, directory, start, timeouts.stall, first));
}

async function writeFiles(
  operation: Operation,
  directory: ClaimedDirectory,
  start: Attempt,
  stall: string,
  first: Step | undefined,
): Promise<Attempt> {
  const subject = `${start.target.referencePointId} of ${start.target.virtualMachineName}`;
  let attempt = start;
  let vanished = 0;
  for (let tried = 1; attempt.state !== "written"; tried++) {
    const step = tried === 1 && first ? first : await nextStep(operation, directory, attempt);
    const end = await oneTry(operation, directory, attempt, step, subject, stall).catch(async (error: unknown) => {
      if (isKnownFailure(error)) await recordFailure(directory, attempt);
      throw error;
    });
    attempt = directory.claim.attempt ?? attempt;
    if (end.kind === "written") {
      const written: Attempt = { ...attempt, state: "written", warnings: [...end.warnings] };
      attempt = isLarge(written) ? await directory.saveAttempt(written) : written;
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

/** The host has answered that this go came to nothing. What it left must not pass for an export once its job is forgotten. */
function isKnownFailure(error: unknown): boolean {
  if (!isExportError(error)) return false;
  return error.code === "job-failed" || error.code === "job-terminated" || isRefusal(error.cause);
}

/** The record only helps: without it the next run finds the same by the job that is still listed. */
async function recordFailure(directory: ClaimedDirectory, attempt: Attempt): Promise<void> {
  const known = directory.claim.attempt ?? attempt;
  await directory.saveAttempt(voided(known)).catch(() => {});
}

type TryEnd =
  | { readonly kind: "written"; readonly warnings: readonly string[] }
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
        await cancelUnseen(operation, directory.placeOf(attempt).directory, (listed) => isOf(listed, announced));
      }
      throw reason;
    }
  }
  const onRunning = async () => {
    const known = directory.claim.attempt ?? attempt;
    if (known.jobPath !== job) await directory.saveAttempt(known, { state: "running", jobPath: job });
  };
  const end = await watchJob(operation, job, subject, stall, onRunning).catch((error: unknown): WatchedEnd => {
    // A run before this one may have told the job to stop and not have seen its end.
    if (step.kind === "watch" && isExportError(error) && error.code === "job-terminated") return { kind: "failedForNow", error };
    throw error;
  });
  if (end.kind === "failedForNow") return { kind: "refusedForNow", error: end.error };
  return end.kind === "vanished" ? end : { kind: "written", warnings: end.warnings };
}

export type Step =
  /** Nothing shows that the method ran. `clear`: something may have been left in the directory. `announce`: the claim does not say it yet. */
  | { readonly kind: "call"; readonly clear: boolean; readonly announce: boolean }
  | { readonly kind: "watch"; readonly job: Pick<ExportJob, "path"> }
  | { readonly kind: "written" };

/** For a claim that is new and says already that the method is about to be called. */
export const announcedStep: Step = { kind: "call", clear: false, announce: false };

async function nextStep(operation: Operation, directory: ClaimedDirectory, attempt: Attempt): Promise<Step> {
  if (attempt.state === "prepared") return { kind: "call", clear: attempt.number > 0, announce: true };
  const { directory: place } = directory.placeOf(attempt);
  const jobs = await operation.ask("look for the export job", place, () => operation.host.findExportJobs(place));
  const ours = jobs.filter((job) => isOf(job, attempt));
  const live = ours.find((job) => jobOutcome(job.jobState) === "running") ?? ours.find((job) => jobOutcome(job.jobState) === "succeeded");
  if (live && (jobOutcome(live.jobState) === "running" || (await partsAreThere(operation, directory, attempt)))) {
    return { kind: "watch", job: live };
  }
  // A job that ended badly is known to have: only a job that is not listed at all is judged by its files.
  const provesEnd = ours.length === 0 && operation.host.configurationWrittenLast;
  if (provesEnd && (await partsAreThere(operation, directory, attempt))) return { kind: "written" };
  return { kind: "call", clear: true, announce: true };
}

/** Whether the attempt's call started the job: it exports the same and was not listed before the call. */
function isOf(job: ExportJob, { target, knownJobs }: Attempt): boolean {
  const same = (a: string | undefined, b: string | undefined) => (a ?? "").toUpperCase() === (b ?? "").toUpperCase();
  if (knownJobs.includes(job.path)) return false;
  return same(job.referencePointId, target.referencePointId) && same(job.baseReferencePointId, target.baseReferencePointId);
}

async function partsAreThere(operation: Operation, directory: ClaimedDirectory, attempt: Attempt): Promise<boolean> {
  const look = await lookAt(operation, directory.directory);
  if (look.kind !== "view") return false;
  return missingParts(attempt.target, filesOfAttempt(attempt, look.view.entries)).length === 0;
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

/** Before the method is called: whatever job is listed afterwards and was not before is this attempt's. */
async function announceCall(operation: Operation, directory: ClaimedDirectory, attempt: Attempt, exportDirectory: string): Promise<void> {
  const known = await operation.ask("look for older jobs", exportDirectory, () => operation.host.findExportJobs(exportDirectory));
  await directory.saveAttempt(withoutJob(attempt), {
    state: "starting",
    number: attempt.number + 1,
    knownJobs: known.map((job) => job.path),
    startedAt: operation.timestamp(),
  });
}

/** Hashing takes long enough for the job to be forgotten meanwhile, so that it has finished is worth a record of its own. */
function isLarge({ target }: Attempt): boolean {
  return diskBytes(target) > 64 * 1024 * 1024;
}

function withoutJob(attempt: Attempt): Attempt {
  const { jobPath: _, ...rest } = attempt;
  return { ...rest, warnings: [] };
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
