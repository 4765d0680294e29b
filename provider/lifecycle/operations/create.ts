import { ExportError, isExportError } from "../../domain/errors/export-error";
import type { Attempt, ExportTarget } from "../../domain/records/claim";
import { ownerOfUrn } from "../../domain/records/owner";
import { sameTarget } from "../../domain/records/target-match";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import { factsOf, incompleteState, intactState } from "../../domain/reference-point-export/states";
import type { FreeBytes } from "../../host/port";
import type { ClaimedDirectory, Identity } from "../directory/claim-file";
import { claimNew, isOccupied } from "../directory/claim-new";
import { freeBytesNow, lookAt } from "../directory/look";
import { newAttempt, runExportInQueue } from "../export-job/attempt";
import { describeExport } from "../export-job/describe-export";
import { discardAttempt } from "../export-job/discard-attempt";
import { hasSpace, requireSpace } from "../export-job/free-space";
import { announcedStep } from "../export-job/run-export";
import { removeRepairsOfFormerIds } from "../repair/former-repairs";
import { explain, ignoreFullVolume } from "../session/host-failure";
import type { MachineQueue } from "../session/machine-queue";
import type { Operation } from "../session/operation";
import { adoptExport } from "../takeover/adopt";
import { reuseFinished } from "../takeover/reuse-finished";
import { resolveOrRemembered } from "../target/begun-target";
import { resolveTarget } from "../target/resolve-target";
import { UnfinishedExport } from "./unfinished-export";

/**
 * Makes the export true, from wherever an earlier run stopped. Fails plainly while nothing is claimed, and with
 * {@link UnfinishedExport} afterwards.
 *
 * @param exportId the id of the new export, or of the one that is to be finished or made again
 * @param resolve finds what is to be exported
 */
export async function createExport(
  operation: Operation,
  queue: MachineQueue,
  inputs: ExportInputs,
  exportId: string,
  resolve = () => resolveTarget(operation, inputs),
): Promise<ExportState> {
  const identity = { owner: ownerOfUrn(inputs.createUrn), exportId };
  const look = await lookAt(operation, inputs.exportDirectory);
  // Before anything is resolved: the point of a finished export may be gone by now.
  const finished = look.kind === "view" ? await reuseFinished(operation, look.view, inputs, identity) : undefined;
  if (finished) return finished;
  if (look.kind === "view" && isOccupied(look.view)) return adoptExport(operation, look.view, inputs, identity);

  const target = await resolveOrRemembered(resolve, look, inputs, identity);
  const same = look.kind === "view" ? await reuseFinished(operation, look.view, inputs, identity, target) : undefined;
  if (same) return same;
  const announced = await announcedAttempt(operation, target, inputs.exportDirectory);
  const outcome = await claimNew(operation, inputs.exportDirectory, identity, look, (freeBytes) =>
    hasSpace(target, freeBytes) ? announced : undefined,
  );
  if (outcome.kind === "occupied") return adoptExport(operation, outcome.view, inputs, identity);
  const { directory } = outcome;
  try {
    const attempt = await attemptOf(operation, directory, target, identity, outcome.freeBytes);
    const first = outcome.isNew ? announcedStep : undefined;
    const written = await runExportInQueue(operation, queue, directory, attempt, inputs, first);
    const { manifest, manifestSha256, foreign } = await describeExport(operation, directory, written);
    await directory.finish(written.target, manifestSha256);
    return intactState(inputs, exportId, factsOf(manifest, manifestSha256), [...manifest.warnings, ...foreign]);
  } catch (error) {
    // Nothing of this export is there.
    if (isExportError(error) && error.code === "directory-not-empty") throw error;
    const reason = explain(error, "export the reference point", inputs.exportDirectory);
    throw new UnfinishedExport(incompleteState(inputs, exportId, target, `export-unfinished: ${reason.reason}`), reason);
  }
}

/**
 * The attempt that the claim holds, if it is of this target: another run of the same create may be at it still. Else a new one, after
 * what was written before has been cleared.
 */
async function attemptOf(
  operation: Operation,
  directory: ClaimedDirectory,
  target: ExportTarget,
  { exportId }: Identity,
  freeBytes: FreeBytes,
): Promise<Attempt> {
  const { attempt: held, finished, exportId: former } = directory.claim;
  if (finished && !sameTarget(finished.target, target)) throw holdsAnother(directory, finished.target);
  // First of all: the old half of a replacement, which is still to be deleted, must not find its id here any more.
  if (former !== exportId) await directory.takeOver(exportId).catch(ignoreFullVolume);
  if (held && held.subdirectory === "" && sameTarget(held.target, target)) return held;
  if (held) await discardAttempt(operation, directory, held);
  if (finished) await discardAttempt(operation, directory, { subdirectory: "", target: finished.target });
  await removeRepairsOfFormerIds(operation, directory, { former, repair: held?.subdirectory ?? "", target });
  requireSpace(target, directory.directory, held || finished ? await freeBytesNow(operation, directory.directory) : freeBytes);
  // Not the first go in this directory, whatever its claim still knows: what lies there under the names of this export goes first.
  return directory.saveAttempt({ ...newAttempt(operation, target, ""), number: 1 });
}

/**
 * The owner alone does not make a finished export of something else superfluous: it may have been kept on purpose (retainOnDelete), or
 * be that of a resource which was renamed since.
 */
function holdsAnother(directory: ClaimedDirectory, { referencePointId, virtualMachineName }: ExportTarget): ExportError {
  return new ExportError("directory-not-empty", {
    step: "claim the export directory",
    subject: directory.directory,
    reason: `it holds a finished export of ${referencePointId} of ${virtualMachineName}`,
    remedy: "Choose another exportDirectory, or move the finished export away.",
  });
}

/** What a new claim says: the method is about to be called. The jobs that are listed before the claim exists are not its own. */
async function announcedAttempt(operation: Operation, target: ExportTarget, directory: string): Promise<Attempt> {
  const known = await operation.ask("look for older jobs", directory, () => operation.host.findExportJobs(directory));
  return { ...newAttempt(operation, target, ""), state: "starting", number: 1, knownJobs: known.map((job) => job.path) };
}
