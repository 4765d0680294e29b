import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { hostErrorFrom } from "../../local-files/file-errors";
import { withinDirectory } from "../../local-files/relative-path";
import { HostError } from "../../port";
import { exportedDiskFile, requireDiskName } from "../disk/disk-names";
import { type ExportConfiguration, exportConfiguration } from "../export/configuration";

const PIECE = 1024 * 1024;
const FOLDER = "Virtual Machines";
const MANIFEST = "reference-point-export.manifest.json";
const MAX_CONFIGURATION = 64 * 1024 * 1024;

/** Only what a restore compares; the manifest has more. */
const manifestFiles = z.object({ files: z.array(z.object({ path: z.string(), bytes: z.number(), sha256: z.string() })) });

/** One export directory, read and found to be whole in itself. */
export interface ReadExport {
  readonly directory: string;
  readonly configuration: ExportConfiguration;
  fileOf(disk: ExportConfiguration["disks"][number]): string;
}

/** Reads the configuration of an export and compares every file with its checksums: the configuration's and, if there, the manifest's. */
export async function readExport(directory: string): Promise<ReadExport> {
  const { file, text } = configurationText(directory);
  const configuration = parse(text, file);
  for (const disk of configuration.disks) requireDiskName(disk.name);
  const fileOf = (disk: ExportConfiguration["disks"][number]): string =>
    exportedDiskFile(disk.name, configuration.referencePoint.kind, configuration.baseReferencePoint !== null);
  const expected = new Map<string, { bytes: number; sha256: string; by: string }[]>();
  for (const disk of configuration.disks) {
    expected.set(fileOf(disk), [{ bytes: disk.fileBytes, sha256: disk.fileSha256, by: "the export's configuration" }]);
  }
  for (const one of manifestOf(directory)) {
    expected.set(one.path, [...(expected.get(one.path) ?? []), { bytes: one.bytes, sha256: one.sha256.toLowerCase(), by: "the manifest" }]);
  }
  for (const [relative, claims] of expected) {
    const target = withinDirectory(directory, relative);
    const found = await digestOf(target);
    for (const claim of claims) {
      if (found.bytes !== claim.bytes) throw broken(`${target} has ${found.bytes} bytes; ${claim.by} says ${claim.bytes}`, target);
      if (found.sha256 !== claim.sha256)
        throw broken(`${target} was altered: its SHA-256 is ${found.sha256}; ${claim.by} says ${claim.sha256}`, target);
    }
  }
  return { directory, configuration, fileOf: (disk) => withinDirectory(directory, fileOf(disk)) };
}

export function broken(why: string, at: string): HostError {
  return new HostError("failed", `The export cannot be restored: ${why}.`, {
    path: at,
    remedy: "Restore from another export of the same machine.",
  });
}

/** The export's own one: a manifest tells it from a configuration that somebody put beside it. */
function configurationText(directory: string): { file: string; text: string } {
  const folder = path.join(directory, FOLDER);
  try {
    const names = filesIn(folder).filter((name) => name.toLowerCase().endsWith(".vmcx"));
    const described = manifestOf(directory).map((one) => one.path);
    const ours = names.filter((name) => described.includes(`${FOLDER}/${name}`));
    const own = ours.length > 0 ? ours : names;
    const [only] = own;
    if (only === undefined) throw broken(`${folder} holds no configuration file (.vmcx): the export is not finished`, folder);
    if (own.length > 1) throw broken(`${folder} holds several configuration files: ${own.join(", ")}`, folder);
    const file = path.join(folder, only);
    if (fs.statSync(file).size > MAX_CONFIGURATION) throw broken(`${file} is too large for a configuration`, file);
    return { file, text: fs.readFileSync(file, "utf8") };
  } catch (error) {
    throw hostErrorFrom(error, "read the export", folder);
  }
}

function filesIn(folder: string): string[] {
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
}

function parse(text: string, file: string): ExportConfiguration {
  try {
    const parsed = exportConfiguration.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw broken(`${file} is damaged (${issue?.path.join(".")}: ${issue?.message})`, file);
  } catch (error) {
    if (error instanceof HostError) throw error;
    throw broken(`${file} is damaged (${(error as Error).message})`, file);
  }
}

function manifestOf(directory: string): z.infer<typeof manifestFiles>["files"] {
  const file = path.join(directory, MANIFEST);
  try {
    return manifestFiles.parse(JSON.parse(fs.readFileSync(file, "utf8"))).files;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw broken(`${file} is damaged (${(error as Error).message.split("\n")[0]})`, file);
  }
}

export async function digestOf(file: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    for await (const piece of fs.createReadStream(file, { highWaterMark: PIECE })) {
      hash.update(piece as Buffer);
      bytes += (piece as Buffer).length;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      throw new HostError("notFound", `The export cannot be restored: ${file} is missing.`, { path: file });
    throw hostErrorFrom(error, "read", file);
  }
  return { bytes, sha256: hash.digest("hex") };
}
