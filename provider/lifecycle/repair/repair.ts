import type { Attempt, ExportTarget } from "../../domain/records/claim";
import { parseManifest, targetOf } from "../../domain/records/manifest";
import { MANIFEST_FILE, repairDirectoryName } from "../../domain/records/record-names";
import { sameTarget } from "../../domain/records/target-match";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import { factsOf, intactState } from "../../domain/reference-point-export/states";
import { sha256Of } from "../../domain/values/sha256";
import type { FreeBytes } from "../../host/port";
import { claimAgain } from "../directory/claim-again";
import type { ClaimedDirectory } from "../directory/claim-file";
import { type DirectoryView, freeBytesNow } from "../directory/look";
import { provenManifest } from "../directory/manifest-file";
import { newAttempt, runExportInQueue } from "../export-job/attempt";
import { type Described, describeExport } from "../export-job/describe-export";
import { discardAttempt } from "../export-job/discard-attempt";
import { requireSpace } from "../export-job/free-space";
import type { MachineQueue } from "../session/machine-queue";
import type { Operation } from "../session/operation";
import { rememberedTarget } from "../target/remembered-target";
import { moveIntoPlace } from "./move-into-place";
import { refuseObstacles } from "./obstacles";
import { endStrayRepairs, removeStrayRepairs } from "./repair-directories";

/**
 * Replaces a damaged export by a new one of the same point. The new one is written into a directory of its own below the export's,
 * hashed, and moved into place file by file; the damaged files go last, so that until then what was left of them is still there.
 */
export async function repairExport(
  operation: Operation,
  queue: MachineQueue,
  view: DirectoryView,
  state: ExportState,
  inputs: ExportInputs,
): Promise<ExportState> {
  const vouched = provenManifest(view, state);
  // A new claim says what is there: without that, a create could take the directory for one that nothing is in.
  const finished = vouched && { target: targetOf(vouched.manifest), manifestSha256: vouched.sha256 };
  const directory = await claimAgain(operation, view, state, finished ? { finished } : {});
  const old = [...(state.files ?? []), ...(vouched?.manifest.files ?? [])];
  const held = directory.claim.attempt;
  let described = held?.state === "swapping" ? await interruptedSwap(operation, directory, held) : undefined;
  let attempt = held;
  if (described === undefined || attempt === undefined) {
    refuseObstacles(view, old, old);
    await endStrayRepairs(operation, view, { exportId: state.exportId, except: held?.subdirectory });
    const target = await rememberedTarget(operation, state, inputs);
    attempt = await repairAttempt(operation, directory, target, view.freeBytes);
    attempt = await runExportInQueue(operation, queue, directory, attempt, inputs);
    described = await describeExport(operation, directory, attempt);
    attempt = await directory.saveAttempt(attempt, { state: "swapping", manifestSha256: described.manifestSha256 });
  }
  operation.progress("putting the repaired export into place");
  const foreign = await moveIntoPlace(operation, directory, attempt, described.manifest, old);
  const abandoned = { exportId: state.exportId, except: attempt.subdirectory };
  await removeStrayRepairs(operation, view, abandoned, [...old, ...described.manifest.files]);
  await directory.finish(attempt.target, described.manifestSha256);
  const facts = factsOf(described.manifest, described.manifestSha256);
  return intactState(inputs, state.exportId, facts, [...described.manifest.warnings, ...foreign]);
}

async function repairAttempt(
  operation: Operation,
  directory: ClaimedDirectory,
  target: ExportTarget,
  freeBytes: FreeBytes,
): Promise<Attempt> {
  const held = directory.claim.attempt;
  const resumable = held !== undefined && held.subdirectory !== "" && held.state !== "swapping" && sameTarget(held.target, target);
  if (held && !resumable) await discardAttempt(operation, directory, held);
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
