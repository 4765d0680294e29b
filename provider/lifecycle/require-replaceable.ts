import { ExportError, isExportError } from "../domain/export-error";
import type { ExportState } from "../domain/export-outputs";
import type { ExportInputs } from "../domain/export-properties";
import { isExportFolder } from "../domain/exported-file";
import { nameSome } from "../domain/foreign-files";
import { CLAIM_FILE, isRepairOf, repairDirectoryOf } from "../domain/record-names";
import { containsUnknown } from "../domain/unknown-value";
import { abandonedFiles } from "./abandoned-repairs";
import { type DirectoryView, lookAt } from "./directory-view";
import { isHostError } from "./host-failure";
import type { Operation } from "./operation";
import { isAnothers, ownFiles } from "./own-files";
import { resolveTarget } from "./resolve-target";

const STEP = "replace the export in its directory";

/**
 * Refuses a replacement whose create would be refused: in one directory the old export is deleted first, and would be lost for
 * nothing. A host that does not answer is no reason: it would not answer the delete either.
 *
 * @param creating on the host of the new export, which may be another one
 */
export async function requireReplaceable(deleting: Operation, creating: Operation, olds: ExportState, news: ExportInputs): Promise<void> {
  if (olds.status === "incomplete" || containsUnknown(news)) return;
  try {
    const look = await lookAt(deleting, olds.exportDirectory);
    // The delete will leave what is another's, so nothing is lost.
    if (look.kind !== "view" || isAnothers(look.view, olds)) return;
    requireNothingLeft(look.view, olds);
    if (deleting.host === creating.host) await resolveTarget(creating, news);
  } catch (error) {
    if (isExportError(error) && error.code !== "timed-out" && !isHostError(error.cause)) throw error;
    return;
  }
  if (deleting.host !== creating.host) await resolveTarget(creating, news);
}

/** What the delete will not remove: the create would find it. */
function requireNothingLeft(view: DirectoryView, olds: ExportState): void {
  const refuse = (reason: string, remedy: string) =>
    new ExportError("directory-not-empty", {
      step: STEP,
      subject: view.directory,
      reason: `the old export goes first, but ${reason}`,
      remedy,
    });
  if (olds.onDestroy === "keep") {
    throw refuse('its onDestroy is "keep"', 'Choose another exportDirectory, or set onDestroy to "delete" with an up of its own before.');
  }
  const claim = view.claim.kind === "read" ? view.claim.value : undefined;
  const repairs = { exportId: olds.exportId, except: claim?.attempt?.subdirectory };
  const removed = new Set([...ownFiles(view, olds, claim), ...abandonedFiles(view, repairs, olds.files ?? []), CLAIM_FILE]);
  const left = view.entries.filter(({ kind, path }) =>
    kind === "directory" ? !isMade(path, olds) : kind !== "file" || !removed.has(path),
  );
  if (left.length === 0) return;
  const names = nameSome(left.map((entry) => entry.path));
  throw refuse(`these would stay in the new one's way: ${names}`, "Move them away, or choose another exportDirectory.");
}

function isMade(folder: string, { exportId }: ExportState): boolean {
  return isExportFolder(folder) || isRepairOf(exportId, repairDirectoryOf(folder) ?? "");
}
