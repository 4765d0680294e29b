import { ExportError, isExportError } from "../../domain/errors/export-error";
import { type Attempt, newAttempt } from "../../domain/records/attempt";
import { type ExportTarget, fits } from "../../domain/records/export-target";
import { finishedBy } from "../../domain/records/manifest";
import { ownerOfUrn } from "../../domain/records/owner";
import type { LinePosition } from "../../domain/records/restore-facts";
import { sameTarget } from "../../domain/records/target-match";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import { factsOf, incompleteState, intactState } from "../../domain/reference-point-export/states";
import { type ClaimOutcome, claimNew, isOccupied } from "../directory/claim-new";
import type { ClaimedDirectory, Identity } from "../directory/claimed-directory";
import { type DirectoryView, freeBytesNow, type Look, lookAt } from "../directory/look";
import { isSuperseded, orSuperseded } from "../directory/seen-claim";
import { describeExport } from "../export-job/describe-export";
import { discardAttempt, discardFinished } from "../export-job/discard-attempt";
import { methodOf } from "../export-job/export-method";
import { bytesFreed, requireSpace } from "../export-job/free-space";
import { runExport } from "../export-job/run-export";
import { removeRepairsOfFormerIds } from "../repair/repair-directories";
import { explain, ignoreFullVolume } from "../session/host-failure";
import type { MachineQueue } from "../session/machine-queue";
import type { Operation } from "../session/operation";
import { adoptExport } from "../takeover/adopt";
import { reuseFinished } from "../takeover/reuse-finished";
import { type Resolved, rememberedTarget } from "../target/remembered-target";
import { resolveTarget } from "../target/resolve-target";
import { UnfinishedExport } from "./unfinished-export";

/** What every step of a create uses. */
interface Creation {
  readonly operation: Operation;
  readonly inputs: ExportInputs;
  readonly identity: Identity;
  readonly linePosition?: LinePosition | undefined;
}

/**
 * Makes the export true, from wherever an earlier run stopped. Fails plainly while nothing is claimed, and with
 * {@link UnfinishedExport} afterwards.
 *
 * @param exportId the id of the new export, or of the one that is to be finished or made again
 * @param resolve finds what is to be exported
 * @param linePosition what the manifest is to say of the order of a restore, where that is known
 */
export async function createExport(
  operation: Operation,
  queue: MachineQueue,
  inputs: ExportInputs,
  exportId: string,
  resolve = () => resolveTarget(operation, inputs),
  linePosition?: LinePosition,
): Promise<ExportState> {
  const creation: Creation = { operation, inputs, identity: { owner: ownerOfUrn(inputs.createUrn), exportId }, linePosition };
  const look = await lookAt(operation, inputs.exportDirectory);
  const there = await takeWhatIsThere(creation, look);
  if (there) return there;
  const { target, gone } = await resolve().then(
    (found): Resolved => ({ target: found }),
    (error: unknown) => rememberedTarget(error, look, inputs, creation.identity),
  );
  const same = await reuseSame(creation, look, target);
  if (same) return same;
  const claimed = await claimAndAnnounce(creation, look, target);
  if (claimed.kind === "occupied") return adoptExport(operation, claimed.view, inputs, creation.identity);
  const late = claimed.isNew ? undefined : await reuseLate(creation, look, claimed.view, target);
  if (late) return late;
  try {
    const attempt = await settleAttempt(creation, claimed, target);
    const isAnnounced = claimed.isNew && attempt.state === "starting";
    const written = await runExport(operation, queue, claimed.directory, attempt, inputs, { isAnnounced, gone, isTakenUp: !claimed.isNew });
    return await finish(creation, claimed.directory, written);
  } catch (failure) {
    const error = await orSuperseded(operation, claimed.directory, failure);
    const ofAnotherRun = isSuperseded(error) ? await finishedByAnotherRun(creation, target) : undefined;
    if (ofAnotherRun) return ofAnotherRun;
    throw unfinished(creation, claimed.directory, target, error);
  }
}

/**
 * Uses the look at the directory. Produces the state of a finished export of ours, or of one that is adopted; nothing is called for it.
 * Before anything is resolved: the point of a finished export may be gone by now.
 */
async function takeWhatIsThere({ operation, inputs, identity }: Creation, look: Look): Promise<ExportState | undefined> {
  if (look.kind !== "view") return undefined;
  const finished = await reuseFinished(operation, look.view, inputs, identity);
  if (finished) return takenOver(operation, finished);
  return isOccupied(look.view) ? adoptExport(operation, look.view, inputs, identity) : undefined;
}

/** Uses the look and the resolved target. Produces the state of a finished export that only its resolved names show to be the same. */
async function reuseSame({ operation, inputs, identity }: Creation, look: Look, target: ExportTarget): Promise<ExportState | undefined> {
  const finished = look.kind === "view" ? await reuseFinished(operation, look.view, inputs, identity, target) : undefined;
  return finished && takenOver(operation, finished);
}

function takenOver(operation: Operation, state: ExportState): ExportState {
  operation.did("took over the finished export");
  return state;
}

/** Uses the look of the claim, where it is a later one. Produces the state of an export that another run has finished since the first. */
async function reuseLate(creation: Creation, first: Look, view: DirectoryView, target: ExportTarget): Promise<ExportState | undefined> {
  const isNewer = first.kind !== "view" || first.view.claimText !== view.claimText;
  return isNewer ? reuseSame(creation, { kind: "view", view }, target) : undefined;
}

