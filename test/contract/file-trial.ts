import { pathRules } from "../../provider/domain/paths/path-rules";
import type { Answer, DirectoryReport, Place, Task } from "../../provider/host/port";
import { value } from "./answers";
import type { FileStage } from "./stage";

/** A host's files on their stage, and the steps that many rules begin with. */
export class FileTrial<Stage extends FileStage = FileStage> {
  private serial = 0;

  constructor(readonly stage: Stage) {}

  get host(): Stage["host"] {
    return this.stage.host;
  }

  get files(): Stage["files"] {
    return this.stage.files;
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
    const [made] = await this.host.createDirectories([{ directory }]);
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

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
