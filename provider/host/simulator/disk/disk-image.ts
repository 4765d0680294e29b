import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { nextTurn } from "../../event-loop";
import { hostErrorFrom } from "../../local-files/file-errors";
import { HostError } from "../../port";
import type { DiskRecord, MachineRecord } from "../state/wmi-records";
import { keystream } from "./keystream";

const PIECE = 1024 * 1024;

/** Where a disk's file is on the simulated host. It holds bytes only where a real file is the disk's source. */
export function diskFilePath(labDirectory: string, machine: MachineRecord, disk: DiskRecord): string {
  return disk.path ?? path.join(labDirectory, "disks", machine.Name, ...(disk.folder?.split("/") ?? []), disk.name);
}

/** A disk as it was at a moment of its machine: first content, then every write up to that moment, in order. */
export class DiskImage {
  constructor(
    private readonly disk: DiskRecord,
    private readonly file: string,
    private readonly sequence: number,
  ) {}

  get bytes(): number {
    return this.disk.bytes;
  }

  async read(offset: number, length: number): Promise<Buffer> {
    const target = Buffer.allocUnsafe(length);
    await this.readFirstContent(target, offset);
    for (const write of this.disk.writes) {
      if (write.sequence > this.sequence) break;
      const from = Math.max(offset, write.offset);
      const to = Math.min(offset + length, write.offset + write.bytes);
      if (from < to) keystream(write.seed).fill(target.subarray(from - offset, to - offset), from - write.offset);
    }
    return target;
  }

  /** A part that a person asked for; default: the whole disk. */
  async readRange(offset = 0, bytes: number = this.bytes - offset): Promise<Buffer> {
    if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(bytes) || offset < 0 || bytes < 0 || offset + bytes > this.bytes) {
      throw new HostError(
        "invalidParameter",
        `The range must lie within the disk's ${this.bytes} bytes: got offset ${offset} and ${bytes} bytes.`,
      );
    }
    return this.read(offset, bytes);
  }

  /** Lower-case hexadecimal. */
  async sha256(): Promise<string> {
    const hash = createHash("sha256");
    for (let offset = 0; offset < this.bytes; offset += PIECE) {
      hash.update(await this.read(offset, Math.min(PIECE, this.bytes - offset)));
      await nextTurn();
    }
    return hash.digest("hex");
  }

  private async readFirstContent(target: Buffer, offset: number): Promise<void> {
    const { sourceBytes } = this.disk;
    if (sourceBytes === undefined) {
      keystream(this.disk.seed).fill(target, offset);
      return;
    }
    target.fill(0);
    const wanted = Math.min(target.length, Math.max(0, sourceBytes - offset));
    if (wanted === 0) return;
    try {
      const handle = await fs.promises.open(this.file, "r");
      try {
        for (let done = 0; done < wanted; ) {
          const { bytesRead } = await handle.read(target, done, wanted - done, offset + done);
          if (bytesRead === 0) throw new Error(`it has fewer than ${sourceBytes} bytes`);
          done += bytesRead;
        }
      } finally {
        await handle.close();
      }
    } catch (error) {
      throw hostErrorFrom(error, "read the content of a simulated disk", this.file);
    }
  }
}
