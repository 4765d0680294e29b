import { normaliseReferencePointId } from "../../domain/hyperv/guid";
import { sameId } from "../../domain/hyperv/same-id";
import { parseClaim } from "../../domain/records/claim";
import { describeOwner } from "../../domain/records/owner";
import { CLAIM_FILE } from "../../domain/records/record-names";
import { type BaseUse, baseUseOf, baseUseText } from "../../domain/reference-point/base-use";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import { sha256Of } from "../../domain/values/sha256";
import type { DirectoryReport } from "../../host/port";
import type { Operation } from "../session/operation";
import { runTask } from "../session/run-task";

const STEP = "look for exports that use the point as their base";

/** A note only helps the person, so no export waits long for it. */
const NOTE_LIMIT_MS = 10_000;

/** The folder of a point that a ReferencePoint has made: only of those it is written down who uses them. */
export async function awaitBaseUses(whole: Operation, referencePointId: string): Promise<void> {
  const operation = whole.limited(NOTE_LIMIT_MS);
  try {
    const directory = await folderOf(operation, referencePointId);
    await operation.ask("note the reference point", directory, () => operation.host.createDirectory({ directory }));
  } catch {
    // Without it nobody notes a use, and the point's destroy does not know of one.
  }
}

/** Notes that an export was made as the difference to its base. It only helps the person: what fails of it is not told. */
export async function noteBaseUse(whole: Operation, { baseReferencePointId, exportDirectory, exportId }: ExportState): Promise<void> {
  if (baseReferencePointId === undefined) return;
  const operation = whole.limited(NOTE_LIMIT_MS);
  try {
    const directory = await folderOf(operation, baseReferencePointId);
    const report = await lookAtNotes(operation, directory, []);
    if (report.kind !== "directory") return;
    const file = {
      directory,
      canonicalPath: report.canonicalPath,
      path: fileOf(exportId),
      text: baseUseText({ directory: exportDirectory, exportId }),
    };
    await operation.ask(STEP, directory, () => operation.host.replaceTextFile(file));
  } catch {
    // Without it the point's destroy does not know of the export.
  }
}

/** The export is deleted. A note that is left is of no harm: its directory is looked at. */
export async function forgetBaseUse(whole: Operation, { baseReferencePointId, exportId }: ExportState): Promise<void> {
  if (baseReferencePointId === undefined) return;
  const operation = whole.limited(NOTE_LIMIT_MS);
  try {
    const directory = await folderOf(operation, baseReferencePointId);
    const report = await lookAtNotes(operation, directory, [fileOf(exportId)]);
    if (report.kind !== "directory" || report.texts[fileOf(exportId)] === undefined) return;
    await runTask(operation, STEP, { kind: "remove", directory, canonicalPath: report.canonicalPath, files: [fileOf(exportId)] });
  } catch {
    // It is looked at again before the point goes.
  }
}

/** The exports that are the difference to a point, each by its resource and directory. One that cannot be looked at counts. */
export async function usesOfBase(operation: Operation, referencePointId: string): Promise<string[]> {
  const directory = await folderOf(operation, referencePointId);
  const listed = await lookAtNotes(operation, directory, [], true);
  if (listed.kind !== "directory" || listed.entries.length === 0) return [];
  const names = listed.entries.filter(({ kind }) => kind === "file").map(({ path }) => path);
  const read = await lookAtNotes(operation, directory, names);
  const texts = read.kind === "directory" ? Object.values(read.texts) : [];
  const uses = texts.flatMap((text) => baseUseOf(text) ?? []);
  const found = await Promise.all(uses.map((use) => userOf(operation, use, referencePointId)));
  return found.filter((user) => user !== undefined);
}

/** The point is gone, and nobody asks who has used it. */
export async function closeBaseUses(whole: Operation, referencePointId: string): Promise<void> {
  const operation = whole.limited(NOTE_LIMIT_MS);
  try {
    const directory = await folderOf(operation, referencePointId);
    const report = await lookAtNotes(operation, directory, [], true);
    if (report.kind !== "directory") return;
    const { canonicalPath, entries } = report;
    const files = entries.filter(({ kind }) => kind === "file").map(({ path }) => path);
    if (files.length > 0) await runTask(operation, STEP, { kind: "remove", directory, canonicalPath, files });
    await operation.ask(STEP, directory, () => operation.host.removeEmptyDirectory({ directory }));
  } catch {
    // An empty folder is of no harm.
  }
}

function lookAtNotes(operation: Operation, directory: string, texts: readonly string[], list = false): Promise<DirectoryReport> {
  return operation.ask(STEP, directory, () => operation.host.readDirectory({ directory, texts, list }));
}

async function userOf(operation: Operation, { directory, exportId }: BaseUse, referencePointId: string): Promise<string | undefined> {
  const request = { directory, texts: [CLAIM_FILE], list: false };
  const report = await operation.ask(STEP, directory, () => operation.host.readDirectory(request));
  if (report.kind !== "absent") return userIn(operation, directory, report, referencePointId);
  const [parent] = operation.paths.parents(directory);
  if (parent === undefined) return undefined;
  const survey = { parent, marker: CLAIM_FILE, containing: exportId, texts: [CLAIM_FILE] };
  const beside = await operation.ask(STEP, parent, () => operation.host.surveyDirectory(survey));
  return beside.map((moved) => userIn(operation, moved.directory, moved.report, referencePointId)).find((user) => user !== undefined);
}

function userIn(operation: Operation, directory: string, report: DirectoryReport, referencePointId: string): string | undefined {
  if (report.kind !== "directory") return `an export in ${directory}, which cannot be looked at now`;
  const text = report.texts[CLAIM_FILE];
  if (text === undefined) return undefined;
  const claim = parseClaim(text, operation.paths);
  if (!claim.ok) return `an export in ${directory}, whose claim cannot be read`;
  const { finished, attempt, owner } = claim.value;
  const base = finished?.target.baseReferencePointId ?? attempt?.target.baseReferencePointId;
  return base !== undefined && sameId(base, referencePointId) ? `${describeOwner(owner)} in ${directory}` : undefined;
}

async function folderOf(operation: Operation, referencePointId: string): Promise<string> {
  const records = await operation.ask(STEP, operation.surroundings.hostName, () => operation.host.recordsDirectory());
  const id = normaliseReferencePointId(referencePointId);
  return operation.paths.join(records, `bases/${(id.ok ? id.value : referencePointId).replace(/^Microsoft:/, "")}`);
}

/** Any id is a name that every file system takes. */
function fileOf(exportId: string): string {
  return `${sha256Of(exportId).slice(0, 32)}.json`;
}
