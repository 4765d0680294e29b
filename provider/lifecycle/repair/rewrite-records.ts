import { directoryWarnings } from "../../domain/listing/directory-warnings";
import type { PathRules } from "../../domain/paths/path-rules";
import type { Claim } from "../../domain/records/claim";
import { finishedBy, type Manifest, manifestDigest, manifestFormat, targetOf } from "../../domain/records/manifest";
import { provedFacts } from "../../domain/records/restore-facts";
import type { ExportFacts, ExportState } from "../../domain/reference-point-export/outputs";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import { intactState } from "../../domain/reference-point-export/states";
import { claimAgain } from "../directory/claim-again";
import { writeManifest } from "../directory/claimed-directory";
import type { DirectoryView } from "../directory/look";
import { provenManifest } from "../directory/ownership";
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
  const proven = provenManifest(view, state);
  const manifest = proven?.manifest ?? manifestOf(held, state, facts, operation.paths);
  const manifestSha256 = proven?.sha256 ?? manifestDigest(manifest);
  refuseObstacles(operation.paths, view, facts.files, facts.files);
  operation.progress("writing the records anew");
  const target = held?.finished?.target ?? targetOf(manifest);
  const finished = { ...finishedBy(manifest, held?.finished?.emptyFolders), target, manifestSha256 };
  // The claim goes first, and vouches for the manifest that is to come: whose the directory is has to be settled before.
  const directory = await claimAgain(operation, view, state, { finished });
  if (view.claim.kind !== "absent") await directory.finish(finished);
  if (proven === undefined) await writeManifest(operation, view, manifest, directory);
  operation.did("wrote the records anew");
  const warnings = [...manifest.warnings, ...directoryWarnings(view.entries, facts.files, operation.paths)];
  return intactState(inputs, state.exportId, { ...facts, manifestSha256 }, warnings);
}

/** The manifest as it was, from what the claim and the state still know. */
function manifestOf(claim: Claim | undefined, state: ExportState, facts: ExportFacts, { fold }: Pick<PathRules, "fold">): Manifest {
  const target = claim?.finished?.target;
  const { files, manifestSha256: _, ...rest } = facts;
  const disks = target?.disks ?? [];
  return {
    format: manifestFormat,
    version: 1,
    exportId: state.exportId,
    ...rest,
    disksToExport: target?.disksToExport ?? [],
    disks,
    warnings: [],
    restore: provedFacts({ target: { ...facts, disks }, files }, fold),
    files: [...files],
  };
}
