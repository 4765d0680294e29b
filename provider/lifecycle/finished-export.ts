import { factsOf, intactState } from "../domain/export-facts";
import type { ExportState } from "../domain/export-outputs";
import type { ExportInputs } from "../domain/export-properties";
import { foreignWarnings } from "../domain/foreign-files";
import type { Manifest } from "../domain/manifest";
import { sha256Of } from "../domain/sha256";
import { answers } from "../domain/target-match";
import type { ClaimedDirectory, Identity } from "./claimed-directory";
import { type DirectoryView, lookAt } from "./directory-view";
import type { Operation } from "./operation";
import { runTask } from "./run-task";
import { vouchedManifest } from "./vouched-manifest";

/**
 * The state of an export that an earlier run of the same owner finished before it was killed; undefined when there is none, when it
 * is of something else, or when its files are not as the manifest says.
 */
export function finishedExport(view: DirectoryView, inputs: ExportInputs, identity: Identity): ExportState | undefined {
  if (view.claim.kind !== "read" || view.manifest.kind !== "read") return undefined;
  const { exportId, owner, finished, attempt } = view.claim.value;
  if (owner.urn !== identity.owner.urn && exportId !== identity.exportId) return undefined;
  if (finished === undefined || attempt !== undefined || !answers(finished.target, inputs)) return undefined;
  const manifest = view.manifest.value;
  if (manifest.exportId !== exportId || sha256Of(view.manifest.text) !== finished.manifestSha256) return undefined;
  if (!filesAsDescribed(view, manifest)) return undefined;
  const warnings = [...manifest.warnings, ...foreignWarnings(view.entries, manifest.files)];
  return intactState(inputs, exportId, factsOf(manifest, finished.manifestSha256), warnings);
}

export function filesAsDescribed(view: DirectoryView, manifest: Manifest): boolean {
  return manifest.files.every((file) =>
    view.entries.some(
      (entry) => entry.kind === "file" && entry.path.toLowerCase() === file.path.toLowerCase() && entry.bytes === file.bytes,
    ),
  );
}

/** Removes the files of a finished export that is ours and is no longer what is declared. */
export async function clearFinished(operation: Operation, directory: ClaimedDirectory): Promise<void> {
  const look = await lookAt(operation, directory.directory);
  const manifest = look.kind === "view" ? vouchedManifest(look.view, directory.claim)?.manifest : undefined;
  if (look.kind !== "view" || manifest === undefined) return;
  const there = new Set(look.view.entries.filter((entry) => entry.kind === "file").map((entry) => entry.path));
  const files = manifest.files.map((file) => file.path).filter((path) => there.has(path));
  const { canonicalPath } = directory;
  await runTask(operation, "remove an export that is no longer declared", {
    directory: directory.directory,
    canonicalPath,
    kind: "remove",
    files,
  });
}
