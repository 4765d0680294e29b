import { createHash } from "node:crypto";
import { nextTurn } from "../../event-loop";
import { DiskImage, diskFilePath } from "../disk/disk-image";
import { exportedDiskFile } from "../disk/disk-names";
import { changedExtents } from "../disk/extents";
import { keystream } from "../disk/keystream";
import { type DiskRecord, type JobRecord, type MachineRecord, pointConsistency, pointKind } from "../wmi-names";
import { configurationText, type ExportConfiguration } from "./configuration";
import { differenceFile } from "./difference-file";
import type { ExportFile } from "./export-file";

const PIECE = 1024 * 1024;
const RUNTIME_BYTES = 8192;
const GUEST_STATE_BYTES = 4096;
const NO_HASH = "0".repeat(64);

export type ExportSubject = Pick<JobRecord, "point" | "baseSequence" | "ExportedDisks"> & {
  readonly BaseReferencePointId?: string | undefined;
};

/**
 * The files of an export in the order in which they are written: disks first, the configuration last, so that a configuration that
 * is there proves the disks. Names as Export-VM of a real host gives them: GUID.vmcx, .vmrs, .vmgs, of the point.
 */
export function exportPlan(labDirectory: string, machine: MachineRecord, subject: ExportSubject): ExportFile[] {
  const { point } = subject;
  const disks = machine.disks.filter((disk) => subject.ExportedDisks.includes(disk.InstanceID));
  const diskFiles = disks.map((disk) => diskFile(labDirectory, machine, disk, subject));
  const base = `Virtual Machines/${point.InstanceID.replace(/^Microsoft:/, "")}`;
  return [
    ...diskFiles,
    seededFile(`${base}.vmrs`, RUNTIME_BYTES, "runtimeState"),
    seededFile(`${base}.vmgs`, GUEST_STATE_BYTES, "guestState"),
    configurationFile(`${base}.vmcx`, machine, subject, disks, diskFiles),
  ];
}

function diskFile(labDirectory: string, machine: MachineRecord, disk: DiskRecord, subject: ExportSubject): ExportFile {
  const { point, baseSequence, BaseReferencePointId } = subject;
  const image = new DiskImage(disk, diskFilePath(labDirectory, machine, disk), point.sequence);
  const path = exportedDiskFile(disk.name, pointKind(point), baseSequence !== undefined);
  if (baseSequence === undefined || BaseReferencePointId === undefined) {
    return { path, bytes: disk.bytes, namedBy: "log", whole: false, read: (offset, length) => image.read(offset, length) };
  }
  return differenceFile(path, image, changedExtents(disk.writes, baseSequence, point.sequence), {
    disk: disk.InstanceID,
    diskBytes: disk.bytes,
    referencePoint: point.InstanceID,
    baseReferencePoint: BaseReferencePointId,
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

function configurationFile(
  path: string,
  machine: MachineRecord,
  subject: ExportSubject,
  disks: readonly DiskRecord[],
  diskFiles: readonly ExportFile[],
): ExportFile {
  const { point } = subject;
  const configuration = (hashes: readonly string[]): Buffer => {
    const value: ExportConfiguration = {
      format: "hyperv-simulator-export",
      version: 1,
      virtualMachine: { id: machine.Name, name: machine.ElementName },
      referencePoint: {
        id: point.InstanceID,
        kind: pointKind(point),
        consistency: pointConsistency(point),
        createdAt: new Date(point.createdAt).toISOString(),
      },
      baseReferencePoint: subject.BaseReferencePointId ?? null,
      disks: disks.map((disk, index) => ({
        instanceId: disk.InstanceID,
        name: disk.name,
        bytes: disk.bytes,
        fileBytes: diskFiles[index]?.bytes ?? 0,
        fileSha256: hashes[index] ?? NO_HASH,
      })),
    };
    return Buffer.from(configurationText(value));
  };
  let text: Promise<Buffer> | undefined;
  const make = async (): Promise<Buffer> => {
    const hashes: string[] = [];
    for (const file of diskFiles) hashes.push(await contentSha256(file));
    return configuration(hashes);
  };
  return {
    path,
    bytes: configuration([]).length,
    namedBy: "configuration",
    whole: true,
    async read(offset, length) {
      text ??= make();
      return (await text).subarray(offset, offset + length);
    },
  };
}

/** Hash of what a file is to hold, made from the content and not from the disk: damage on the disk cannot bless itself. */
export async function contentSha256(file: ExportFile): Promise<string> {
  const hash = createHash("sha256");
  for (let done = 0; done < file.bytes; done += PIECE) {
    hash.update(await file.read(done, Math.min(PIECE, file.bytes - done)));
    await nextTurn();
  }
  return hash.digest("hex");
}
