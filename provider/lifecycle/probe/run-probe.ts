import { ExportError } from "../../domain/errors/export-error";
import { declaredNames } from "../../domain/probe/declared-names";
import { settledFacts } from "../../domain/probe/probe-facts";
import { type ProbeRecord, probeDiskFile, probeName } from "../../domain/probe/probe-record";
import type { ProbeReport } from "../../domain/probe/probe-report";
import { PROBE_DISK, type ProbeExport, type ProbePoint, type ProbeStep, probeStepNames } from "../../domain/probe/probe-steps";
import type { SiteNames } from "../../domain/probe/without-names";
import { isRecord } from "../../domain/records/record-names";
import type { AskedInstance } from "../../host/port";
import { explain } from "../session/host-failure";
import { runTask } from "../session/run-task";
import { Unfinished } from "../session/unfinished";
import { type CallJournal, instanceOf } from "./call-journal";
import { KeptProbe } from "./kept-probe";
import { isWithoutMachine, makeMachine } from "./make-machine";
import { exportDirectory, exportInputs, type Probing, pointInputs } from "./probe-resources";
import { removeProbe } from "./remove-probe";

/** Whoever looks on. */
export interface ProbeWatch {
  began(step: ProbeStep): void;
  ended(step: ProbeReport["steps"][number]): void;
}

export interface Probed {
  readonly report: ProbeReport;
  readonly names: SiteNames;
}

const NO_BYTES_BETWEEN =
  "Change tracking sees only what goes through Hyper-V's own storage: a running guest, or a disk that is attached to the host, which takes an administrator. So both points are of the same content.";

/** Makes a machine, learns from it what can be learnt, and removes it, whatever happens on the way. */
export async function runProbe(probing: Probing, record: ProbeRecord, journal: CallJournal, watch: ProbeWatch): Promise<Probed> {
  const run = new ProbeRun(probing, record, journal, watch);
  await run.make();
  await run.remove();
  return { report: run.report(), names: run.names };
}

class ProbeRun {
  readonly names: ReturnType<typeof declaredNames>;
  private readonly steps: ProbeReport["steps"] = [];
  private readonly exports: ProbeReport["exports"] = [];
  private readonly instances: ProbeReport["instances"] = [];
  private readonly host: ProbeReport["host"];
  private disk: ProbeReport["disk"];
  private kept: KeptProbe | undefined;
  private noMachineComes = false;
  private readonly points: Partial<Record<ProbePoint, string>> = {};
  private removal: Awaited<ReturnType<typeof removeProbe>> = { removed: [], left: [], foreign: [], calls: [] };

  constructor(
    private readonly probing: Probing,
    private readonly record: ProbeRecord,
    private readonly journal: CallJournal,
    private readonly watch: ProbeWatch,
  ) {
    this.host = { kind: probing.host.kind };
    this.names = declaredNames(probing.host);
    this.names.DIRECTORY.push(record.directory);
  }

  async make(): Promise<void> {
    const isMade =
      (await this.take("look", () => this.look())) &&
      (await this.take("folder", () => this.makeFolder())) &&
      (await this.take("machine", () => this.makeMachine())) &&
      (await this.take("firstPoint", () => this.makePoint("firstPoint"))) &&
      (await this.take("fullExport", () => this.makeExport("fullExport", "firstPoint"))) &&
      (await this.take("secondPoint", () => this.makePoint("secondPoint"))) &&
      (await this.take("differentialExport", () => this.makeExport("differentialExport", "secondPoint", "firstPoint"))) &&
      (await this.take("cancelledExport", () => this.cancelExport()));
    if (isMade) return;
    const done = this.steps.map(({ step }) => step);
    for (const step of probeStepNames)
      if (step !== "remove" && !done.includes(step)) this.end({ step, outcome: "skipped", milliseconds: 0 });
  }

  /** Also what a person has stopped. */
  async remove(): Promise<void> {
    this.journal.remove();
    const { kept } = this;
    if (kept === undefined) return this.end({ step: "remove", outcome: "skipped", milliseconds: 0 });
    const operation = this.probing.operation.extended(REMOVAL_LIMIT_MS);
    const isRemoved = await this.take("remove", async () => {
      const late = await kept.forRemoval(operation);
      this.removal = await removeProbe({ ...this.probing, operation }, late, {
        laterPoint: this.points.secondPoint,
        noMachineComes: this.noMachineComes,
      });
      this.journal.add(this.removal.calls);
      if (this.removal.left.length === 0) return;
      throw new ExportError("host-failed", {
        step: "remove all of it",
        subject: probeName(this.record),
        reason: this.removal.left.join("; "),
      });
    });
    if (!isRemoved && this.removal.left.length === 0) this.removal.left.push(`${probeName(this.record)}: nothing of it was removed`);
  }

