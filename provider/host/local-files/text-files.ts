import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import type { FileMove, TextFile, TextReplacement } from "../port";
import { readText } from "./directory-report";
import { errorCode, hostErrorFrom } from "./file-errors";
import { flush } from "./flush";
import { GuardedPlace } from "./guarded-place";
import { requireUnchanged } from "./preconditions";

/** Creates a file once: written beside, flushed, then linked under its name, which fails when the name is taken. */
export async function createTextFile(file: TextFile): Promise<"created" | "exists"> {
  const target = GuardedPlace.open(file).file(file.path);
  if (target.exists) return "exists";
  const temporary = temporaryName(target.path);
  try {
    await writeFlushed(temporary, file.text);
    return await publish(temporary, target.path, file.text);
  } catch (error) {
    throw hostErrorFrom(error, "create the file", target.path);
  } finally {
    removeTemporary(temporary);
  }
}

export async function replaceTextFile(file: TextReplacement): Promise<void> {
  const target = GuardedPlace.open(file).file(file.path);
  if (file.onlyIf && target.exists && readText(target.path) === file.text) return;
  requireUnchanged(file.onlyIf);
  const temporary = temporaryName(target.path);
  try {
    await writeFlushed(temporary, file.text);
    requireUnchanged(file.onlyIf);
    fs.renameSync(temporary, target.path);
  } catch (error) {
    removeTemporary(temporary);
    throw hostErrorFrom(error, "replace the file", target.path);
  }
}

export function moveFile(move: FileMove): void {
  const place = GuardedPlace.open(move);
  const from = place.file(move.from);
  requireUnchanged(move.onlyIf);
  place.makeFolders(move.to);
  const to = place.file(move.to);
  requireUnchanged(move.onlyIf);
  try {
    fs.renameSync(from.path, to.path);
  } catch (error) {
    throw hostErrorFrom(error, `move to ${move.to}`, from.path);
  }
}

function temporaryName(target: string): string {
  return `${target}.${randomBytes(6).toString("hex")}.tmp`;
}

/** What stays because another program has it open is removed as what a killed write left. How the write ended is what counts. */
function removeTemporary(temporary: string): void {
  try {
    fs.rmSync(temporary, { force: true });
  } catch {
    // See above.
  }
}

async function writeFlushed(target: string, text: string): Promise<void> {
  const handle = await fs.promises.open(target, "wx");
  try {
    await handle.writeFile(text);
    await flush(handle);
  } finally {
    await handle.close();
  }
}

async function publish(temporary: string, target: string, text: string): Promise<"created" | "exists"> {
  try {
    fs.linkSync(temporary, target);
    return "created";
  } catch (error) {
    const code = errorCode(error);
    if (code === "EEXIST") return "exists";
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "EOPNOTSUPP" && code !== "EMLINK") throw error;
  }
  // A file system without hard links (FAT): still exclusive, though a reader may see the file before its text.
  try {
    await writeFlushed(target, text);
    return "created";
  } catch (error) {
    if (errorCode(error) === "EEXIST") return "exists";
    throw error;
  }
}
