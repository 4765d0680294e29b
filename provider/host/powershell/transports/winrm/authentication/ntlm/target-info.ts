/** Attributes of a host in its challenge, and what a client adds to them in its response (MS-NLMP, section 2.2.2.1). */
export const attribute = { end: 0, flags: 6, timestamp: 7, targetName: 9, channelBindings: 10 } as const;

/** Bit of the attribute `flags`: the response has a code over all three messages. */
const HAS_MIC = 2;

export type TargetInfo = ReadonlyMap<number, Buffer>;

const LENGTHS: ReadonlyMap<number, number> = new Map([
  [attribute.flags, 4],
  [attribute.timestamp, 8],
]);

/** Undefined for one that is damaged. */
export function readTargetInfo(bytes: Buffer): TargetInfo | undefined {
  const pairs = new Map<number, Buffer>();
  for (let offset = 0; offset + 4 <= bytes.length; ) {
    const id = bytes.readUInt16LE(offset);
    const length = bytes.readUInt16LE(offset + 2);
    if (id === attribute.end) return pairs;
    if (offset + 4 + length > bytes.length || length !== (LENGTHS.get(id) ?? length)) return undefined;
    pairs.set(id, bytes.subarray(offset + 4, offset + 4 + length));
    offset += 4 + length;
  }
  return undefined;
}

export function writeTargetInfo(info: TargetInfo): Buffer {
  const pairs = [...info].flatMap(([id, value]) => [uint16(id), uint16(value.length), value]);
  return Buffer.concat([...pairs, Buffer.alloc(4)]);
}

/** The host's attributes with those of the client: what it talks to, through which TLS, and that all three messages are vouched for. */
export function withClientsPart(host: TargetInfo, targetName: string, channelBindings: Buffer | undefined): TargetInfo {
  const flags = (host.get(attribute.flags)?.readUInt32LE(0) ?? 0) | HAS_MIC;
  const pairs = new Map(host).set(attribute.flags, uint32(flags)).set(attribute.targetName, Buffer.from(targetName, "utf16le"));
  return channelBindings === undefined ? pairs : pairs.set(attribute.channelBindings, channelBindings);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}
