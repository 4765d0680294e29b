import type { DiskRecord } from "../state/wmi-records";
import { mergedExtents } from "./extents";

/** What of a disk is in use: all of it where its content was made from a seed, else what its source and the writes since have filled. */
export function allocatedBytes({ bytes, sourceBytes, writes }: DiskRecord): number {
  if (sourceBytes === undefined) return bytes;
  const filled = sourceBytes === 0 ? [] : [{ offset: 0, bytes: sourceBytes }];
  return mergedExtents([...filled, ...writes]).reduce((sum, extent) => sum + extent.bytes, 0);
}
