import { ExportError } from "../../../domain/errors/export-error";
import type { PointAttempt } from "../../../domain/records/method-attempts/point-attempt";
import { ownerOfUrn } from "../../../domain/records/owner";
import { recordText } from "../../../domain/records/record-file";
import {
  POINT_RECORD,
  type PointEntry,
  type PointRecord,
  parsePointRecord,
  recordFolderOf,
} from "../../../domain/reference-point/point-record";
import { sha256Of } from "../../../domain/values/sha256";
import type { Precondition } from "../../../host/port";
import type { Operation } from "../../session/operation";
import { runTask } from "../../session/run-task";
import type { PointEvidence } from "./point-evidence";

const STEP = "write the record of the reference point";

/**
 * The record of one resource on its host, in a folder of its own. Every change of it goes through here, to the host first, and rests on
 * the condition that nobody else has changed it: of two runs that are at it at once, the one that changes it first has it.
 */
export class KeptRecord {
  private constructor(
    private readonly operation: Operation,
    private readonly directory: string,
    private readonly urn: string,
    private canonicalPath: string | undefined,
    private text: string | undefined,
    private known: readonly PointEntry[],
  ) {}

  static async open(operation: Operation, urn: string): Promise<KeptRecord> {
    const step = "read the record of the reference point";
    const { hostName } = operation.surroundings;
    const records = await operation.ask(step, hostName, () => operation.host.recordsDirectory());
    const directory = operation.paths.join(records, recordFolderOf(urn));
    const request = { directory, texts: [POINT_RECORD], list: false };
    const report = await operation.ask(step, directory, () => operation.host.readDirectory(request));
    if (report.kind !== "directory") return new KeptRecord(operation, directory, urn, undefined, undefined, []);
    const text = report.texts[POINT_RECORD];
    if (text === undefined) return new KeptRecord(operation, directory, urn, report.canonicalPath, undefined, []);
    const parsed = parsePointRecord(text);
    const reason = parsed.ok ? (parsed.value.owner.urn === urn ? undefined : "it names another resource") : parsed.reason;
    if (!parsed.ok || reason !== undefined) {
      const remedy =
        "Restore the file. Remove it only where the stack's state has the point: that is enough to go on, and of a create that was killed nothing else knows.";
      throw new ExportError("claim-damaged", {
        step,
        subject: operation.paths.join(directory, POINT_RECORD),
        reason: reason ?? "",
        remedy,
      });
    }
    return new KeptRecord(operation, directory, urn, report.canonicalPath, text, parsed.value.entries);
  }

  get entries(): readonly PointEntry[] {
    return this.known;
  }

  entryOf(id: string): PointEntry | undefined {
    return this.known.find((entry) => entry.id === id);
  }

  /** Writes an entry in the place of the one with its id, or of the one that it takes over. */
  async put(entry: PointEntry, instead = entry.id): Promise<void> {
    const others = this.known.filter(({ id }) => id !== entry.id && id !== instead);
    await this.write([...others, entry]);
  }

  /** With the last entry the record goes, and its folder if nothing else is in it. */
  async remove(id: string): Promise<void> {
    if (this.entryOf(id) === undefined) return;
    const left = this.known.filter((entry) => entry.id !== id);
    if (left.length > 0) return this.write(left);
    const { operation, directory, canonicalPath } = this;
    if (canonicalPath === undefined) return;
    await runTask(operation, STEP, { kind: "remove", directory, canonicalPath, files: [POINT_RECORD], onlyIf: this.condition() });
    this.text = undefined;
    this.known = [];
    await operation.ask(STEP, directory, () => operation.host.removeEmptyDirectory({ directory }));
    // Whoever writes again makes the folder anew.
    this.canonicalPath = undefined;
  }

  /** What proves which point is the entry's. Once the point is known, the attempt has done its work and goes in the same write. */
  evidenceFor(entry: Omit<PointEntry, "attempt">): PointEvidence {
    return {
      read: () => this.entryOf(entry.id)?.attempt,
      write: (attempt) => this.put(withAttempt(this.entryOf(entry.id) ?? entry, attempt, this.operation.timestamp())),
      condition: () => this.condition(),
    };
  }

  condition(): Precondition {
    return { directory: this.directory, path: POINT_RECORD, sha256: this.text === undefined ? undefined : sha256Of(this.text) };
  }

  private async write(entries: readonly PointEntry[]): Promise<void> {
    const { operation, directory } = this;
    const record: PointRecord = {
      format: "pulumi-hyperv-reference-point/points",
      version: 1,
      owner: ownerOfUrn(this.urn),
      entries: [...entries],
    };
    const text = recordText(record);
    this.canonicalPath ??= (await operation.ask(STEP, directory, () => operation.host.createDirectory({ directory }))).canonicalPath;
    const file = { directory, canonicalPath: this.canonicalPath, path: POINT_RECORD, text, onlyIf: this.condition() };
    await operation.ask(STEP, directory, () => operation.host.replaceTextFile(file));
    this.text = text;
    this.known = entries;
  }
}

function withAttempt(
  { attempt: _, referencePointId: _point, createdAt, ...entry }: PointEntry,
  attempt: PointAttempt,
  now: string,
): PointEntry {
  const { referencePointId } = attempt;
  return referencePointId === undefined ? { ...entry, attempt } : { ...entry, referencePointId, createdAt: createdAt ?? now };
}
