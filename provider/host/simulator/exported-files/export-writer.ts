import * as fs from "node:fs";
import * as path from "node:path";
import { errorCode } from "../../local-files/file-errors";
import { HostError } from "../../port";
import type { ExportFile } from "./export-file";

const PIECE = 1024 * 1024;

/** Tells a directory from a later one of the same name. */
export function directoryIdentity(directory: string): string {
  const found = fs.statSync(directory, { bigint: true });
  if (!found.isDirectory()) throw new HostError("invalidParameter", `${directory} is not a directory.`, { path: directory });
  return `${found.dev}:${found.ino}:${found.birthtimeNs}`;
}

/** Writes an export's files up to a number of bytes; content depends on the place alone, so two processes may write the same piece. */
export class ExportWriter {
  private index = 0;
  /** Bytes of the file at `index` that are on disk; undefined until it was looked at. */
  private offset: number | undefined;
  private before = 0;
  readonly totalBytes: number;

  constructor(
    private readonly directory: string,
    private readonly identity: string,
    private readonly files: readonly ExportFile[],
  ) {
    this.totalBytes = files.reduce((sum, file) => sum + file.bytes, 0);
  }

  get written(): number {
    return this.before + (this.offset ?? 0);
  }

  /** Writes until `dueBytes` are on disk or `stop` says so. Never makes the export directory; rejects when it is gone. */
  async advance(dueBytes: number, stop: () => boolean): Promise<void> {
    while (this.index < this.files.length && this.written < dueBytes) {
      const file = this.files[this.index];
      if (!file || stop()) return;
      if (file.whole && this.before + file.bytes > dueBytes) return;
      this.requireDirectory();
      const done = await this.writeFile(file, Math.min(file.bytes, dueBytes - this.before), stop);
      if (!done) return;
      this.before += file.bytes;
      this.offset = undefined;
      this.index++;
    }
  }

  /** After the last byte: every file is there with its size, or the export failed. */
  verify(): void {
    this.requireDirectory();
    for (const file of this.files) {
      const target = this.target(file);
      const found = fs.lstatSync(target, { throwIfNoEntry: false });
      if (!found?.isFile() || found.size !== file.bytes) {
        throw new HostError("failed", `${target} was removed or changed while it was being exported.`, { path: target });
      }
    }
  }

  private async writeFile(file: ExportFile, due: number, stop: () => boolean): Promise<boolean> {
    const target = this.target(file);
    const flags = fs.constants.O_RDWR | fs.constants.O_CREAT | (fs.constants.O_NOFOLLOW ?? 0);
    this.makeFolders(file);
    const content = file.whole ? await file.read(0, file.bytes) : undefined;
    if (content) {
      if (stop()) return false;
      // One step between the name and its content: no other event of this process comes between.
      const descriptor = fs.openSync(target, flags);
      try {
        fs.writeSync(descriptor, content, 0, content.length, 0);
      } finally {
        fs.closeSync(descriptor);
      }
      return true;
    }
    const handle = await fs.promises.open(target, flags);
    try {
      this.offset ??= Math.min((await handle.stat()).size, file.bytes);
      while (this.offset < due) {
        if (stop()) return false;
        const piece = await file.read(this.offset, Math.min(PIECE, due - this.offset));
        // A hole, as in a thin disk: only its last byte, which makes the file as long and, unlike a truncation, never shorter.
        const from = isZero(piece) ? piece.length - 1 : 0;
        await handle.write(piece, from, piece.length - from, this.offset + from);
        this.offset += piece.length;
      }
      return this.offset >= file.bytes;
    } finally {
      await handle.close();
    }
  }

  /** One level at a time: with `recursive` an export directory that was removed would come back. */
  private makeFolders(file: ExportFile): void {
    let folder = this.directory;
    for (const part of file.path.split("/").slice(0, -1)) {
      folder = path.join(folder, part);
      if (!fs.existsSync(folder)) makeFolder(folder);
    }
  }

  private requireDirectory(): void {
    let identity: string | undefined;
    try {
      identity = directoryIdentity(this.directory);
    } catch (error) {
      if (errorCode(error) !== "ENOENT" && errorCode(error) !== "ENOTDIR" && !(error instanceof HostError)) throw error;
    }
    if (identity !== this.identity) {
      throw new HostError("failed", `The export directory ${this.directory} was removed while the export ran.`, { path: this.directory });
    }
  }

  private target(file: ExportFile): string {
    return path.join(this.directory, ...file.path.split("/"));
  }
}

const ZEROS = Buffer.alloc(PIECE);

function isZero(piece: Buffer): boolean {
  return piece.equals(ZEROS.subarray(0, piece.length));
}

function makeFolder(folder: string): void {
  try {
    fs.mkdirSync(folder);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  }
}
