import { foreignWarnings } from "../../domain/records/foreign-files";
import { type Manifest, manifestFormat, targetOf } from "../../domain/records/manifest";
import { recordText } from "../../domain/records/record-file";
import { MANIFEST_FILE } from "../../domain/records/record-names";
import type { ExportFacts, ExportState } from "../../domain/reference-point-export/outputs";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import { intactState } from "../../domain/reference-point-export/states";
import { sha256Of } from "../../domain/values/sha256";
import { claimAgain } from "../directory/claim-again";
import type { DirectoryView } from "../directory/look";
import { provenManifest } from "../directory/manifest-file";
import type { Operation } from "../session/operation";
import { refuseObstacles } from "./obstacles";

/** Writes claim and manifest anew for an export whose files have all been found to be what they were. Needs no reference point. */
export async function rewriteRecords(
  operation: Operation,
  view: DirectoryView,
  state: ExportState,
  inputs: ExportInputs,
  facts: ExportFacts,
): Promise<ExportState> {
  const held = view.claim.kind === "read" ? view.claim.value : undefined;
  const vouched = provenManifest(view, state);
  const manifest = vouched?.manifest ?? manifestOf(view, state, facts);
  const text = recordText(manifest);
  const manifestSha256 = vouched?.sha256 ?? sha256Of(text);
  refuseObstacles(view, facts.files, facts.files);
  operation.progress("writing the records anew");
  const finished = { target: held?.finished?.target ?? targetOf(manifest), manifestSha256 };
  // The claim goes first, and vouches for the manifest that is to come: whose the directory is has to be settled before.
  const directory = await claimAgain(operation, view, state, { finished });
  if (view.claim.kind !== "absent") await directory.finish(finished.target, manifestSha256);
  if (vouched === undefined) {
    const file = { directory: view.directory, canonicalPath: view.canonicalPath, path: MANIFEST_FILE, text };
    await operation.ask("write the manifest", view.directory, () => operation.host.replaceTextFile(file));
  }
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
