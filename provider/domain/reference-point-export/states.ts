import type { ExportTarget } from "../records/export-target";
import type { Manifest } from "../records/manifest";
import type { ExportFacts, ExportState } from "./outputs";
import type { ExportInputs } from "./properties";

/** What the state says of the export that a manifest describes. */
export function factsOf(manifest: Manifest, manifestSha256: string): ExportFacts {
  return {
    virtualMachineId: manifest.virtualMachineId,
    virtualMachineName: manifest.virtualMachineName,
    referencePointId: manifest.referencePointId,
    ...(manifest.baseReferencePointId !== undefined && { baseReferencePointId: manifest.baseReferencePointId }),
    consistency: manifest.consistency,
    kind: manifest.kind,
    files: manifest.files.map(({ path, bytes, sha256, role }) => ({ path, bytes, sha256, role })),
    totalBytes: manifest.totalBytes,
    startedAt: manifest.startedAt,
    completedAt: manifest.completedAt,
    manifestSha256,
  };
}

/** The state of an export whose facts are known and whose check found nothing. */
export function intactState(inputs: ExportInputs, exportId: string, facts: ExportFacts, warnings: readonly string[]): ExportState {
  return { ...inputs, ...facts, exportId, status: "intact", problems: [], warnings: [...warnings] };
}

/** The state of an export that has a claim and is not finished. */
export function incompleteState(inputs: ExportInputs, exportId: string, target: ExportTarget | undefined, problem: string): ExportState {
  return {
    ...inputs,
    ...(target && {
      virtualMachineId: target.virtualMachineId,
      virtualMachineName: target.virtualMachineName,
      referencePointId: target.referencePointId,
      ...(target.baseReferencePointId !== undefined && { baseReferencePointId: target.baseReferencePointId }),
      consistency: target.consistency,
      kind: target.baseReferencePointId === undefined ? "full" : "differential",
    }),
    exportId,
    status: "incomplete",
    problems: [problem],
    warnings: [],
  };
}
