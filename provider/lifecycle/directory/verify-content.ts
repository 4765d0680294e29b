import type { ExportedFile } from "../../domain/records/exported-file";
import type { Problem } from "../../domain/reference-point-export/problem";
import { formatBytes } from "../../domain/values/byte-size";
import type { Place } from "../../host/port";
import type { Operation } from "../session/operation";
import { runTask } from "../session/run-task";

/** Hashes the files where they lie and reports those that are not what they were. */
export async function verifyContent(operation: Operation, place: Place, files: readonly ExportedFile[]): Promise<Problem[]> {
  if (files.length === 0) return [];
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  const { directory, canonicalPath } = place;
  const task = { directory, canonicalPath, kind: "hash", files: files.map((file) => file.path) } as const;
  const { files: hashed } = await runTask(operation, "verify the content", task, (done) =>
    operation.progress(`verifying ${formatBytes(done)} of ${formatBytes(total)}`),
  );
  const found = new Map(hashed.map((file) => [file.path, file.sha256]));
  return files.flatMap(({ path, sha256 }): Problem[] => {
    const now = found.get(path);
    return now === sha256
      ? []
      : [{ code: "file-altered", path, detail: `expected SHA-256 ${sha256.slice(0, 12)}…, found ${now?.slice(0, 12)}…` }];
  });
}
