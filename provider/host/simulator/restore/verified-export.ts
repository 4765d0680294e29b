import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { errorCode } from "../../local-files/file-errors";
import { withinDirectory } from "../../local-files/relative-path";
import { requireDiskFolder, requireDiskName } from "../disk/disk-names";
import type { ExportConfiguration } from "../exported-files/configuration";
import { broken } from "./broken-export";
import { digestOf, type FileDigest } from "./file-digest";
import { findConfiguration } from "./find-configuration";

const MANIFEST = "reference-point-export.manifest.json";

/** Only what a restore compares; the manifest has more. */
const listedFiles = z.object({ files: z.array(z.object({ path: z.string(), bytes: z.number(), sha256: z.string() })) });
type ListedFile = z.infer<typeof listedFiles>["files"][number];

/** One export directory, found to be whole in itself. */
export interface VerifiedExport {
  readonly directory: string;
  readonly configuration: ExportConfiguration;
  fileOf(disk: ExportConfiguration["disks"][number]): string;
}

/** Compares every file of an export with its checksums: those of the manifest, if there is one, and those of its own configuration. */
export async function verifyExport(directory: string): Promise<VerifiedExport> {
  const digests = new Map<string, FileDigest>();
  const manifest = manifestOf(directory);
  for (const file of manifest) await verifyFile(directory, file, "the manifest", digests);
  const { configuration } = await findConfiguration(directory, manifest);
  for (const { name, folder, file } of configuration.disks) {
    requireDiskName(name);
    if (folder !== null) requireDiskFolder(folder);
    await verifyFile(directory, file, "the export's configuration", digests);
  }
  for (const file of configuration.machineFiles) await verifyFile(directory, file, "the export's configuration", digests);
  return { directory, configuration, fileOf: ({ file }) => withinDirectory(directory, file.path) };
}

async function verifyFile(directory: string, file: ListedFile, by: string, digests: Map<string, FileDigest>): Promise<void> {
  const target = withinDirectory(directory, file.path);
  const found = digests.get(target) ?? (await digestOf(target));
  digests.set(target, found);
  if (found.bytes !== file.bytes) throw broken(`${target} has ${found.bytes} bytes; ${by} says ${file.bytes}`, target);
  if (found.sha256 !== file.sha256.toLowerCase())
    throw broken(`${target} was altered: its SHA-256 is ${found.sha256}; ${by} says ${file.sha256}`, target);
}

function manifestOf(directory: string): ListedFile[] {
  const file = path.join(directory, MANIFEST);
  try {
    return listedFiles.parse(JSON.parse(fs.readFileSync(file, "utf8"))).files;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw broken(`${file} is damaged (${(error as Error).message.split("\n")[0]})`, file);
  }
}
