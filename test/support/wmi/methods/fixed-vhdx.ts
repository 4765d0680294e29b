import { randomUUID } from "node:crypto";
import * as fs from "node:fs";

const KIB = 1024;
const MIB = KIB * KIB;
const BLOCK = 32 * MIB;
const SECTOR = 512;
const FULLY_PRESENT = 6n;
const AREA = { log: MIB, metadata: 2 * MIB, blockTable: 3 * MIB, data: 4 * MIB };

/** An empty fixed VHDX, as [MS-VHDX] lays it out: CreateVirtualHardDisk has been seen to make such files, though not to the byte. */
export function writeFixedVhdx(file: string, bytes: number): void {
  const handle = fs.openSync(file, "wx");
  try {
    const put = (offset: number, data: Buffer) => fs.writeSync(handle, data, 0, data.length, offset);
    put(0, Buffer.concat([Buffer.from("vhdxfile"), Buffer.from("WMI stand-in\0", "utf16le")]));
    put(64 * KIB, header(1n));
    put(128 * KIB, header(2n));
    for (const offset of [192 * KIB, 256 * KIB]) put(offset, regionTable());
    put(AREA.metadata, metadata(bytes));
    const blocks = Math.ceil(bytes / BLOCK);
    put(AREA.blockTable, Buffer.concat(Array.from({ length: blocks }, (_, index) => blockEntry(AREA.data + index * BLOCK))));
    fs.ftruncateSync(handle, AREA.data + blocks * BLOCK);
  } finally {
    fs.closeSync(handle);
  }
}

function header(sequence: bigint): Buffer {
  const page = Buffer.alloc(4 * KIB);
  page.write("head");
  page.writeBigUInt64LE(sequence, 8);
  guid(randomUUID()).copy(page, 16);
  guid(randomUUID()).copy(page, 32);
  // The log's own id stays zero: there is nothing in it.
  page.writeUInt16LE(1, 66);
  page.writeUInt32LE(MIB, 68);
  page.writeBigUInt64LE(BigInt(AREA.log), 72);
  return checked(page);
}

function regionTable(): Buffer {
  const table = Buffer.alloc(64 * KIB);
  table.write("regi");
  const regions = [
    ["2dc27766-f623-4200-9d64-115e9bfd4a08", AREA.blockTable],
    ["8b7ca206-4790-4b9a-b8fe-575f050f886e", AREA.metadata],
  ] as const;
  table.writeUInt32LE(regions.length, 8);
  regions.forEach(([id, offset], index) => {
    const at = 16 + index * 32;
    guid(id).copy(table, at);
    table.writeBigUInt64LE(BigInt(offset), at + 16);
    table.writeUInt32LE(MIB, at + 24);
    table.writeUInt32LE(1, at + 28);
  });
  return checked(table);
}

function metadata(bytes: number): Buffer {
  const area = Buffer.alloc(MIB);
  area.write("metadata");
  const leaveAllocated = 1;
  const [ofDisk, required] = [2, 4];
  const items = [
    ["caa16737-fa36-4d43-b3b6-33f0aa44e76b", Buffer.concat([uint32(BLOCK), uint32(leaveAllocated)]), required],
    ["2fa54224-cd1b-4876-b211-5dbed83bf4b8", uint64(bytes), ofDisk | required],
    ["beca12ab-b2e6-4523-93ef-c309e000c746", guid(randomUUID()), ofDisk | required],
    ["8141bf1d-a96f-4709-ba47-f233a8faab5f", uint32(SECTOR), ofDisk | required],
    ["cda348c7-445d-4471-9cc9-e9885251c556", uint32(4096), ofDisk | required],
  ] as const;
  area.writeUInt16LE(items.length, 10);
  let end = 64 * KIB;
  items.forEach(([id, value, flags], index) => {
    const at = 32 + index * 32;
    guid(id).copy(area, at);
    area.writeUInt32LE(end, at + 16);
    area.writeUInt32LE(value.length, at + 20);
    area.writeUInt32LE(flags, at + 24);
    value.copy(area, end);
    end += value.length;
  });
  return area;
}

/** Offsets are whole MiB, above the state's bits. */
function blockEntry(offset: number): Buffer {
  const entry = Buffer.alloc(8);
  entry.writeBigUInt64LE(BigInt(offset) | FULLY_PRESENT);
  return entry;
}

function uint32(value: number): Buffer {
  const data = Buffer.alloc(4);
  data.writeUInt32LE(value);
  return data;
}

function uint64(value: number): Buffer {
  const data = Buffer.alloc(8);
  data.writeBigUInt64LE(BigInt(value));
  return data;
}

/** As Windows keeps them: the first three parts with their lowest byte first. */
function guid(text: string): Buffer {
  const plain = Buffer.from(text.replaceAll("-", ""), "hex");
  return Buffer.concat([plain.subarray(0, 4).reverse(), plain.subarray(4, 6).reverse(), plain.subarray(6, 8).reverse(), plain.subarray(8)]);
}

/** With its CRC-32C at byte 4, over all of it while that is zero. */
function checked(data: Buffer): Buffer {
  let sum = 0xffffffff;
  for (const byte of data) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0x82f63b78 : 0);
  }
  data.writeUInt32LE(~sum >>> 0, 4);
  return data;
}
