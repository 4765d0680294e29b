import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { errorCode, hostErrorFrom } from "../../local-files/file-errors";
import { HostError } from "../../port";

const PIECE = 1024 * 1024;

export interface FileDigest {
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** Size and hash of an exported file as it is now. */
export async function digestOf(file: string): Promise<FileDigest> {
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    for await (const piece of fs.createReadStream(file, { highWaterMark: PIECE })) {
      hash.update(piece as Buffer);
      bytes += (piece as Buffer).length;
    }
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR")
      throw new HostError("notFound", `The export cannot be restored: ${file} is missing.`, { path: file });
    throw hostErrorFrom(error, "read", file);
  }
  return { bytes, sha256: hash.digest("hex") };
}