  report(): ProbeReport {
    const { steps, exports, host, disk } = this;
    const { removed, left, foreign, afterBaseDestroyed } = this.removal;
    const result = steps.every(({ outcome }) => outcome === "fine") ? ("complete" as const) : ("incomplete" as const);
    const seen = {
      format: "hyperv-export/probe" as const,
      version: 1 as const,
      result,
      host,
      steps,
      calls: this.journal.calls,
      instances: [...this.instances, ...this.journal.running],
      exports,
      ...(disk && { disk }),
      ...(afterBaseDestroyed && { afterBaseDestroyed }),
      removed,
      left,
      foreign,
    };
    return { ...seen, facts: settledFacts(seen) };
  }

  /** Whether the step went well. It is in the record before it is done. */
  private async take(step: ProbeStep, work: () => Promise<void>): Promise<boolean> {
    this.journal.step = step;
    this.watch.began(step);
    const begun = performance.now();
    const ended = () => Math.round(performance.now() - begun);
    try {
      if (step !== "remove") await this.kept?.begin(step);
      await work();
      this.end({ step, outcome: "fine", milliseconds: ended() });
      return true;
    } catch (error) {
      const why = explain(error instanceof Unfinished ? error.reason : error, "probe the host", step);
      const { code, subject, reason } = why;
      this.end({ step, outcome: "failed", milliseconds: ended(), code, message: `${subject}: ${reason}`, remedy: remedyOf(step, why) });
      return false;
    }
  }

  private end(step: ProbeReport["steps"][number]): void {
    this.steps.push(step);
    this.watch.ended(step);
  }

  private async look(): Promise<void> {
    const { operation } = this.probing;
    const { hostName } = operation.surroundings;
    const [problem] = operation.paths.check(operation.paths.join(this.record.directory, `${probeName(this.record)}/differential`));
    if (problem !== undefined) {
      throw new ExportError("invalid-arguments", { step: "look at the directory", subject: this.record.directory, reason: problem });
    }
    await this.requireDirectory();
    const facts = await operation.ask("check the host", hostName, () => operation.host.inspect());
    this.names.HOST.push(facts.computerName);
    this.names.ACCOUNT.push(facts.account);
    this.names.DIRECTORY.push(await operation.ask("check the host", hostName, () => operation.host.recordsDirectory()));
    const [fault] = facts.faults;
    if (fault) throw explain(fault, "check the host", hostName);
    const { powershell, isElevated } = facts;
    Object.assign(
      this.host,
      powershell && { powershell: `${powershell.version} ${powershell.edition}` },
      isElevated !== undefined && { elevated: isElevated },
    );
    const system = await operation.ask("check the host", hostName, () => operation.host.readInstance({ kind: "system" }));
    Object.assign(this.host, system?.properties);
  }

  /** One that is made with the probe's folder would stay when that is removed. */
  private async requireDirectory(): Promise<void> {
    const { operation } = this.probing;
    const { directory } = this.record;
    const step = "look at the directory";
    const { kind } = await operation.ask(step, directory, () => operation.host.readDirectory({ directory, texts: [], list: false }));
    if (kind === "directory") return;
    const remedy = "Make it, or name one that is there.";
    throw new ExportError("invalid-arguments", { step, subject: directory, reason: "it is no directory that is there", remedy });
  }

  private async makeFolder(): Promise<void> {
    const { operation } = this.probing;
    const kept = await KeptProbe.begin(operation, { ...this.record, begun: [{ step: "folder", at: operation.timestamp() }] });
    this.kept = kept;
    const directory = kept.folder;
    const made = await operation.ask("make the folder of the probe", directory, () => operation.host.createDirectory({ directory }));
    this.names.DIRECTORY.push(made.canonicalPath);
    if (!made.created) {
      throw new ExportError("directory-not-empty", {
        step: "make the folder of the probe",
        subject: directory,
        reason: "it is there already",
      });
    }
    await kept.learn({ canonicalPath: made.canonicalPath });
  }

  private async makeMachine(): Promise<void> {
    const kept = this.begun();
    const { virtualMachineId, calls } = await makeMachine(this.probing.operation, kept).catch((error: unknown) => {
      this.noMachineComes = isWithoutMachine(error);
      throw error;
    });
    this.journal.add(calls);
    this.disk = { bytes: PROBE_DISK.bytes, knownBytes: 1024 * 1024, writtenBetweenPoints: false, why: NO_BYTES_BETWEEN };
    await kept.learn({ virtualMachineId });
  }

