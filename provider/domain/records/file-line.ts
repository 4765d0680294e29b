import { roleByExtension } from "../hyperv/file-extensions";
import type { ExportedFile } from "./exported-file";

/** SHA-256 in base64 (43 characters, without the padding), bytes, the role where the extension does not tell it, path. */
const LINE = /^([A-Za-z0-9+/]{43}) ([0-9]+) (?:\(([A-Za-z]+)\) )?(.+)$/s;

/**
 * One file of an export as a line, as the state keeps it: that is rewritten at every step of an up, and the files are most of it.
 * "N1k6X+/mnVvgHnvjR/dPECLDviaXTPcw9+T/+ulwdPg 65536 Virtual Hard Disks/web01.vhdx"
 */
export function fileLine({ path, bytes, sha256, role }: ExportedFile): string {
  const digest = Buffer.from(sha256, "hex").toString("base64").slice(0, 43);
  // A path that begins with a bracket must not be read as a role.
  const told = role === roleByExtension(path) && !path.startsWith("(") ? "" : `(${role}) `;
  return `${digest} ${bytes} ${told}${path}`;
}

/** The file that a line describes; undefined for a text that is no such line. Whether its path and role are possible is for the schema to say. */
export function fileOfLine(line: string): ExportedFile | undefined {
  const [, digest, bytes, told, path] = LINE.exec(line) ?? [];
  if (digest === undefined || path === undefined) return undefined;
  const role = (told ?? roleByExtension(path)) as ExportedFile["role"];
  return { path, bytes: Number(bytes), sha256: Buffer.from(digest, "base64").toString("hex"), role };
}
