import * as fs from "node:fs";
import * as path from "node:path";
import { isRecord, repairDirectoryOf } from "../../provider/domain/records/record-names";
import { bytesOf, filesBelow } from "./files-below";
import { dataDisk, type Scene } from "./scene";

/** The file of the data disk in a full export, known by its size: whatever a host calls it, and wherever it puts it. */
export function diskFile(scene: Scene): string {
  const found = exportedFiles(scene).find((file) => isDataDisk(path.join(directoryOf(scene), file)));
  if (found === undefined) throw new Error(`the export has no file of the disk ${dataDisk.name}`);
  return path.join(directoryOf(scene), found);
}

/** The file of the data disk that a repair has written whole, relative to where it will be put; undefined until then. */
export function repairedDiskFile(scene: Scene): { readonly repair: string; readonly path: string } | undefined {
  const repair = fs.readdirSync(directoryOf(scene)).find((name) => repairDirectoryOf(name) === name);
  if (repair === undefined) return undefined;
  const folder = path.join(directoryOf(scene), repair);
  const found = filesBelow(folder).find((file) => isDataDisk(path.join(folder, file)));
  return found === undefined ? undefined : { repair, path: found };
}

function isDataDisk(file: string): boolean {
  return fs.lstatSync(file).size === dataDisk.bytes;
}

/** A folder that the export has made in its directory. */
export function exportedFolder(scene: Scene): string {
  const folder = exportedFiles(scene)
    .find((file) => file.includes(path.sep))
    ?.split(path.sep, 1)[0];
  if (folder === undefined) throw new Error("the export has made no folder");
  return path.join(directoryOf(scene), folder);
}

/** Removes what the job has written, and leaves the folders. */
export function removeExportedFiles(scene: Scene): void {
  for (const file of exportedFiles(scene)) fs.rmSync(path.join(directoryOf(scene), file));
}

/** Waits until the job has made a folder. */
export async function untilFolder(scene: Scene): Promise<void> {
  // A simulated job writes when somebody looks.
  while (!exportedFiles(scene).some((file) => file.includes(path.sep))) await scene.lab.describe();
}

/** The export's own files, byte for byte: all that is neither a record nor in a repair's directory. */
export function exportedBytes(scene: Scene): Record<string, string> {
  return bytesOf(directoryOf(scene), exportedFiles(scene));
}

/** Another content of the same size. */
export function alter(file: string): void {
  const bytes = fs.readFileSync(file);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 0xff;
  fs.writeFileSync(file, bytes);
}

const directoryOf = (scene: Scene) => scene.inputs().exportDirectory;

function exportedFiles(scene: Scene): string[] {
  return filesBelow(directoryOf(scene)).filter((file) => !isRecord(file) && repairDirectoryOf(file) === undefined);
}
