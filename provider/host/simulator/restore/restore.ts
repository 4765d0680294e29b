import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { hostErrorFrom } from "../../local-files/file-errors";
import { flush } from "../../local-files/flush";
import { HostError } from "../../port";
import { applyDifference } from "./apply-difference";
import { broken } from "./broken-export";
import { digestOf } from "./file-digest";
import { type VerifiedExport, verifyExport } from "./verified-export";

type ExportedDisk = VerifiedExport["configuration"]["disks"][number];

/** A disk that was put together again. */
export interface RestoredDisk {
  /** Msvm_StorageAllocationSettingData.InstanceID. */
  readonly instanceId: string;
  /** The disk's name in the lab; the image has the same. */
  readonly name: string;
  /** Absolute path of the raw image. */
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** Puts raw disk images together from a full export and the differential ones on top of it, oldest first. */
export async function restoreChain(exports: readonly string[], into: string): Promise<RestoredDisk[]> {
  const [first] = exports;
  if (first === undefined) throw new HostError("invalidParameter", "A restore needs at least one export.");
  const chain: VerifiedExport[] = [];
  for (const directory of exports) chain.push(await verifyExport(path.resolve(directory)));
  requireChain(chain);
  fs.mkdirSync(into, { recursive: true });
  const restored: RestoredDisk[] = [];
  for (const disk of (chain[0] as VerifiedExport).configuration.disks) restored.push(await restoreDisk(chain, disk, into));
  return restored;
}

function requireChain(chain: readonly VerifiedExport[]): void {
  const [full, ...rest] = chain as readonly [VerifiedExport, ...VerifiedExport[]];
  if (full.configuration.baseReferencePoint !== null) {
    const { baseReferencePoint } = full.configuration;
    throw broken(
      `${full.directory} is a differential export on top of ${baseReferencePoint}; the first one must be a full export`,
      full.directory,
    );
  }
  let previous = full;
  for (const next of rest) {
    const { configuration, directory } = next;
    const { virtualMachine, baseReferencePoint, disks } = configuration;
    const wanted = previous.configuration;
    if (virtualMachine.id !== wanted.virtualMachine.id) {
      throw broken(
        `${directory} is of the machine ${virtualMachine.name} (${virtualMachine.id}), not of ${wanted.virtualMachine.name} (${wanted.virtualMachine.id})`,
        directory,
      );
    }
    if (baseReferencePoint === null) throw broken(`${directory} is a full export; only the first one may be`, directory);
    if (baseReferencePoint !== wanted.referencePoint.id) {
      throw broken(
        `${directory} is on top of ${baseReferencePoint}, but the export before it (${previous.directory}) is of ${wanted.referencePoint.id}`,
        directory,
      );
    }
    for (const disk of wanted.disks) {
      const same = findDisk(disks, disk);
      if (!same) throw broken(`${directory} lacks the disk ${disk.name}`, directory);
      if (same.bytes !== disk.bytes || same.name !== disk.name || same.folder !== disk.folder) {
        throw broken(`the disk ${disk.name} has ${same.bytes} bytes in ${directory} and ${disk.bytes} bytes before`, directory);
      }
    }
    const added = disks.find((disk) => !findDisk(wanted.disks, disk));
    if (added) throw broken(`${directory} has the disk ${added.name}, of which there is no full export`, directory);
    previous = next;
  }
}

async function restoreDisk(chain: readonly VerifiedExport[], disk: ExportedDisk, into: string): Promise<RestoredDisk> {
  const [full, ...rest] = chain as readonly [VerifiedExport, ...VerifiedExport[]];
  // Name and folder were checked, so the image stays below.
  const target = path.join(path.resolve(into), ...(disk.folder?.split("/") ?? []), disk.name);
  // Not the name with an addition: a name may have its full length.
  const temporary = path.join(path.dirname(target), `.${randomBytes(6).toString("hex")}.tmp`);
  try {
    fs.mkdirSync(path.dirname(target), { recursive: true });
    await fs.promises.copyFile(full.fileOf(disk), temporary, fs.constants.COPYFILE_EXCL);
    const image = await fs.promises.open(temporary, "r+");
    try {
      if ((await image.stat()).size !== disk.bytes)
        throw broken(`${full.fileOf(disk)} has not the ${disk.bytes} bytes of the disk`, full.directory);
      for (const one of rest) {
        const { configuration } = one;
        const part = findDisk(configuration.disks, disk);
        if (!part) continue;
        await applyDifference(one.fileOf(part), image, {
          disk: disk.instanceId,
          diskBytes: disk.bytes,
          referencePoint: configuration.referencePoint.id,
          baseReferencePoint: configuration.baseReferencePoint ?? "",
        });
      }
      await flush(image);
    } finally {
      await image.close();
    }
    const { sha256 } = await digestOf(temporary);
    fs.renameSync(temporary, target);
    return { instanceId: disk.instanceId, name: disk.name, path: target, bytes: disk.bytes, sha256 };
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw hostErrorFrom(error, "restore the disk", target);
  }
}

function findDisk(disks: readonly ExportedDisk[], wanted: ExportedDisk): ExportedDisk | undefined {
  return disks.find((disk) => disk.instanceId.toLowerCase() === wanted.instanceId.toLowerCase());
}
