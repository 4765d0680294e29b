import { movedFiles } from "../../domain/listing/swap";
import { type Attempt, newAttempt } from "../../domain/records/attempt";
import type { ExportTarget } from "../../domain/records/export-target";
import { finishedBy, parseManifest } from "../../domain/records/manifest";
import { MANIFEST_FILE, repairDirectoryName } from "../../domain/records/record-names";
import { sameTarget } from "../../domain/records/target-match";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import { factsOf, intactState } from "../../domain/reference-point-export/states";
import { sha256Of } from "../../domain/values/sha256";
import { claimAgain } from "../directory/claim-again";
import { ClaimedDirectory } from "../directory/claimed-directory";
import { type DirectoryView, freeBytesNow } from "../directory/look";
import { ownershipOf, provenManifest, strayRepairs } from "../directory/ownership";
import { emptyFoldersOf } from "../directory/removable-files";
import { removeEmptyFolders } from "../directory/remove-files";
import { onlyIfSeen, orSuperseded } from "../directory/seen-claim";
import { type Described, describeExport } from "../export-job/describe-export";
import { discardAttempt } from "../export-job/discard-attempt";
import { requireSpace } from "../export-job/free-space";
import { runExport } from "../export-job/run-export";
import type { MachineQueue } from "../session/machine-queue";
import type { Operation } from "../session/operation";
import { resolveSameTarget } from "../target/resolve-target";
import { moveIntoPlace } from "./move-into-place";
import { refuseObstacles } from "./obstacles";
import { cancelStrayRepairs, removeStrayRepairs } from "./repair-directories";

/** What every step of a repair uses. `old`: every file that the damaged export had. */
interface Repair {
  readonly operation: Operation;
  readonly view: DirectoryView;
  readonly state: ExportState;
  readonly inputs: ExportInputs;
  readonly old: readonly { readonly path: string }[];
}

/** An export that is described and waits to be moved into place, and the attempt that has written it. */
interface Ready {
  readonly attempt: Attempt;
  readonly described: Described;
}

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
  const directory = await holdDirectory(operation, view, state);
  const repair: Repair = { operation, view, state, inputs, old: filesBefore(operation, view, state, directory) };
  try {
    const ready = (await interruptedSwap(repair, directory)) ?? (await exportAgain(repair, queue, directory));
    const warnings = await swap(repair, directory, ready);
    await removeStrays(repair, directory, ready);
    return await finish(repair, directory, ready, warnings);
  } catch (error) {
    throw await orSuperseded(operation, directory, error);
  }
}

/** Uses the view. Produces the directory under our claim: as it is or, where somebody took it away, a new one that says what is there. */
async function holdDirectory(operation: Operation, view: DirectoryView, state: ExportState): Promise<ClaimedDirectory> {
  const ownership = ownershipOf(view, { exportId: state.exportId, urn: state.createUrn });
  if (ownership.kind === "ours" && ownership.claim) return new ClaimedDirectory(operation, view, ownership.claim);
  // Without what is finished, a create could take the directory for one that nothing is in.
  const proven = provenManifest(view, state);
  return claimAgain(operation, view, state, proven ? { finished: { ...finishedBy(proven.manifest), manifestSha256: proven.sha256 } } : {});
}

/** Uses state, manifest and claim. Produces every file that the damaged export has or had. */
function filesBefore(
  { paths }: Operation,
  view: DirectoryView,
  state: ExportState,
  { claim }: ClaimedDirectory,
): { readonly path: string }[] {
  const moved = claim.attempt ? movedFiles(claim.attempt, view.entries, paths) : [];
  const claimed = [...(claim.finished?.files ?? []), ...moved].map((path) => ({ path }));
  return [...(state.files ?? []), ...(provenManifest(view, state)?.manifest.files ?? []), ...claimed];
}

/** Uses the claim. Produces the repair whose move was killed: its manifest is still in the repair directory, or already in place. */
async function interruptedSwap({ operation }: Repair, directory: ClaimedDirectory): Promise<Ready | undefined> {
  const { attempt } = directory.claim;
  if (attempt?.state !== "swapping") return undefined;
  const inRepair = `${attempt.subdirectory}/${MANIFEST_FILE}`;
  const request = { directory: directory.directory, texts: [inRepair, MANIFEST_FILE], list: false };
  const report = await operation.ask("look at the interrupted repair", directory.directory, () => operation.host.readDirectory(request));
  if (report.kind !== "directory") return undefined;
  for (const text of [report.texts[inRepair], report.texts[MANIFEST_FILE]]) {
    if (text === undefined || sha256Of(text) !== attempt.manifestSha256) continue;
    const parsed = parseManifest(text, operation.paths);
    if (!parsed.ok) continue;
    const described = { manifest: parsed.value, manifestSha256: attempt.manifestSha256, emptyFolders: [], warnings: [] };
    return { attempt: await directory.takeUp(attempt), described };
  }
  return undefined;
}

