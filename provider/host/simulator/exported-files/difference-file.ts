import { createHash } from "node:crypto";
import { z } from "zod";
import { nextTurn } from "../../event-loop";
import type { DiskImage } from "../disk/disk-image";
import type { Extent } from "../disk/extents";
import type { ExportFile } from "./export-file";

/**
 * A differential file (.avhdx, .hrl): magic, length of the header, header as JSON with the extents, their data one after the other,
 * SHA-256 of all that is before it.
 */
const MAGIC = Buffer.from("HVSIMDIF");
const PREFIX = MAGIC.length + 4;
export const TRAILER = 32;
export const MAX_HEADER = 64 * 1024 * 1024;
const PIECE = 1024 * 1024;

const whole = z.number().int().nonnegative();
export const differenceHeader = z.object({
  disk: z.string(),
  diskBytes: z.number().int().positive(),
  referencePoint: z.string(),
  baseReferencePoint: z.string(),
  extents: z.array(z.tuple([whole, z.number().int().positive()])),
});
export type DifferenceHeader = z.infer<typeof differenceHeader>;

export interface ParsedPrefix {
  readonly headerBytes: number;
  readonly dataOffset: number;
}

/** Reads the first 12 bytes of a differential file; undefined when it is none. */
export function parsePrefix(prefix: Buffer): ParsedPrefix | undefined {
  if (prefix.length < PREFIX || !prefix.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const headerBytes = prefix.readUInt32BE(MAGIC.length);
  return headerBytes <= MAX_HEADER ? { headerBytes, dataOffset: PREFIX + headerBytes } : undefined;
}

export const PREFIX_BYTES = PREFIX;

export function differenceFile(
  path: string,
  image: DiskImage,
  extents: readonly Extent[],
  about: Omit<DifferenceHeader, "extents">,
): ExportFile {
  const header: DifferenceHeader = { ...about, extents: extents.map(({ offset, bytes }) => [offset, bytes]) };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  const head = Buffer.concat([MAGIC, length, text]);
  const dataBytes = extents.reduce((sum, extent) => sum + extent.bytes, 0);
  const bytes = head.length + dataBytes + TRAILER;
  let trailer: Promise<Buffer> | undefined;

  const readData = async (offset: number, size: number): Promise<Buffer[]> => {
    const parts: Buffer[] = [];
    let start = 0;
    for (const extent of extents) {
      const from = Math.max(offset, start);
      const to = Math.min(offset + size, start + extent.bytes);
      if (from < to) parts.push(await image.read(extent.offset + from - start, to - from));
      start += extent.bytes;
    }
    return parts;
  };
  const makeTrailer = async (): Promise<Buffer> => {
    const hash = createHash("sha256").update(head);
    for (let done = 0; done < dataBytes; done += PIECE) {
      for (const part of await readData(done, Math.min(PIECE, dataBytes - done))) hash.update(part);
      await nextTurn();
    }
    return hash.digest();
  };

  return {
    path,
    bytes,
    namedBy: "log",
    whole: false,
    async read(offset, size) {
      const end = offset + size;
      const parts: Buffer[] = [];
      if (offset < head.length) parts.push(head.subarray(offset, Math.min(end, head.length)));
      const from = Math.max(offset - head.length, 0);
      const to = Math.min(end - head.length, dataBytes);
      if (from < to) parts.push(...(await readData(from, to - from)));
      const tail = head.length + dataBytes;
      if (end > tail) {
        trailer ??= makeTrailer();
        parts.push((await trailer).subarray(Math.max(0, offset - tail), end - tail));
      }
      return Buffer.concat(parts);
    },
  };
}
