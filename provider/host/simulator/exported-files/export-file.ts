import type { NamedFile } from "../../port";

/** One file of an export, readable at any place before it exists: so any process can go on where another was killed. */
export interface ExportFile {
  /** Relative to the export directory, forward slashes. */
  readonly path: string;
  readonly bytes: number;
  /** Bytes of the file. Never more than asked; offset and length lie within the file. */
  read(offset: number, length: number): Promise<Buffer>;
  /** The property of the job that names the file: ExportedLogFilePaths names those of disks. */
  readonly namedBy: NamedFile["namedBy"];
  /** Small files are written in one go. */
  readonly whole: boolean;
}
