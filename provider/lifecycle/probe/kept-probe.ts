import { ExportError } from "../../domain/errors/export-error";
import { PROBE_RECORD, type ProbeRecord, parseProbeRecord, probeName } from "../../domain/probe/probe-record";
import type { ProbeStep } from "../../domain/probe/probe-steps";
import { recordText } from "../../domain/records/record-file";
import { sha256Of } from "../../domain/values/sha256";
import type { Place, Precondition } from "../../host/port";
import { ignoreFullVolume } from "../session/host-failure";
import type { Operation } from "../session/operation";
import { runTask } from "../session/run-task";

const STEP = "write the record of the probe";
const folderForm = /^hyperv-export-probe-[0-9a-f-]{36}$/;
const leftoverForm = /^hyperv-export-probe\.json\.[0-9a-f]{12}\.tmp$/;

/** A probe's record on its host, in a folder of its own. Every change rests on the record being as this run has last seen or written it. */
export class KeptProbe {
  private constructor(
    private readonly operation: Operation,
    private readonly place: Place,
    private known: ProbeRecord,
    private text: string,
  ) {}

  static async begin(operation: Operation, record: ProbeRecord): Promise<KeptProbe> {
    const directory = operation.paths.join(await recordsOf(operation), probeName(record));
    const { canonicalPath } = await operation.ask(STEP, directory, () => operation.host.createDirectory({ directory }));
    const kept = new KeptProbe(operation, { directory, canonicalPath }, record, recordText(record));
    const file = { ...kept.place, path: PROBE_RECORD, text: kept.text };
    await operation.ask(STEP, directory, () => operation.host.createTextFile(file));
    return kept;
  }

  /** Those of all probes of the host. One that is not to be read is an error: it may tell of what nothing else knows. */
  static async all(operation: Operation): Promise<KeptProbe[]> {
    const step = "read the records of probes";
    const directory = await recordsOf(operation);
    const look = (texts: readonly string[], list: boolean) =>
      operation.ask(step, directory, () => operation.host.readDirectory({ directory, texts, list }));
    const listed = await look([], true);
    if (listed.kind !== "directory") return [];
    const folders = listed.entries.filter(({ kind, path }) => kind === "directory" && folderForm.test(path)).map(({ path }) => path);
    if (folders.length === 0) return [];
    const read = await look(
      folders.map((folder) => `${folder}/${PROBE_RECORD}`),
      false,
    );
    const found: KeptProbe[] = [];
    for (const folder of folders) {
      const text = read.kind === "directory" ? read.texts[`${folder}/${PROBE_RECORD}`] : undefined;
      const { join } = operation.paths;
      const place = { directory: join(directory, folder), canonicalPath: join(listed.canonicalPath, folder) };
      if (text === undefined) {
        // A probe that was killed before it had written its record has made nothing, and nothing else lies there.
        if ((await removeFolder(operation, place, [])) !== "notEmpty") continue;
        throw damaged(step, join(place.directory, PROBE_RECORD), folder, "it is not there, and other files are");
      }
      const parsed = parseProbeRecord(text);
      if (parsed.ok && probeName(parsed.value) === folder) {
        found.push(new KeptProbe(operation, place, parsed.value, text));
        continue;
      }
      const reason = parsed.ok ? "it lies in the folder of another probe" : parsed.reason;
      throw damaged(step, join(place.directory, PROBE_RECORD), folder, reason);
    }
    return found;
  }

  get record(): ProbeRecord {
    return this.known;
  }

  /** The probe's own folder, in the directory that was given. */
  get folder(): string {
    return this.operation.paths.join(this.known.directory, probeName(this.known));
  }

  hasBegun(step: ProbeStep): boolean {
    return this.known.begun.some((one) => one.step === step);
  }

  /** Written before the step is done. */
  begin(step: ProbeStep): Promise<void> {
    return this.write({ ...this.known, begun: [...this.known.begun, { step, at: this.operation.timestamp() }] });
  }

  /**
   * The same record, for a removal that has time of its own. Where a clean has removed it that took the probe for a killed one, it is
   * written again: something may have been made since. Where it cannot be written, it serves as it is.
   */
  async forRemoval(operation: Operation): Promise<KeptProbe> {
    const { directory } = this.place;
    const report = await operation.ask(STEP, directory, () =>
      operation.host.readDirectory({ directory, texts: [PROBE_RECORD], list: false }),
    );
    const text = report.kind === "directory" ? report.texts[PROBE_RECORD] : undefined;
    if (text === undefined) return KeptProbe.begin(operation, this.known);
    const kept = new KeptProbe(operation, this.place, this.known, text);
    await kept.begin("remove").catch(ignoreFullVolume);
    return kept;
  }

  learn(facts: Pick<Partial<ProbeRecord>, "canonicalPath" | "virtualMachineId">): Promise<void> {
    return this.write({ ...this.known, ...facts });
  }

  condition(): Precondition {
    return { directory: this.place.directory, path: PROBE_RECORD, sha256: sha256Of(this.text) };
  }

  async remove(): Promise<void> {
    await removeFolder(this.operation, this.place, [PROBE_RECORD], this.condition());
  }

  private async write(record: ProbeRecord): Promise<void> {
    const { operation, place } = this;
    const text = recordText(record);
    const file = { ...place, path: PROBE_RECORD, text, onlyIf: this.condition() };
    await operation.ask(STEP, place.directory, () => operation.host.replaceTextFile(file));
    this.text = text;
    this.known = record;
  }
}

function damaged(step: string, subject: string, name: string, reason: string): ExportError {
  const remedy = `Restore the file. Look for the machine ${name} on the host before you remove it.`;
  return new ExportError("claim-damaged", { step, subject, reason, remedy });
}

/** Removes files of a record's folder, with what killed writes have left beside them, and the folder if nothing else is in it. */
async function removeFolder(
  operation: Operation,
  place: Place,
  files: readonly string[],
  onlyIf?: Precondition,
): Promise<"removed" | "notEmpty" | "absent"> {
  const { directory } = place;
  const report = await operation.ask(STEP, directory, () => operation.host.readDirectory({ directory, texts: [], list: true }));
  const entries = report.kind === "directory" ? report.entries : [];
  const leftovers = entries.filter(({ kind, path }) => kind === "file" && leftoverForm.test(path)).map(({ path }) => path);
  const all = [...leftovers, ...files];
  if (all.length > 0) await runTask(operation, STEP, { ...place, kind: "remove", files: all, ...(onlyIf && { onlyIf }) });
  return operation.ask(STEP, directory, () => operation.host.removeEmptyDirectory({ directory }));
}

function recordsOf(operation: Operation): Promise<string> {
  return operation.ask("find the folder of records", operation.surroundings.hostName, () => operation.host.recordsDirectory());
}
