import type { Claim } from "../../domain/records/claim";
import { filesOfAttempt } from "../../domain/records/export-files";
import { MANIFEST_FILE } from "../../domain/records/record-names";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import { type DirectoryView, leftoversOf } from "./look";
import { provenManifest } from "./ownership";

/**
 * Everything in the directory that is provably this export's, but for its claim: the files of its manifest and of its unfinished
 * attempt, and the records. Without claim and manifest of ours, only a file that is where the state says, with the size that it says.
 */
export function removableFiles(view: DirectoryView, state: ExportState, claim: Claim | undefined): string[] {
  const there = new Map(view.entries.filter((entry) => entry.kind === "file").map((entry) => [entry.path, entry.bytes]));
  const manifest = provenManifest(view, state)?.manifest;
  const owned = claim !== undefined || manifest !== undefined;
  const known = (state.files ?? []).filter((file) => owned || there.get(file.path) === file.bytes);
  const paths = [...known, ...(manifest?.files ?? [])].map((file) => file.path);
  const own = [...paths, ...attemptFiles(view, claim), ...leftoversOf(view), MANIFEST_FILE];
  return [...new Set(own)].filter((path) => there.has(path));
}

/** What the unfinished attempt has written, relative to the export directory. */
export function attemptFiles(view: DirectoryView, claim: Claim | undefined): string[] {
  if (claim?.attempt === undefined) return [];
  const written = filesOfAttempt(claim.attempt, view.entries).map((file) => file.path);
  const { subdirectory } = claim.attempt;
  return subdirectory === "" ? written : [...written, MANIFEST_FILE].map((path) => `${subdirectory}/${path}`);
}
