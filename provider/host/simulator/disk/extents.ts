import type { WriteRecord } from "../state/wmi-records";

export interface Extent {
  readonly offset: number;
  readonly bytes: number;
}

/** Ranges written after `from` up to and with `to`, merged and sorted: what resilient change tracking reports. */
export function changedExtents(writes: readonly WriteRecord[], from: number, to: number): Extent[] {
  return mergedExtents(writes.filter((write) => write.sequence > from && write.sequence <= to));
}

/** The same ranges without overlaps, sorted. */
export function mergedExtents(extents: readonly Extent[]): Extent[] {
  const ranges = extents.map(({ offset, bytes }) => ({ offset, bytes })).sort((left, right) => left.offset - right.offset);
  const merged: { offset: number; bytes: number }[] = [];
  for (const range of ranges) {
    const last = merged.at(-1);
    if (last && range.offset <= last.offset + last.bytes) last.bytes = Math.max(last.bytes, range.offset + range.bytes - last.offset);
    else merged.push(range);
  }
  return merged;
}