/** Uses the claim. Produces a described export in a repair directory, which the claim says is about to be moved into place. */
async function exportAgain(repair: Repair, queue: MachineQueue, directory: ClaimedDirectory): Promise<Ready> {
  const { operation, view, state, inputs, old } = repair;
  refuseObstacles(operation.paths, view, old, old);
  // Now, while the state still knows the old names.
  await removeEmptyFolders(operation, view, emptyFoldersOf(operation, old, view), directory);
  const strays = { exportId: state.exportId, except: directory.claim.attempt?.subdirectory };
  if (strayRepairs(view, strays).length > 0) await cancelStrayRepairs(operation, view, strays, directory);
  const target = await resolveSameTarget(operation, state, inputs, "damaged");
  const isTakenUp = directory.claim.attempt !== undefined;
  const prepared = await prepareAttempt(repair, directory, target);
  const written = await runExport(operation, queue, directory, prepared, inputs, { isTakenUp });
  const described = await describeExport(operation, directory, written, provenManifest(view, state)?.manifest.restore);
  const { manifest, manifestSha256 } = described;
  const moving = manifest.files.map(({ path }) => path);
  const attempt = await directory.saveAttempt(directory.claim.attempt ?? written, { state: "swapping", manifestSha256, moving });
  return { attempt, described };
}

/** Uses the claim and the target. Produces an attempt with a directory of its own: the one that was begun, if it is of this target. */
async function prepareAttempt({ operation, view }: Repair, directory: ClaimedDirectory, target: ExportTarget): Promise<Attempt> {
  const held = directory.claim.attempt;
  const isResumable = held !== undefined && held.subdirectory !== "" && held.state !== "swapping" && sameTarget(held.target, target);
  if (held && !isResumable) await discardAttempt(operation, directory, held);
  const attempt = isResumable ? await directory.takeUp(held) : newRepair(operation, directory, target);
  if (!isResumable) {
    const free = held ? await freeBytesNow(operation, directory.directory) : view.freeBytes;
    requireSpace(operation, target, directory.directory, free);
    await directory.saveAttempt(attempt);
  }
  const place = directory.placeOf(attempt).directory;
  const request = { directory: place, onlyIf: onlyIfSeen(directory) };
  await operation.ask("create the repair directory", place, () => operation.host.createDirectory(request));
  return attempt;
}

function newRepair(operation: Operation, { claim }: ClaimedDirectory, target: ExportTarget): Attempt {
  return newAttempt(
    target,
    repairDirectoryName(claim.exportId, operation.surroundings.newExportId()),
    operation.timestamp(),
    operation.run,
  );
}

/** Uses the described export. Produces it in place of the damaged one, and warnings for what else is in the directory. */
function swap({ operation, old }: Repair, directory: ClaimedDirectory, { attempt, described }: Ready): Promise<string[]> {
  operation.progress("putting the repaired export into place");
  return moveIntoPlace(operation, directory, attempt, described.manifest, old);
}

/** Uses the whole export. Produces a directory without other repairs: until now theirs might have been the only good files. */
async function removeStrays({ operation, view, state }: Repair, directory: ClaimedDirectory, { attempt }: Ready): Promise<void> {
  const strays = { exportId: state.exportId, except: attempt.subdirectory };
  if (strayRepairs(view, strays).length > 0) await removeStrayRepairs(operation, view, strays, directory);
}

/** Uses what is in place. Produces the finished claim and the state. */
async function finish(
  { operation, state, inputs }: Repair,
  directory: ClaimedDirectory,
  { described: { manifest, manifestSha256 } }: Ready,
  warnings: readonly string[],
): Promise<ExportState> {
  operation.did("repaired");
  // The folders of the damaged export are still there.
  await directory.finish(finishedBy(manifest, directory.claim.finished?.emptyFolders));
  return intactState(inputs, state.exportId, factsOf(manifest, manifestSha256), [...manifest.warnings, ...warnings]);
}
