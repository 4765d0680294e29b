import { directoryWarnings } from "../../domain/listing/directory-warnings";
import { byRecordedName } from "../../domain/listing/listed-name";
import type { PathRules } from "../../domain/paths/path-rules";
import type { ExportedFile } from "../../domain/records/exported-file";
import { describeOwner } from "../../domain/records/owner";
import type { ExportFacts, ExportState } from "../../domain/reference-point-export/outputs";
import type { Problem } from "../../domain/reference-point-export/problem";
import { factsOf } from "../../domain/reference-point-export/states";
import { formatBytes } from "../../domain/values/byte-size";
import { sha256Of } from "../../domain/values/sha256";
import type { Operation } from "../session/operation";
import { runTask } from "../session/run-task";
import type { DirectoryView } from "./look";
import { ownershipOf, type ProvenManifest, provenManifest } from "./ownership";

export interface Inspection {
  /** Of the manifest where it can be trusted, else of the state. */
  readonly facts: ExportFacts | undefined;
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

/** What is known of an export beforehand: by a state, by the record of its chain, or but for its id nothing. */
export type KnownExport = Pick<ExportState, "exportId"> & Partial<ExportFacts>;

/**
 * Holds a look at the directory against what the export should be: names and sizes, and the records. Reads no content.
 *
 * @param paths the rules of the host that was looked at
 */
export function inspectExport(view: DirectoryView, known: KnownExport, paths: PathRules): Inspection {
  const before = knownFacts(known);
  const kept = before ? undefined : keptManifest(view, known.exportId);
  const trusted = provenManifest(view, known) ?? kept;
  const facts = trusted ? factsOf(trusted.manifest, trusted.sha256) : before;
  const problems = [
    ...(kept ? [] : claimProblems(view, known)),
    ...(trusted ? [] : manifestProblems(view, known)),
    ...fileProblems(view, facts?.files ?? [], paths),
  ];
  const manifestWarnings = trusted?.manifest.warnings ?? [];
  return { facts, problems, warnings: [...manifestWarnings, ...directoryWarnings(view.entries, facts?.files ?? [], paths)] };
}

/**
 * The manifest of an export that was given up (onDestroy "keep") and is looked up by its id: nobody vouches for it, and a look-up
 * changes and removes nothing.
 */
function keptManifest(view: DirectoryView, exportId: string): ProvenManifest | undefined {
  if (view.claim.kind !== "absent" || view.manifest.kind !== "read" || view.manifest.value.exportId !== exportId) return undefined;
  return { manifest: view.manifest.value, sha256: sha256Of(view.manifest.text) };
}

function knownFacts(known: KnownExport): ExportFacts | undefined {
  const { virtualMachineId, virtualMachineName, referencePointId, consistency, kind, files, totalBytes, startedAt, completedAt } = known;
  if (virtualMachineId === undefined || virtualMachineName === undefined || referencePointId === undefined) return undefined;
  if (consistency === undefined || kind === undefined || files === undefined || totalBytes === undefined) return undefined;
  if (startedAt === undefined || completedAt === undefined || known.manifestSha256 === undefined) return undefined;
  const base = known.baseReferencePointId !== undefined && { baseReferencePointId: known.baseReferencePointId };
  const ids = { virtualMachineId, virtualMachineName, referencePointId, ...base };
  return { ...ids, consistency, kind, files, totalBytes, startedAt, completedAt, manifestSha256: known.manifestSha256 };
}

function claimProblems(view: DirectoryView, { exportId }: KnownExport): Problem[] {
  const { claim } = view;
  if (claim.kind === "absent") return [{ code: "claim-missing" }];
  if (claim.kind === "damaged") return [{ code: "claim-unreadable", detail: claim.reason }];
  const { owner, attempt } = claim.value;
  const isOurs = ownershipOf(view, { exportId, urn: "" }).kind === "ours";
  if (!isOurs) return [{ code: "claim-of-another-export", detail: `it belongs to ${describeOwner(owner)}` }];
  if (attempt === undefined) return [];
  return [{ code: attempt.subdirectory === "" ? "export-unfinished" : "repair-unfinished" }];
}

function manifestProblems({ manifest }: DirectoryView, { exportId }: KnownExport): Problem[] {
  if (manifest.kind === "absent") return [{ code: "manifest-missing" }];
  if (manifest.kind === "damaged") return [{ code: "manifest-unreadable", detail: manifest.reason }];
  if (manifest.value.exportId !== exportId) return [{ code: "manifest-of-another-export", detail: `it is of ${manifest.value.exportId}` }];
  return [{ code: "manifest-altered" }];
}

function fileProblems(view: DirectoryView, files: readonly ExportedFile[], paths: PathRules): Problem[] {
  const listed = byRecordedName(view.entries, paths);
  return files.flatMap(({ path, bytes }): Problem[] => {
    const entry = listed(path);
    if (entry === undefined) return [{ code: "file-missing", path, detail: `expected ${bytes} bytes` }];
    if (entry.kind !== "file") return [{ code: "file-replaced", path, detail: `expected a file, found a ${entry.kind}` }];
    return entry.bytes === bytes ? [] : [{ code: "file-resized", path, detail: `expected ${bytes} bytes, found ${entry.bytes}` }];
  });
}

/**
 * Hashes the files where they lie and reports those that are not what they were.
 *
 * @param progress told the bytes that have been read; without it the operation says so itself
 */
export async function verifyContent(
  operation: Operation,
  view: DirectoryView,
  files: readonly ExportedFile[],
  progress?: (doneBytes: number) => void,
): Promise<Problem[]> {
  if (files.length === 0) return [];
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  const { directory, canonicalPath } = view;
  const listed = byRecordedName(view.entries, operation.paths);
  const nameOf = (path: string) => listed(path)?.path ?? path;
  const task = { directory, canonicalPath, kind: "hash", files: files.map((file) => nameOf(file.path)) } as const;
  const say = (done: number) => operation.progress(`verifying ${formatBytes(done)} of ${formatBytes(total)}`);
  const { files: hashed } = await runTask(operation, "verify the content", task, progress ?? say);
  const found = new Map(hashed.map((file) => [file.path, file.sha256]));
  return files.flatMap(({ path, sha256 }): Problem[] => {
    const now = found.get(nameOf(path));
    return now === sha256
      ? []
      : [{ code: "file-altered", path, detail: `expected SHA-256 ${sha256.slice(0, 12)}…, found ${now?.slice(0, 12)}…` }];
  });
}
