import { errorTable } from "../../../domain/errors/error-table";
import { ExportError, isExportError } from "../../../domain/errors/export-error";
import { type ChainRecord, parseChainRecord } from "../../../domain/export-chain/chain-record";
import { recordText } from "../../../domain/records/record-file";
import { CHAIN_FILE } from "../../../domain/records/record-names";
import { sha256Of } from "../../../domain/values/sha256";
import type { DirectoryReport, Place, Precondition } from "../../../host/port";
import { ignoreFullVolume, isSuperseded } from "../../session/host-failure";
import type { Operation } from "../../session/operation";

export const LOOK_STEP = "look at the chain's directory";

/**
 * The record of a chain: every change of it goes through here, to the host first, and only while it is as this run has last seen it. Of
 * two runs that are at it at once, the one that changes it first has it; the other is refused from then on.
 */
export class ChainFile implements Place {
  /** Writes that have not been answered, or were refused: one of them may have been done, or may be done yet. */
  private unanswered: { readonly text: string; readonly record: ChainRecord }[] = [];
  /** The record says what the volume does not say yet. */
  private isNoted = false;

  constructor(
    private operation: Operation,
    readonly directory: string,
    readonly canonicalPath: string,
    private current: ChainRecord,
    private text: string,
  ) {}

  get record(): ChainRecord {
    return this.current;
  }

  /** The record as this run has last seen or written it. */
  condition(): Precondition {
    return { directory: this.directory, path: CHAIN_FILE, sha256: sha256Of(this.text) };
  }

  async change(changes: Changes): Promise<void> {
    const next = { ...this.current, ...changes } as ChainRecord;
    const text = recordText(next);
    // The text on the volume may have its members in another order.
    if (!this.isNoted && text === recordText(this.current)) return;
    const { directory, canonicalPath } = this;
    const file = { directory, canonicalPath, path: CHAIN_FILE, text, onlyIf: this.condition() };
    this.unanswered.push({ text, record: next });
    await this.operation.ask("write the chain's record", directory, () => this.operation.host.replaceTextFile(file));
    this.unanswered = [];
    this.text = text;
    this.current = next;
    this.isNoted = false;
  }

  /** A change that goes to the host with the next one. Only for what the record as it stands there lets a later run find out again. */
  note(changes: Changes): void {
    this.current = { ...this.current, ...changes } as ChainRecord;
    this.isNoted = true;
  }

  /** Writes what has been noted, where no other change is to come. */
  async writeNoted(): Promise<void> {
    await this.change({});
  }

  /** The same for what a run has failed with: by the next one, nothing else may prove what has been noted. Never throws. */
  async keepNoted(operation: Operation): Promise<void> {
    if (!this.isNoted) return;
    const keep = async () => {
      await this.settleWrite();
      await this.writeNoted();
    };
    await this.during(operation, keep).catch(() => {});
  }

  /** What has to be put in order after the operation's own time is over goes by another one's. */
  async during<T>(operation: Operation, work: () => Promise<T>): Promise<T> {
    const usual = this.operation;
    this.operation = operation;
    try {
      return await work();
    } finally {
      this.operation = usual;
    }
  }

  /**
   * Takes the record as a write has left it that this run has given up waiting for.
   *
   * @returns whether one of them is done by now
   */
  async settleWrite(): Promise<boolean> {
    if (this.unanswered.length === 0) return false;
    const look = await lookAtChain(this.operation, this.directory);
    const done = look.kind === "chain" ? this.unanswered.find(({ text }) => text === look.file.text) : undefined;
    if (done === undefined) return false;
    this.text = done.text;
    this.current = done.record;
    this.isNoted = false;
    this.unanswered = [];
    return true;
  }

  /**
   * The same for a change that tells of a removal to come: where there is no room to write it, what fills the volume may be what is to be
   * removed. The record stands as it was then, which is looked at in its place.
   *
   * @returns whether it is written
   */
  async changeIfRoom(changes: Changes): Promise<boolean> {
    try {
      await this.change(changes);
      return true;
    } catch (error) {
      ignoreFullVolume(error);
      await this.requireUnchanged();
      return false;
    }
  }

  private async requireUnchanged(): Promise<void> {
    const look = await lookAtChain(this.operation, this.directory);
    if (look.kind === "chain" && look.file.text === this.text) return;
    throw overtaken(LOOK_STEP, this.directory);
  }
}

export type Changes = { readonly [Name in keyof ChainRecord]?: ChainRecord[Name] | undefined };

function overtaken(step: string, directory: string, cause?: unknown): ExportError {
  const reason = "its record has been changed since this run looked at it";
  return new ExportError("superseded", { step, subject: directory, reason }, { cause });
}

/** What one look at a chain's directory tells. */
export type ChainLook =
  | { readonly kind: "chain"; readonly file: ChainFile }
  | { readonly kind: "unreadable"; readonly reason: string; readonly canonicalPath: string }
  /** The record was made for another path: a copy, or a directory that was moved or is reached through a changed link. */
  | { readonly kind: "copy"; readonly file: ChainFile }
  /** There is a directory without a record. */
  | { readonly kind: "bare"; readonly canonicalPath: string }
  | Exclude<DirectoryReport, { readonly kind: "directory" }>;

export async function lookAtChain(operation: Operation, directory: string): Promise<ChainLook> {
  const request = { directory, texts: [CHAIN_FILE], list: false };
  const report = await operation.ask(LOOK_STEP, directory, () => operation.host.readDirectory(request));
  if (report.kind !== "directory") return report;
  const { canonicalPath, texts } = report;
  const text = texts[CHAIN_FILE];
  if (text === undefined) return { kind: "bare", canonicalPath };
  const parsed = parseChainRecord(text);
  if (!parsed.ok) return { kind: "unreadable", reason: parsed.reason, canonicalPath };
  const file = new ChainFile(operation, directory, canonicalPath, parsed.value, text);
  return { kind: operation.paths.same(parsed.value.canonicalPath, canonicalPath) ? "chain" : "copy", file };
}

/** What a run failed with or, where another run has changed the record meanwhile, that: what it made of the chain may be all that failed here. */
export async function orOvertaken(operation: Operation, file: ChainFile, error: unknown): Promise<unknown> {
  if (!isExportError(error) || isSuperseded(error)) return error;
  const late = operation.extended(LOOK_LIMIT_MS);
  const look = await lookAtChain(late, file.directory).catch(() => undefined);
  if (look?.kind !== "chain" || look.file.condition().sha256 === file.condition().sha256) return error;
  return overtaken(error.step, file.directory, error);
}

/** How long that look may take, beyond the operation's own time. */
const LOOK_LIMIT_MS = 10_000;

export function unreadableRecord(step: string, directory: string, reason: string): ExportError {
  return new ExportError("chain-record-damaged", { step, subject: directory, reason });
}

export function movedChain(step: string, { directory, record, canonicalPath }: ChainFile): ExportError {
  const reason = `its record was made for ${record.canonicalPath}, and the path now leads to ${canonicalPath}`;
  const remedy = `${errorTable["directory-moved"].remedy} If the chain has moved there for good, set directory to ${canonicalPath} and onExisting to "adopt": pulumi up takes it over as it is.`;
  return new ExportError("directory-moved", { step, subject: directory, reason, remedy });
}
