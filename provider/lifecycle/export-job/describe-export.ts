import { ExportError } from "../../domain/errors/export-error";
import { directoryWarnings } from "../../domain/listing/directory-warnings";
import { nameSome } from "../../domain/listing/foreign-files";
import {
  filesOfAttempt,
  foldersOfAttempt,
  foldersWithoutFiles,
  lackOfKinds,
  missingNames,
  type WrittenFile,
} from "../../domain/listing/written-files";
import type { PathRules } from "../../domain/paths/path-rules";
import { type Attempt, voided } from "../../domain/records/attempt";
import type { ExportTarget } from "../../domain/records/export-target";
import { type Manifest, manifestDigest, manifestFormat } from "../../domain/records/manifest";
import { type LinePosition, provedFacts } from "../../domain/records/restore-facts";
import { formatBytes } from "../../domain/values/byte-size";
import { type ClaimedDirectory, writeManifest } from "../directory/claimed-directory";
import { lookAt, outOfReach } from "../directory/look";
import { removeLeftovers } from "../directory/remove-files";
import type { Operation } from "../session/operation";
import { runTask } from "../session/run-task";

const STEP = "describe the exported files";

export interface Described {
  readonly manifest: Manifest;
  readonly manifestSha256: string;
  /** Folders that the job made and wrote nothing into. */
  readonly emptyFolders: readonly string[];
  /** What is worth knowing of the directory and is no damage, for the state. */
  readonly warnings: readonly string[];
}

/**
 * Lists and hashes what the attempt wrote and puts the manifest beside it.
 *
 * @param linePosition where it stands in its line, as far as that is known
 */
export async function describeExport(
  operation: Operation,
  directory: ClaimedDirectory,
  attempt: Attempt,
  linePosition: LinePosition | undefined,
): Promise<Described> {
  const place = directory.placeOf(attempt);
  const look = await lookAt(operation, directory.directory);
  if (look.kind === "absent")
    throw new ExportError("export-incomplete", { step: STEP, subject: place.directory, reason: "the directory is gone" });
  if (look.kind !== "view") throw outOfReach(look, directory.directory, { known: true });
  await removeLeftovers(operation, look.view, directory);
  const written = filesOfAttempt(attempt, look.view.entries, operation.paths);
  const folders = foldersOfAttempt(attempt, look.view.entries, operation.paths);
  const left = { files: written.map(({ path }) => path), folders };
  const lack = lackOf(attempt, written, operation.paths);
  if (lack !== undefined) {
    // What is called written is not: the next run clears it and exports anew instead of failing here again.
    await directory.saveAttempt(voided(attempt), attempt.files === undefined ? left : {});
    throw new ExportError("export-incomplete", { step: STEP, subject: place.directory, reason: lack });
  }
  // A finished job is soon forgotten, and with it what it has named; hashing may take longer.
  if (attempt.files === undefined) await directory.saveAttempt(attempt, left);
  const total = written.reduce((sum, file) => sum + file.bytes, 0);
  const { files } = await runTask(operation, STEP, { ...place, kind: "hash", files: written.map((file) => file.path) }, (done) =>
    operation.progress(`hashing ${formatBytes(done)} of ${formatBytes(total)}`),
  );
  const { target } = attempt;
  const manifest: Manifest = {
    format: manifestFormat,
    version: 1,
    exportId: directory.claim.exportId,
    virtualMachineId: target.virtualMachineId,
    virtualMachineName: target.virtualMachineName,
    referencePointId: target.referencePointId,
    ...(target.baseReferencePointId !== undefined && { baseReferencePointId: target.baseReferencePointId }),
    kind: target.baseReferencePointId === undefined ? "full" : "differential",
    consistency: target.consistency,
    disksToExport: target.disksToExport,
    disks: target.disks,
    ...(target.checkpoint && { checkpoint: target.checkpoint }),
    startedAt: attempt.startedAt,
    completedAt: operation.timestamp(),
    totalBytes: files.reduce((sum, file) => sum + file.bytes, 0),
    warnings: [...attempt.warnings, ...leftOutWarnings(target)],
    restore: provedFacts({ target, files: written, named: attempt.named }, operation.paths.fold, linePosition),
    files: written.map(({ path, role }) => {
      const hashed = files.find((file) => file.path === path);
      if (hashed === undefined) throw new ExportError("export-incomplete", { step: STEP, subject: path, reason: "it was not hashed" });
      return { path, bytes: hashed.bytes, sha256: hashed.sha256, role };
    }),
  };
  await writeManifest(operation, place, manifest, directory);
  return {
    manifest,
    manifestSha256: manifestDigest(manifest),
    emptyFolders: foldersWithoutFiles(folders, attempt, look.view.entries).filter(operation.paths.isRelative),
    warnings: directoryWarnings(look.view.entries, manifest.files, operation.paths),
  };
}

/** Whoever restores the machine has to know of a disk that no backup holds. */
function leftOutWarnings({ virtualMachineName, checkpoint }: ExportTarget): string[] {
  const ids = checkpoint?.disksLeftOut ?? [];
  return ids.length === 0
    ? []
    : [`no checkpoint can hold these disks of ${virtualMachineName}, so the backup lacks them: ${nameSome(ids)}`];
}

/** What a finished job's files lack to be an export. */
function lackOf(attempt: Attempt, written: readonly WrittenFile[], paths: PathRules): string | undefined {
  const { missing, writtenOver } = missingNames(attempt, written, paths);
  if (writtenOver.length > 0) return `its job wrote over ${nameSome(writtenOver)}, which was there before; move that away`;
  if (missing.length > 0) return `it lacks ${nameSome(missing)}, which its job has written`;
  const unlistable = written.map(({ path }) => path).filter((path) => !paths.isRelative(path));
  if (unlistable.length > 0) return `no manifest can hold ${nameSome(unlistable)}: names that are no text, or too long`;
  if (written.length === 0) return "its job has written no file";
  return attempt.named.length === 0 && attempt.files === undefined ? lackOfKinds(attempt.target, written) : undefined;
}
