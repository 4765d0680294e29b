import * as fs from "node:fs";
import { hostErrorFrom } from "../../local-files/file-errors";
import { listRecursively } from "../../local-files/listing";
import { withinDirectory } from "../../local-files/relative-path";
import { HostError } from "../../port";
import { CONFIGURATION_START, type ExportConfiguration, exportConfiguration } from "../exported-files/configuration";
import { broken } from "./broken-export";

const MAX_CONFIGURATION = 64 * 1024 * 1024;

export interface FoundConfiguration {
  readonly file: string;
  readonly configuration: ExportConfiguration;
}

/**
 * The configuration of an export, known by its content whatever its file is called. What the manifest lists is the export's own: it
 * tells it from a configuration that somebody put beside it.
 */
export async function findConfiguration(directory: string, manifest: readonly { readonly path: string }[]): Promise<FoundConfiguration> {
  const files = (await listRecursively(directory)).filter((entry) => entry.kind === "file");
  const candidates = files.filter(({ path }) => startsAsConfiguration(withinDirectory(directory, path)));
  const listed = candidates.filter(({ path }) => manifest.some((one) => one.path === path));
  const own = listed.length > 0 ? listed : candidates;
  const [only] = own;
  if (only === undefined) {
    const why = `none of the ${files.length} files in ${directory} is a configuration: the export is not finished, or its configuration is lost or damaged`;
    throw new HostError("notFound", `The export cannot be restored: ${why}.`, { path: directory });
  }
  if (own.length > 1) {
    throw broken(`${directory} holds several configurations: ${own.map(({ path }) => path).join(", ")}`, directory);
  }
  const file = withinDirectory(directory, only.path);
  if (only.bytes > MAX_CONFIGURATION) throw broken(`${file} is too large for a configuration`, file);
  return { file, configuration: parse(file) };
}

function startsAsConfiguration(file: string): boolean {
  const start = Buffer.alloc(CONFIGURATION_START.length);
  try {
    const descriptor = fs.openSync(file, "r");
    try {
      fs.readSync(descriptor, start, 0, start.length, 0);
    } finally {
      fs.closeSync(descriptor);
    }
  } catch (error) {
    throw hostErrorFrom(error, "read", file);
  }
  return start.equals(Buffer.from(CONFIGURATION_START));
}

function parse(file: string): ExportConfiguration {
  let why: string;
  try {
    const parsed = exportConfiguration.safeParse(JSON.parse(fs.readFileSync(file, "utf8")));
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    why = `${issue?.path.join(".")}: ${issue?.message}`;
  } catch (error) {
    why = (error as Error).message;
  }
  throw broken(`${file} is damaged (${why})`, file);
}
