import { ExportError } from "../../domain/errors/export-error";
import { foldersAbove } from "../../domain/paths/relative-path";
import { type Attempt, voided } from "../../domain/records/attempt";
import { foreignWarnings, nameSome } from "../../domain/records/foreign-files";
import type { Manifest } from "../../domain/records/manifest";
import { MANIFEST_FILE } from "../../domain/records/record-names";
import { foldersWithoutFiles } from "../../domain/records/written-files";
import { sha256Of } from "../../domain/values/sha256";
import type { ClaimedDirectory } from "../directory/claimed-directory";
import { type DirectoryView, lookAt, outOfReach } from "../directory/look";
import { removeEmptyFolders, removeEmptyTree, removeFiles, removeLeftovers } from "../directory/remove-files";
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
  const move = (path: string) =>
    operation.ask(STEP, path, async () => {
      try {
        await operation.host.moveFile({ ...place, from: `${attempt.subdirectory}/${path}`, to: path });
      } catch (error) {
        // Moved by the call before, whose answer was lost. If it was not, it is found out below.
        if (!isHostError(error) || error.kind !== "notFound") throw error;
      }
    });

  const before = await look(operation, directory);
  const there = new Map(before.entries.map((entry) => [entry.path, entry]));
  const waiting = manifest.files.filter((file) => there.get(`${attempt.subdirectory}/${file.path}`)?.kind === "file");
  refuseObstacles(before, waiting, old);
  await Promise.all(waiting.map((file) => move(file.path)));

  const kept = new Set(manifest.files.map((file) => file.path.toLowerCase()));
  const superfluous = old.map(({ path }) => path).filter((path) => !kept.has(path.toLowerCase()) && there.get(path)?.kind === "file");
  await removeFiles(operation, STEP, place, [...new Set(superfluous)]);
  if (there.get(`${attempt.subdirectory}/${MANIFEST_FILE}`)?.kind === "file") await move(MANIFEST_FILE);

  const after = await look(operation, directory);
  await requireWhole(directory, after, attempt, manifest);
  await removeLeftovers(operation, after);
  await removeEmptyTree(operation, after, attempt.subdirectory);
  await removeEmptyFolders(operation, after, emptyFoldersOf(old, after));
  return foreignWarnings(after.entries, manifest.files);
}

/** Folders of the damaged export that nothing lies in any more. Those that somebody else made are left. */
export function emptyFoldersOf(old: readonly { readonly path: string }[], { entries }: DirectoryView): string[] {
  const there = new Set(entries.filter(({ kind }) => kind === "directory").map(({ path }) => path));
  const folders = new Set(old.flatMap(({ path }) => foldersAbove(path)).filter((folder) => there.has(folder)));
  return foldersWithoutFiles([...folders], { subdirectory: "" }, entries);
}

async function look(operation: Operation, directory: ClaimedDirectory): Promise<DirectoryView> {
  const seen = await lookAt(operation, directory.directory);
  if (seen.kind === "view") return seen.view;
  throw outOfReach(seen.kind === "absent" ? "parentMissing" : seen.kind, directory.directory);
}

/** Every file is where it belongs, and none is left where it came from: a damaged one can have the size of the good one. */
async function requireWhole(directory: ClaimedDirectory, view: DirectoryView, attempt: Attempt, manifest: Manifest): Promise<void> {
  const { subdirectory, manifestSha256 } = attempt;
  const there = new Map(view.entries.map((entry) => [entry.path, entry.bytes]));
  const wrong = manifest.files
    .filter((file) => there.get(file.path) !== file.bytes || there.has(`${subdirectory}/${file.path}`))
    .map((file) => file.path);
  if (view.manifest.kind !== "read" || sha256Of(view.manifest.text) !== manifestSha256) wrong.push(MANIFEST_FILE);
  if (wrong.length === 0) return;
  // What is nowhere was taken away: the next run exports anew instead of failing here again.
  if (wrong.some((path) => !there.has(`${subdirectory}/${path}`))) await directory.saveAttempt(voided(attempt));
  const reason = `after the move these are not in place: ${nameSome(wrong)}`;
  throw new ExportError("export-incomplete", { step: STEP, subject: view.directory, reason });
}
