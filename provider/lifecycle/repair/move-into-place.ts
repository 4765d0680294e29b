import { ExportError } from "../../domain/errors/export-error";
import { directoryWarnings } from "../../domain/listing/directory-warnings";
import { nameSome } from "../../domain/listing/foreign-files";
import { byRecordedName } from "../../domain/listing/listed-name";
import { filesNotInPlace, superfluousFiles, waitingFiles } from "../../domain/listing/swap";
import { type Attempt, voided } from "../../domain/records/attempt";
import type { Manifest } from "../../domain/records/manifest";
import { MANIFEST_FILE } from "../../domain/records/record-names";
import { sha256Of } from "../../domain/values/sha256";
import type { ClaimedDirectory } from "../directory/claimed-directory";
import { type DirectoryView, lookAt, outOfReach } from "../directory/look";
import { emptyFoldersOf } from "../directory/removable-files";
import { removeEmptyFolders, removeEmptyTree, removeFiles, removeLeftovers } from "../directory/remove-files";
import { onlyIfSeen } from "../directory/seen-claim";
import { isHostError } from "../session/host-failure";
import type { Operation } from "../session/operation";
import { refuseObstacles } from "./obstacles";

const STEP = "put the repaired export into place";

/**
 * Moves the repaired files over the damaged ones, removes what the new export does not have, and puts the manifest in place last.
 * Goes on from wherever a killed swap stopped.
 *
 * @returns warnings for what is in the directory and is not the export's
 */
export async function moveIntoPlace(
  operation: Operation,
  directory: ClaimedDirectory,
  attempt: Attempt,
  manifest: Manifest,
  old: readonly { readonly path: string }[],
): Promise<string[]> {
  const place = { directory: directory.directory, canonicalPath: directory.canonicalPath };
  const onlyIf = onlyIfSeen(directory);
  const move = (path: string) =>
    operation.ask(STEP, path, async () => {
      try {
        await operation.host.moveFile({ ...place, from: `${attempt.subdirectory}/${path}`, to: path, onlyIf });
      } catch (error) {
        // Moved by the call before, whose answer was lost. If it was not, it is found out below.
        if (!isHostError(error) || error.kind !== "notFound") throw error;
      }
    });

  const before = await look(operation, directory);
  const waiting = waitingFiles(attempt, manifest.files, before.entries, operation.paths);
  refuseObstacles(operation.paths, before, waiting, old);
  await Promise.all(waiting.map((file) => move(file.path)));

  await removeFiles(operation, STEP, place, superfluousFiles(old, manifest.files, before.entries, operation.paths), directory);
  const records = waitingFiles(attempt, [{ path: MANIFEST_FILE }], before.entries, operation.paths);
  for (const record of records) await move(record.path);

  const after = await look(operation, directory);
  await requireWhole(operation, directory, after, attempt, manifest);
  await removeLeftovers(operation, after, directory);
  await removeEmptyTree(operation, after, attempt.subdirectory, directory);
  await removeEmptyFolders(operation, after, emptyFoldersOf(operation, old, after), directory);
  return directoryWarnings(after.entries, manifest.files, operation.paths);
}

async function look(operation: Operation, directory: ClaimedDirectory): Promise<DirectoryView> {
  const seen = await lookAt(operation, directory.directory);
  if (seen.kind === "view") return seen.view;
  throw outOfReach(seen.kind === "absent" ? { kind: "parentMissing" } : seen, directory.directory, { known: true });
}

/** Every file is where it belongs, and none is left where it came from. */
async function requireWhole(
  { paths }: Operation,
  directory: ClaimedDirectory,
  view: DirectoryView,
  attempt: Attempt,
  manifest: Manifest,
): Promise<void> {
  const wrong = filesNotInPlace(attempt, manifest.files, view.entries, paths);
  if (view.manifest.kind !== "read" || sha256Of(view.manifest.text) !== attempt.manifestSha256) wrong.push(MANIFEST_FILE);
  if (wrong.length === 0) return;
  // What is nowhere was taken away: the next run exports anew instead of failing here again.
  const listed = byRecordedName(view.entries, paths);
  if (wrong.some((path) => !listed(`${attempt.subdirectory}/${path}`))) await directory.saveAttempt(voided(attempt));
  const reason = `after the move these are not in place: ${nameSome(wrong)}`;
  throw new ExportError("export-incomplete", { step: STEP, subject: view.directory, reason });
}
