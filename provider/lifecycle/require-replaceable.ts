import { ExportError, isExportError } from "../domain/export-error";
import type { ExportState } from "../domain/export-outputs";
import type { ExportInputs } from "../domain/export-properties";
import { isExportFolder } from "../domain/exported-file";
import { foreignFiles, nameSome } from "../domain/foreign-files";
import { repairDirectoryOf } from "../domain/record-names";
import { containsUnknown } from "../domain/unknown-value";
import { type DirectoryView, lookAt } from "./directory-view";
import { isHostError } from "./host-failure";
import type { Operation } from "./operation";
import { resolveTarget } from "./resolve-target";
import { vouchedManifest } from "./vouched-manifest";

const STEP = "replace the export in its directory";

/**
 * Refuses a replacement whose create would be refused: in one directory the old export is deleted first, and would be lost for
 * nothing. A host that does not answer is no reason: it would not answer the delete either.
 */
export async function requireReplaceable(operation: Operation, olds: ExportState, news: ExportInputs): Promise<void> {
  if (olds.status === "incomplete" || containsUnknown(news)) return;
  try {
    const look = await lookAt(operation, olds.exportDirectory);
    if (look.kind !== "view" || look.view.claim.kind !== "read" || look.view.claim.value.exportId !== olds.exportId) return;
    requireNothingLeft(look.view, olds);
    await resolveTarget(operation, news);
  } catch (error) {
    if (isExportError(error) && error.code !== "timed-out" && !isHostError(error.cause)) throw error;
  }
}

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
  const own = [...(olds.files ?? []), ...(vouchedManifest(view, olds)?.manifest.files ?? [])];
  const folders = view.entries.filter(
    ({ kind, path }) => kind === "directory" && !isExportFolder(path) && repairDirectoryOf(path) === undefined,
  );
  const foreign = [...new Set([...foreignFiles(view.entries, own), ...folders.map((folder) => folder.path)])];
  if (foreign.length === 0) return;
  throw refuse(`these would stay in the new one's way: ${nameSome(foreign)}`, "Move them away, or choose another exportDirectory.");
}
