import { DiskImage, diskFilePath } from "../disk/disk-image";
import { changedExtents } from "../disk/extents";
import { keystream } from "../disk/keystream";
import { findDisk } from "../state/disk-look-ups";
import type { DiskRecord, MachineRecord } from "../state/wmi-records";
import { configurationFile } from "./configuration-file";
import { differenceFile } from "./difference-file";
import type { ExportFile } from "./export-file";
import type { ExportSubject } from "./export-subject";
import { hypervNames } from "./names/hyperv-names";
import { opaqueNames } from "./names/opaque-names";

const RUNTIME_BYTES = 8192;
const GUEST_STATE_BYTES = 4096;

/**
 * The files of an export in the order in which they are written: disks first, the configuration last, so that a configuration that
 * is there proves the disks.
 */
export function exportPlan(labDirectory: string, machine: MachineRecord, subject: ExportSubject): ExportFile[] {
  const exported = subject.ExportedDisks.map((id) => findDisk(machine, id)).filter((disk) => disk !== undefined);
  const names = subject.exportNames === "opaque" ? opaqueNames(subject, exported) : hypervNames(subject, exported);
  const disks = exported.map((disk, index) => ({ disk, file: diskFile(names.disks[index] ?? "", labDirectory, machine, disk, subject) }));
  const machineFiles = [
    seededFile(names.runtimeState, RUNTIME_BYTES, "runtimeState"),
    seededFile(names.guestState, GUEST_STATE_BYTES, "guestState"),
  ];
  return [...disks.map(({ file }) => file), ...machineFiles, configurationFile(names.configuration, machine, subject, disks, machineFiles)];
}

function diskFile(path: string, labDirectory: string, machine: MachineRecord, disk: DiskRecord, subject: ExportSubject): ExportFile {
  const { point, baseSequence, BaseReferencePointId, baseContent = BaseReferencePointId } = subject;
  const image = new DiskImage(disk, diskFilePath(labDirectory, machine, disk), point.sequence);
  if (baseSequence === undefined || baseContent === undefined) {
    return { path, bytes: disk.bytes, namedBy: "log", whole: false, read: (offset, length) => image.read(offset, length) };
  }
  return differenceFile(path, image, changedExtents(disk.writes, baseSequence, point.sequence), {
    disk: disk.InstanceID,
    diskBytes: disk.bytes,
    referencePoint: point.InstanceID,
    baseReferencePoint: baseContent,
  });
}

function seededFile(path: string, bytes: number, namedBy: ExportFile["namedBy"]): ExportFile {
  return {
    path,
    bytes,
    namedBy,
    whole: true,
    async read(offset, length) {
      const content = Buffer.alloc(length);
      keystream(path).fill(content, offset);
      return content;
    },
  };
}
