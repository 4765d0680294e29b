import type { Attempt, ExportTarget } from "../../domain/records/claim";
import { parseManifest, targetOf } from "../../domain/records/manifest";
import { MANIFEST_FILE, repairDirectoryName } from "../../domain/records/record-names";
import { sameTarget } from "../../domain/records/target-match";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import { factsOf, intactState } from "../../domain/reference-point-export/states";
import { sha256Of } from "../../domain/values/sha256";
import { reclaimDirectory } from "../directory/claim-again";
import type { ClaimedDirectory } from "../directory/claim-file";
import { type DirectoryView, freeBytesNow } from "../directory/look";
import { vouchedManifest } from "../directory/manifest-file";
import { newAttempt, writeInTurn } from "../export-job/attempt";
import { type Described, describeExport } from "../export-job/describe-export";
import { clearAttempt } from "../export-job/discard-attempt";
import { requireSpace } from "../export-job/free-space";
import type { Turns } from "../session/machine-queue";
import type { Operation } from "../session/operation";
import { pinnedTarget } from "../target/remembered-target";
import { swapIntoPlace } from "./move-into-place";
import { requireRoom } from "./obstacles";
import { endAbandonedRepairs, removeAbandonedRepairs } from "./repair-directories";

/**
 * Replaces a damaged export by a new one of the same point. The new one is written into a directory of its own below the export's,
 * hashed, and moved into place file by file; the damaged files go last, so that until then what was left of them is still there.
 */
export async function repairExport(
  operation: Operation,
  turns: Turns,
  view: DirectoryView,
  state: ExportState,
  inputs: ExportInputs,
): Promise<ExportState> {
  const vouched = vouchedManifest(view, state);
  // A new claim says what is there: without that, a create could take the directory for one that nothing is in.
  const finished = vouched && { target: targetOf(vouched.manifest), manifestSha256: vouched.sha256 };
  const directory = await reclaimDirectory(operation, view, state, finished ? { finished } : {});
  const old = [...(state.files ?? []), ...(vouched?.manifest.files ?? [])];
  const held = directory.claim.attempt;
  let described = held?.state === "swapping" ? await interruptedSwap(operation, directory, held) : undefined;
  let attempt = held;
  if (described === undefined || attempt === undefined) {
    requireRoom(view, old, old);
    await endAbandonedRepairs(operation, view, { exportId: state.exportId, except: held?.subdirectory });
    const target = await pinnedTarget(operation, state, inputs);
    attempt = await repairAttempt(operation, directory, target, view.freeBytes);
    attempt = await writeInTurn(operation, turns, directory, attempt, inputs);
    described = await describeExport(operation, directory, attempt);
    attempt = await directory.saveAttempt(attempt, { state: "swapping", manifestSha256: described.manifestSha256 });
  }
  operation.progress("putting the repaired export into place");
  const foreign = await swapIntoPlace(operation, directory, attempt, described.manifest, old);
  const abandoned = { exportId: state.exportId, except: attempt.subdirectory };
  await removeAbandonedRepairs(operation, view, abandoned, [...old, ...described.manifest.files]);
  await directory.finish(attempt.target, described.manifestSha256);
  const facts = factsOf(described.manifest, described.manifestSha256);
  return intactState(inputs, state.exportId, facts, [...described.manifest.warnings, ...foreign]);
}

async function repairAttempt(operation: Operation, directory: ClaimedDirectory, target: ExportTarget, freeBytes: number): Promise<Attempt> {
  const held = directory.claim.attempt;
  const resumable = held !== undefined && held.subdirectory !== "" && held.state !== "swapping" && sameTarget(held.target, target);
  if (held && !resumable) await clearAttempt(operation, directory, held);
  const attempt = resumable
    ? held
    : newAttempt(operation, target, repairDirectoryName(directory.claim.exportId, operation.surroundings.newExportId()));
  if (!resumable) {
    requireSpace(target, directory.directory, held ? await freeBytesNow(operation, directory.directory) : freeBytes);
    await directory.saveAttempt(attempt);
  }
  const place = directory.placeOf(attempt).directory;
  await operation.ask("create the repair directory", place, () => operation.host.createDirectory(place));
  return attempt;
}

/** The manifest of a swap that was killed: still in the repair directory, or already in place. */
async function interruptedSwap(operation: Operation, directory: ClaimedDirectory, attempt: Attempt): Promise<Described | undefined> {
  const inRepair = `${attempt.subdirectory}/${MANIFEST_FILE}`;
  const request = { directory: directory.directory, texts: [inRepair, MANIFEST_FILE], list: false };
  const report = await operation.ask("look at the interrupted repair", directory.directory, () => operation.host.readDirectory(request));
  if (report.kind !== "directory") return undefined;
  for (const text of [report.texts[inRepair], report.texts[MANIFEST_FILE]]) {
    if (text === undefined || sha256Of(text) !== attempt.manifestSha256) continue;
    const parsed = parseManifest(text);
    if (parsed.ok) return { manifest: parsed.value, manifestSha256: attempt.manifestSha256, foreign: [] };
  }
  return undefined;
}
