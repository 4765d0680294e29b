import { pathRules } from "../../provider/domain/paths/path-rules";
import type { Answer, DirectoryReport, ExportJob, ExportRequest, ExportStart, Host, Place, Task } from "../../provider/host/port";
import { value } from "./answers";
import type { ContractStage, StageFiles } from "./stage";

/** An adapter on its stage, and the steps that many rules begin with. */
export class Trial {
  readonly host: Host;
  readonly files: StageFiles;
  private serial = 0;

  constructor(readonly stage: ContractStage) {
    this.host = stage.host;
    this.files = stage.files;
  }

  /** A path below a directory of the host; `relative` has forward slashes. */
  at(directory: string, relative: string): string {
    return pathRules(this.host.pathStyle).join(directory, relative);
  }

  /** A directory that is not there yet. */
  fresh(): string {
    return this.at(this.stage.scratch, `case-${++this.serial}`);
  }

  /** An empty directory of its own. */
  async place(): Promise<Place> {
    const directory = this.fresh();
    const [made] = await this.host.createDirectories([directory]);
    return { directory, canonicalPath: value(made).canonicalPath };
  }

  async text(file: string): Promise<string> {
    return Buffer.from(await this.files.read(file)).toString("utf8");
  }

  async report(directory: string, texts: readonly string[] = []): Promise<Extract<DirectoryReport, { kind: "directory" }>> {
    const [answer] = await this.host.readDirectories([{ directory, texts, list: true }]);
    const report = value(answer);
    if (report.kind !== "directory") throw new Error(`${directory} is ${report.kind}`);
    return report;
  }

  async bytesBelow(directory: string): Promise<number> {
    return (await this.report(directory)).entries.reduce((sum, entry) => sum + entry.bytes, 0);
  }

  async machine() {
    const [answer] = await this.host.findVirtualMachines([this.stage.machine]);
    const [machine] = value(answer);
    if (!machine) throw new Error(`no machine ${this.stage.machine}`);
    return machine;
  }

  /** Ids of the machine's two oldest points. */
  async points(): Promise<[older: string, newer: string]> {
    const [answer] = await this.host.listReferencePoints([(await this.machine()).id]);
    const [older, newer] = value(answer);
    return [older?.id ?? "", newer?.id ?? ""];
  }

  /** A full export of the machine's oldest point. */
  async request(exportDirectory: string): Promise<ExportRequest> {
    const [referencePointId] = await this.points();
    return { virtualMachineId: (await this.machine()).id, referencePointId, disksToExport: [], exportDirectory };
  }

  async start(exportDirectory: string): Promise<Answer<ExportStart> | undefined> {
    const [answer] = await this.host.exportReferencePoints([await this.request(exportDirectory)]);
    return answer;
  }

  /** Waits until a started export is over; undefined where no job tells of it. */
  async over(answer: Answer<ExportStart> | undefined): Promise<ExportJob | undefined> {
    const start = value(answer);
    return start.kind === "job" ? this.watched(start.path) : undefined;
  }

  async watched(job: string): Promise<ExportJob | undefined> {
    for (;;) {
      const { jobs } = await this.host.poll({ jobs: [job], tasks: [] });
      const found = value(jobs[0]);
      if (!found || ![2, 3, 4].includes(found.jobState)) return found;
      await pause(20);
    }
  }

  async finished(task: string) {
    for (;;) {
      const [answer] = (await this.host.poll({ jobs: [], tasks: [task] })).tasks;
      if (answer && !(answer.ok && answer.value.kind === "running")) return answer;
      await pause(5);
    }
  }

  /** An error at the start and one at the end are the same to a caller. */
  async ended(task: Task): Promise<Answer<unknown>> {
    const [started] = await this.host.startTasks([task]);
    return started?.ok ? this.finished(started.value) : (started as Answer<unknown>);
  }
}

export function jobOf(answer: Answer<ExportStart> | undefined): string {
  const start = value(answer);
  if (start.kind !== "job") throw new Error("it completed at once");
  return start.path;
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
