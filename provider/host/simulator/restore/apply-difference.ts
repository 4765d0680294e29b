import * as fs from "node:fs";
import { type DifferenceHeader, differenceHeader, PREFIX_BYTES, parsePrefix, TRAILER } from "../exported-files/difference-file";
import { broken } from "./broken-export";

const PIECE = 1024 * 1024;

export interface ExpectedDifference {
  readonly disk: string;
  readonly diskBytes: number;
  readonly referencePoint: string;
  readonly baseReferencePoint: string;
}

/** Writes the changed ranges of a differential file over a disk image. The file's checksum was compared before. */
export async function applyDifference(file: string, image: fs.promises.FileHandle, expected: ExpectedDifference): Promise<void> {
  const handle = await fs.promises.open(file, "r");
  try {
    const { size } = await handle.stat();
    const prefix = parsePrefix(await readExactly(handle, file, 0, Math.min(PREFIX_BYTES, size)));
    if (!prefix || prefix.dataOffset + TRAILER > size) throw broken(`${file} is not a differential file of this simulator`, file);
    const header = parseHeader(file, await readExactly(handle, file, PREFIX_BYTES, prefix.headerBytes));
    for (const [key, value] of Object.entries(expected)) {
      const found = header[key as keyof ExpectedDifference];
      if (!same(key, found, value)) throw broken(`${file} says ${key} ${found}, the export says ${value}`, file);
    }
    const total = header.extents.reduce((sum, [, bytes]) => sum + bytes, 0);
    if (prefix.dataOffset + total + TRAILER !== size) throw broken(`${file} has not the length that its header says`, file);
    let at = prefix.dataOffset;
    for (const [offset, bytes] of header.extents) {
      if (offset + bytes > expected.diskBytes) throw broken(`${file} writes behind the end of the disk`, file);
      for (let done = 0; done < bytes; done += PIECE) {
        const piece = await readExactly(handle, file, at + done, Math.min(PIECE, bytes - done));
        await image.write(piece, 0, piece.length, offset + done);
      }
      at += bytes;
    }
  } finally {
    await handle.close();
  }
}

/** Instance ids are compared as Hyper-V compares them: the point's letters may be others than the machine's. */
function same(key: string, found: string | number, expected: string | number): boolean {
  return key === "disk" ? String(found).toLowerCase() === String(expected).toLowerCase() : found === expected;
}

function parseHeader(file: string, text: Buffer): DifferenceHeader {
  try {
    return differenceHeader.parse(JSON.parse(text.toString("utf8")));
  } catch {
    throw broken(`the header of ${file} is damaged`, file);
  }
}

async function readExactly(handle: fs.promises.FileHandle, file: string, offset: number, length: number): Promise<Buffer> {
  const target = Buffer.alloc(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(target, done, length - done, offset + done);
    if (bytesRead === 0) throw broken(`${file} ends too early`, file);
    done += bytesRead;
  }
  return target;
}
