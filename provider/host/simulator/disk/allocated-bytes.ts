import type { DiskRecord } from "../state/wmi-records";
import { isWholeDisk } from "./disk-names";
import { mergedExtents } from "./extents";

/**
 * What of a disk is in use: all of it where its content was made from a seed, else what its source and the writes since have filled.
 * Undefined of a disk whose name says that its content lies in other files, too, as on a real host.
 */
export function allocatedBytes({ name, bytes, sourceBytes, writes }: DiskRecord): number | undefined {
  if (!isWholeDisk(name)) return undefined;
  if (sourceBytes === undefined) return bytes;
  const filled = sourceBytes === 0 ? [] : [{ offset: 0, bytes: sourceBytes }];
  return mergedExtents([...filled, ...writes]).reduce((sum, extent) => sum + extent.bytes, 0);
}
