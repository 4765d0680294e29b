import * as fs from "node:fs";
import * as path from "node:path";
import { hostErrorFrom } from "../../local-files/file-errors";
import type { DiskRecord, MachineRecord } from "../wmi-names";
import { keystream } from "./keystream";

/** Where a disk's file is on the simulated host. It holds bytes only where a real file is the disk's source. */
export function diskFilePath(labDirectory: string, machine: MachineRecord, disk: DiskRecord): string {
  return path.join(labDirectory, "disks", machine.Name, ...(disk.folder?.split("/") ?? []), disk.name);
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
