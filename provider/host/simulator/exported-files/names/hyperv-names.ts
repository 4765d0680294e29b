import { createHash } from "node:crypto";
import { diskFileStem, exportedDiskExtension } from "../../disk/disk-names";
import { pointKind } from "../../state/wmi-names";
import type { DiskRecord } from "../../state/wmi-records";
import type { ExportSubject } from "../export-subject";
import type { ExportNames } from "./export-names";

/**
 * As Export-VM of a real host names its files: GUID.vmcx, .vmrs, .vmgs, of the point or the checkpoint; disks by their own names. Of a
 * checkpoint .VMRS was seen in capitals.
 */
export function hypervNames({ point, baseSequence, checkpointId }: ExportSubject, disks: readonly DiskRecord[]): ExportNames {
  const machine = `Virtual Machines/${point.InstanceID.replace(/^Microsoft:/, "")}`;
  const taken = new Set<string>();
  const diskPath = (disk: DiskRecord): string => {
    const stem = diskFileStem(disk.name);
    const extension = exportedDiskExtension(disk.name, pointKind(point), baseSequence !== undefined);
    const plain = `${stem}.${extension}`;
    const name = taken.has(plain.toLowerCase()) ? `${stem}_${guidOf(disk)}.${extension}` : plain;
    taken.add(name.toLowerCase());
    return `Virtual Hard Disks/${name}`;
  };
  return {
    disks: disks.map(diskPath),
    runtimeState: `${machine}.${checkpointId === undefined ? "vmrs" : "VMRS"}`,
    guestState: `${machine}.vmgs`,
    configuration: `${machine}.vmcx`,
  };
}

/** Tells a disk's file from that of a disk with the same file name in another folder. */
function guidOf(disk: DiskRecord): string {
  const digits = createHash("sha256").update(disk.InstanceID).digest("hex").slice(0, 32).toUpperCase();
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
