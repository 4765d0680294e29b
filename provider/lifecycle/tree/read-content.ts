import { type ExportError, isExportError } from "../../domain/errors/export-error";
import type { ExportedFile } from "../../domain/records/exported-file";
import { type Part, portionOf } from "../../domain/reference-point-export/portion";
import { describeProblems } from "../../domain/reference-point-export/problem";
import { sha256Of } from "../../domain/values/sha256";
import { verifyContent } from "../directory/inspect";
import type { Operation } from "../session/operation";
import type { SeenContent, SeenExport } from "./seen-export";

/** Files are read two at a time, whoever asks. More exports than that are under way, so that none of the two waits between them. */
const AT_ONCE = 4;

export interface ReadContent {
  /** By the directory of the export: sentences of what is altered. */
  readonly altered: ReadonlyMap<string, readonly string[]>;
  /** Exports that could not be read to the end. */
  readonly failures: ReadonlyMap<string, ExportError>;
  readonly files: number;
  readonly bytes: number;
}

/**
 * Reads the files of a part, and holds them against their SHA-256.
 *
 * @param progress told how many bytes of how many have been read
 */
export async function readContent(
  operation: Operation,
  exports: readonly SeenExport[],
  part: Part,
  progress: (doneBytes: number, totalBytes: number) => void,
): Promise<ReadContent> {
  const due = exports.flatMap((seen) => {
    const files = seen.content ? filesDue(seen.content, seen.manifestSha256 ?? "", part) : [];
    return seen.content && files.length > 0 ? [{ directory: seen.directory, view: seen.content.view, files }] : [];
  });
  const files = due.flatMap((one) => one.files);
  const total = bytesOf(files);
  const done = new Map<string, number>();
  const altered = new Map<string, readonly string[]>();
  const failures = new Map<string, ExportError>();
  const queue = due.values();
  const work = async () => {
    for (const { directory, view, files: wanted } of queue) {
      const note = (bytes: number) => {
        done.set(directory, bytes);
        progress(
          [...done.values()].reduce((sum, one) => sum + one, 0),
          total,
        );
      };
      try {
        const problems = await verifyContent(operation, view, wanted, note);
        if (problems.length > 0) altered.set(directory, describeProblems(problems));
      } catch (error) {
        if (!isExportError(error)) throw error;
        failures.set(directory, error);
      }
      note(bytesOf(wanted));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { altered, failures, files: files.length, bytes: total };
}

/**
 * The part is taken of each export by itself, since an export never changes and a tree does: so the parts hold everything once, whatever
 * comes and goes between two looks. It begins at another part for each, or the largest file of all would be read in one look.
 */
function filesDue({ files }: SeenContent, manifestSha256: string, { index, of }: Part): ExportedFile[] {
  const first = Number.parseInt(sha256Of(manifestSha256).slice(0, 8), 16);
  return portionOf(files, of, (index + first) % of);
}

function bytesOf(files: readonly ExportedFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