  private async makePoint(step: ProbePoint): Promise<void> {
    const kept = this.begun();
    const { virtualMachineId = "" } = kept.record;
    const { referencePointId } = await this.probing.doors.createPoint(pointInputs(this.probing.host, kept, step, virtualMachineId));
    if (referencePointId === undefined) return;
    this.points[step] = referencePointId;
    await this.tell({ kind: "point", virtualMachineId, referencePointId }, step, "point");
    await this.tellJobs(step);
  }

  private async makeExport(step: ProbeExport, point: ProbePoint, base?: ProbePoint): Promise<void> {
    const state = await this.probing.doors.createExport(this.inputsOf(step, point, base));
    await this.tellJobs(step);
    await this.list(step, new Map((state.files ?? []).map(({ path, sha256 }) => [path, sha256])));
  }

  /** The journal cancels its job as soon as there is one. However it ends then, that is what was to be seen. */
  private async cancelExport(): Promise<void> {
    const step = "cancelledExport";
    const end = await this.probing.doors.createExport(this.inputsOf(step, "firstPoint")).then(
      () => undefined,
      (error: unknown) => explain(error instanceof Unfinished ? error.reason : error, "cancel the export", step),
    );
    const isCancelled = this.journal.calls.some((call) => call.step === step && call.method === "RequestStateChange");
    if (end && !isCancelled) throw end;
    await this.tellJobs(step);
    await this.list(step, new Map(), end?.code);
  }

  private inputsOf(step: ProbeExport, point: ProbePoint, base?: ProbePoint) {
    const { operation, host } = this.probing;
    const kept = this.begun();
    const inputs = exportInputs(host, exportDirectory(operation, kept, step), kept, step, kept.record.virtualMachineId ?? "");
    const baseReferencePoint = base && this.points[base];
    return { ...inputs, referencePoint: this.points[point] ?? "", ...(baseReferencePoint !== undefined && { baseReferencePoint }) };
  }

  private async tellJobs(step: ProbeStep): Promise<void> {
    for (const { path } of this.journal.jobs.filter((job) => job.step === step)) await this.tell({ kind: "job", path }, step, "job");
  }

  private async tell(asked: AskedInstance, step: ProbeStep, of: "job" | "point"): Promise<void> {
    const { operation } = this.probing;
    const told = await operation.ask("read what the host tells", step, () => operation.host.readInstance(asked));
    if (told) this.instances.push(instanceOf(step, of, "ended", told));
  }

  private async list(step: ProbeExport, digests: ReadonlyMap<string, string>, endedWith?: string): Promise<void> {
    const { operation } = this.probing;
    const kept = this.begun();
    const directory = exportDirectory(operation, kept, step);
    const report = await operation.ask("list the export", directory, () =>
      operation.host.readDirectory({ directory, texts: [], list: true }),
    );
    const disk = digests.size > 0 ? await this.digestOfDisk(kept) : undefined;
    const entries = (report.kind === "directory" ? report.entries : [])
      .filter(({ path }) => !isRecord(path))
      .map(({ path, kind, bytes }) => ({
        path,
        kind,
        bytes,
        ...(disk !== undefined && digests.get(path) === disk && { isTheDisk: true }),
      }));
    this.exports.push({ step, ...(endedWith !== undefined && { endedWith }), entries });
  }

  private async digestOfDisk({ folder, record }: KeptProbe): Promise<string | undefined> {
    const place = { directory: folder, canonicalPath: record.canonicalPath ?? "" };
    const hashed = await runTask(this.probing.operation, "read the disk", { ...place, kind: "hash", files: [probeDiskFile(record)] });
    return hashed.files[0]?.sha256;
  }

  private begun(): KeptProbe {
    if (this.kept === undefined) throw new Error("the probe has no record");
    return this.kept;
  }
}

/** What makes points and exports speaks to whoever runs an up, which goes on from what is there. A probe removes it and begins anew. */
function remedyOf(step: ProbeStep, { code, remedy }: ExportError): string {
  if (step === "remove") return "Run hyperv-export probe --host HOST --clean.";
  const isBeforePoints = step === "look" || step === "folder" || step === "machine";
  return isBeforePoints && code !== "connection-lost" ? remedy : "Mend what is named, then probe again: it begins anew.";
}

const REMOVAL_LIMIT_MS = 15 * 60_000;
