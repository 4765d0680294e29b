import { intactState } from "../domain/export-facts";
import type { ExportFacts, ExportState } from "../domain/export-outputs";
import type { ExportInputs } from "../domain/export-properties";
import { foreignWarnings } from "../domain/foreign-files";
import { type Manifest, manifestFormat, targetOf } from "../domain/manifest";
import { ownerOfUrn } from "../domain/owner";
import { writeRecord } from "../domain/record-file";
import { MANIFEST_FILE } from "../domain/record-names";
import { sha256Of } from "../domain/sha256";
import { ClaimedDirectory, newClaim } from "./claimed-directory";
import type { DirectoryView } from "./directory-view";
import type { Operation } from "./operation";
import { vouchedManifest } from "./vouched-manifest";

/** Writes claim and manifest anew for an export whose files have all been found to be what they were. Needs no reference point. */
export async function rewriteRecords(
  operation: Operation,
  view: DirectoryView,
  state: ExportState,
  inputs: ExportInputs,
  facts: ExportFacts,
): Promise<ExportState> {
  const held = view.claim.kind === "read" ? view.claim.value : undefined;
  const place = { directory: view.directory, canonicalPath: view.canonicalPath };
  const vouched = vouchedManifest(view, state);
  const manifest = vouched?.manifest ?? manifestOf(view, state, facts);
  const text = writeRecord(manifest);
  const manifestSha256 = vouched?.sha256 ?? sha256Of(text);
  operation.progress("writing the records anew");
  if (vouched === undefined) {
    await operation.ask("write the manifest", view.directory, () =>
      operation.host.replaceTextFile({ ...place, path: MANIFEST_FILE, text }),
    );
  }
  const identity = { exportId: state.exportId, owner: ownerOfUrn(inputs.createUrn) };
  const directory = new ClaimedDirectory(operation, place, held ?? newClaim(operation, identity, view.canonicalPath));
  await directory.finish(held?.finished?.target ?? targetOf(manifest), manifestSha256);
  const warnings = [...manifest.warnings, ...foreignWarnings(view.entries, facts.files)];
  return intactState(inputs, state.exportId, { ...facts, manifestSha256 }, warnings);
}

/** The manifest as it was, from what the claim and the state still know. */
function manifestOf(view: DirectoryView, state: ExportState, facts: ExportFacts): Manifest {
  const target = view.claim.kind === "read" ? view.claim.value.finished?.target : undefined;
  const { files, manifestSha256: _, ...rest } = facts;
  return {
    format: manifestFormat,
    version: 1,
    exportId: state.exportId,
    ...rest,
    disksToExport: target?.disksToExport ?? [],
    disks: target?.disks ?? [],
    warnings: [],
    files: [...files],
  };
}