/**
 * Uses the look and the target. Produces the claimed directory. A new claim says at once that the method is about to be called; the jobs
 * that are listed before the claim exists are not its own.
 */
async function claimAndAnnounce({ operation, inputs, identity }: Creation, look: Look, target: ExportTarget): Promise<ClaimOutcome> {
  const { exportDirectory } = inputs;
  const prepared = newAttempt(target, "", operation.timestamp(), operation.run);
  // Nothing can be in a directory that is made for it. Into one that was there already, somebody may have put a file since the look.
  const announced =
    look.kind === "absent" || look.kind === "parentMissing" ? await announce(operation, exportDirectory, prepared) : undefined;
  return claimNew(operation, exportDirectory, identity, look, ({ created, freeBytes }) => {
    if (!fits(target, freeBytes)) return undefined;
    return created && announced ? announced : prepared;
  });
}

async function announce(operation: Operation, directory: string, prepared: Attempt): Promise<Attempt> {
  const known = await methodOf(prepared.target).before(operation, prepared.target, directory);
  return { ...prepared, state: "starting", number: 1, ...known, before: [] };
}

/**
 * Uses the claim. Produces the attempt to go on with: the one that the claim holds, if it is of this target, since another run of the
 * same create may be at it still; else a new one, after what was written before has been cleared.
 */
async function settleAttempt(
  { operation, identity: { exportId } }: Creation,
  { directory, freeBytes, isNew }: Extract<ClaimOutcome, { kind: "claimed" }>,
  target: ExportTarget,
): Promise<Attempt> {
  const { attempt: held, finished, exportId: former } = directory.claim;
  if (finished && !sameTarget(finished.target, target)) throw holdsAnother(directory, finished.target);
  // First of all: the old half of a replacement, which is still to be deleted, must not find its id here any more.
  if (former !== exportId) await directory.takeOver(exportId).catch(ignoreFullVolume);
  if (held && held.subdirectory === "" && sameTarget(held.target, target)) {
    if (isNew) requireSpace(operation, target, directory.directory, freeBytes);
    return directory.takeUp(directory.claim.attempt ?? held);
  }
  // What is left of a finished export may be all there is of it: it is not cleared for one that is known not to fit.
  if (finished) await requireRoomFor(operation, target, directory.directory, [...finished.target.disks, ...(held?.target.disks ?? [])]);
  if (held) await discardAttempt(operation, directory, held);
  // As it is now: what a repair had moved into place belongs to it by now.
  if (directory.claim.finished) await discardFinished(operation, directory, directory.claim.finished);
  await removeRepairsOfFormerIds(operation, directory, { former, repair: held?.subdirectory ?? "" });
  const free = held || finished ? await freeBytesNow(operation, directory.directory) : freeBytes;
  requireSpace(operation, target, directory.directory, free);
  return directory.startAnew(newAttempt(target, "", operation.timestamp(), operation.run));
}

/** @param disks of what is to be cleared */
async function requireRoomFor(operation: Operation, target: ExportTarget, directory: string, disks: ExportTarget["disks"]): Promise<void> {
  const look = await lookAt(operation, directory);
  if (look.kind !== "view") return;
  const { entries, freeBytes } = look.view;
  const freed = { bytes: bytesFreed(entries, disks), by: "clearing the directory" };
  requireSpace({ warn: () => {} }, target, directory, freeBytes, freed);
}

/** Uses the files that the job has written. Produces manifest, finished claim and state. */
async function finish(
  { operation, inputs, identity, linePosition }: Creation,
  directory: ClaimedDirectory,
  written: Attempt,
): Promise<ExportState> {
  const { manifest, manifestSha256, emptyFolders, warnings } = await describeExport(operation, directory, written, linePosition);
  await directory.finish(finishedBy(manifest, emptyFolders));
  return intactState(inputs, identity.exportId, factsOf(manifest, manifestSha256), [...manifest.warnings, ...warnings]);
}

/**
 * Uses the target. Produces the state of the export that another run of the same create has finished meanwhile, under the id that it got
 * there; nothing where that run is still at it.
 */
async function finishedByAnotherRun({ operation, inputs, identity }: Creation, target: ExportTarget): Promise<ExportState | undefined> {
  const look = await lookAt(operation, inputs.exportDirectory).catch(() => undefined);
  if (look?.kind !== "view" || look.view.claim.kind !== "read") return undefined;
  const { exportId, owner } = look.view.claim.value;
  // Another resource may have claimed the directory since: its export is not this one's, whatever it is of.
  if (owner.urn !== identity.owner.urn && exportId !== identity.exportId) return undefined;
  return reuseFinished(operation, look.view, inputs, { ...identity, exportId }, target).catch(() => undefined);
}

/** Uses what failed after the claim. Produces the error that keeps the export in the state, but where the claim is of a finished one. */
function unfinished({ inputs, identity }: Creation, { claim }: ClaimedDirectory, target: ExportTarget, error: unknown): unknown {
  if (isExportError(error) && error.code === "directory-not-empty" && claim.finished) return error;
  // The other run's export is not this one's to keep in the state.
  if (isSuperseded(error)) return error;
  const reason = explain(error, methodOf(target).step, inputs.exportDirectory);
  return new UnfinishedExport(incompleteState(inputs, identity.exportId, target, `export-unfinished: ${reason.reason}`), reason);
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
