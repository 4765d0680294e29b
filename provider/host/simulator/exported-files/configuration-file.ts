import { createHash } from "node:crypto";
import { nextTurn } from "../../event-loop";
import { pointConsistency, pointKind } from "../state/wmi-names";
import type { DiskRecord, MachineRecord } from "../state/wmi-records";
import { configurationText, type ExportConfiguration, type WrittenFile } from "./configuration";
import type { ExportFile } from "./export-file";
import type { ExportSubject } from "./export-subject";

const PIECE = 1024 * 1024;
const NO_HASH = "0".repeat(64);

/** The file that says what the export is made of; it can be written only when the hashes of all the others are known. */
export function configurationFile(
  path: string,
  machine: MachineRecord,
  subject: ExportSubject,
  disks: readonly { readonly disk: DiskRecord; readonly file: ExportFile }[],
  machineFiles: readonly ExportFile[],
): ExportFile {
  const { point } = subject;
  const text = (written: (file: ExportFile) => WrittenFile): Buffer => {
    const configuration: ExportConfiguration = {
      format: "hyperv-simulator-export",
      version: 2,
      virtualMachine: { id: machine.Name, name: machine.ElementName },
      referencePoint: {
        id: point.InstanceID,
        kind: pointKind(point),
        consistency: pointConsistency(point),
        createdAt: new Date(point.createdAt).toISOString(),
      },
      baseReferencePoint: subject.baseContent ?? subject.BaseReferencePointId ?? null,
      disks: disks.map(({ disk, file }) => ({
        instanceId: disk.InstanceID,
        name: disk.name,
        folder: disk.folder ?? null,
        bytes: disk.bytes,
        file: written(file),
      })),
      machineFiles: machineFiles.map(written),
    };
    return Buffer.from(configurationText(configuration));
  };
  const make = async (): Promise<Buffer> => {
    const hashes = new Map<ExportFile, string>();
    for (const file of [...disks.map((disk) => disk.file), ...machineFiles]) hashes.set(file, await contentSha256(file));
    return text((file) => ({ path: file.path, bytes: file.bytes, sha256: hashes.get(file) ?? NO_HASH }));
  };
  let content: Promise<Buffer> | undefined;
  return {
    path,
    bytes: text((file) => ({ path: file.path, bytes: file.bytes, sha256: NO_HASH })).length,
    namedBy: "configuration",
    whole: true,
    async read(offset, length) {
      content ??= make();
      return (await content).subarray(offset, offset + length);
    },
  };
}

/** Hash of what a file is to hold, made from the content and not from the disk: damage on the disk cannot bless itself. */
async function contentSha256(file: ExportFile): Promise<string> {
  const hash = createHash("sha256");
  for (let done = 0; done < file.bytes; done += PIECE) {
    hash.update(await file.read(done, Math.min(PIECE, file.bytes - done)));
    await nextTurn();
  }
  return hash.digest("hex");
}
