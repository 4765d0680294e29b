import { createHash } from "node:crypto";
import { exportedDiskExtension } from "../../disk/disk-names";
import { pointKind } from "../../state/wmi-names";
import type { DiskRecord } from "../../state/wmi-records";
import type { ExportSubject } from "../export-subject";
import type { ExportNames } from "./export-names";

/** How many folders deep the disks lie, in turn. */
const DISK_DEPTHS = [2, 0, 1, 3];

/** Names that tell nothing, made from the job's id: another export has others, whoever goes on with this one has the same. */
export function opaqueNames(job: ExportSubject, disks: readonly DiskRecord[]): ExportNames {
  const digest = (what: string) => createHash("sha256").update(`${job.InstanceID}/${what}`).digest("hex");
  const path = (what: string, depth: number, extension: string): string => {
    const digits = digest(what);
    const folders = Array.from({ length: depth }, (_, level) => digits.slice(12 + level * 6, 18 + level * 6));
    return [...folders, `${digits.slice(0, 12)}.${extension}`].join("/");
  };
  // Nobody could ever tell such a file from a stranger's where no job names it.
  const named = job.namesFiles && !job.hidden;
  const unknown = (what: string, known: string) => (named ? digest(what).slice(-3) : known);
  const diskExtension = (disk: DiskRecord) => exportedDiskExtension(disk.name, pointKind(job.point), job.baseSequence !== undefined);
  return {
    disks: disks.map((disk, index) => {
      const what = `disk ${index}`;
      const extension = index === 0 ? unknown(what, diskExtension(disk)) : diskExtension(disk);
      return path(what, DISK_DEPTHS[index % DISK_DEPTHS.length] ?? 0, extension);
    }),
    runtimeState: path("runtime state", 0, "vmrs"),
    guestState: path("guest state", 3, "vmgs"),
    configuration: path("configuration", 1, unknown("configuration", "vmcx")),
  };
}
