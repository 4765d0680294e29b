import { failure, success } from "../../answer";
import { hostErrorFrom } from "../../local-files/file-errors";
import type { FileVerb, LocalFiles } from "../../local-files/local-files";
import {
  type Answer,
  type ChangedDirectory,
  type CreatedDirectory,
  type DirectoryReport,
  type DirectoryRequest,
  type FileMove,
  type FreeBytes,
  type Host,
  HostError,
  type SurveyedDirectory,
  type SurveyRequest,
  type Task,
  type TaskId,
  type TextFile,
  type TextReplacement,
} from "../../port";
import type { Lab } from "../lab/lab";

/** This machine's files as the simulated host shows them: with the lab's faults, its free space, and its jobs brought up to now. */
export class FaultyFiles implements Pick<Host, FileVerb> {
  constructor(
    private readonly lab: Lab,
    private readonly files: LocalFiles,
  ) {}

  async readDirectories(requests: readonly DirectoryRequest[]): Promise<Answer<DirectoryReport>[]> {
    const { settings } = await this.lab.settlement.settle();
    const answers = await this.each("readDirectories", requests, directoryOf, async (request) => {
      await this.slowDown("readDirectories", request.directory);
      return this.files.readDirectories([request]);
    });
    return answers.map((answer) => {
      if (answer.ok) return success(told(answer.value, settings.freeBytes));
      return answer.error.kind === "volumeMissing" ? success({ kind: "volumeMissing" }) : answer;
    });
  }

  async surveyDirectories(requests: readonly SurveyRequest[]): Promise<Answer<SurveyedDirectory[]>[]> {
    const { settings } = await this.lab.settlement.settle();
    const parentOf = (request: SurveyRequest) => request.parent;
    return this.each("surveyDirectories", requests, parentOf, async (request) => {
      const [survey] = await this.files.surveyDirectories([request]);
      if (!survey?.ok) return [survey];
      const seen = await this.each("surveyDirectories", survey.value, directoryOf, async (one) => {
        await this.slowDown("surveyDirectories", one.directory);
        return [success({ ...one, report: told(one.report, settings.freeBytes) })];
      });
      return [success(seen.flatMap((one) => (one.ok ? [one.value] : [])))];
    });
  }

  async createDirectories(directories: readonly ChangedDirectory[]): Promise<Answer<CreatedDirectory>[]> {
    const { settings } = await this.lab.store.read();
    const answers = await this.each("createDirectories", directories, directoryOf, (one) => this.files.createDirectories([one]));
    return answers.map((answer) => (answer.ok ? success(told(answer.value, settings.freeBytes)) : answer));
  }

  createTextFiles(files: readonly TextFile[]): Promise<Answer<"created" | "exists">[]> {
    return this.each("createTextFiles", files, directoryOf, (one) => this.files.createTextFiles([one]));
  }

  replaceTextFiles(files: readonly TextReplacement[]): Promise<Answer<void>[]> {
    return this.each("replaceTextFiles", files, directoryOf, (one) => this.files.replaceTextFiles([one]));
  }

  moveFiles(moves: readonly FileMove[]): Promise<Answer<void>[]> {
    return this.each("moveFiles", moves, directoryOf, (one) => this.files.moveFiles([one]));
  }

  removeEmptyDirectories(directories: readonly ChangedDirectory[]): Promise<Answer<"removed" | "notEmpty" | "absent">[]> {
    return this.each("removeEmptyDirectories", directories, directoryOf, (one) => this.files.removeEmptyDirectories([one]));
  }

  startTasks(tasks: readonly Task[]): Promise<Answer<TaskId>[]> {
    return this.each("startTasks", tasks, directoryOf, (one) => this.files.startTasks([one]));
  }

  cancelTasks(ids: readonly TaskId[]): Promise<Answer<void>[]> {
    return this.files.cancelTasks(ids);
  }

  /** One item after the other, each behind the faults that it meets. */
  private async each<Item, Value>(
    method: FileVerb,
    items: readonly Item[],
    pathOf: (item: Item) => string,
    verb: (item: Item) => Promise<readonly (Answer<Value> | undefined)[]>,
  ): Promise<Answer<Value>[]> {
    const answers: Answer<Value>[] = [];
    for (const item of items) {
      try {
        await this.meetFaults(method, pathOf(item));
        const [answer] = await verb(item);
        if (answer) answers.push(answer);
      } catch (error) {
        // A damaged lab concerns the whole call.
        if (error instanceof HostError && error.kind === "damagedState") throw error;
        answers.push(failure(hostErrorFrom(error, method, pathOf(item))));
      }
    }
    return answers;
  }

  private async meetFaults(method: FileVerb, directory: string): Promise<void> {
    const occasion = { method, items: [{ path: directory }] };
    const fault = await this.lab.take(["volumeMissing", "accessDenied", "fileInUse"], occasion);
    if (fault?.fault === "fileInUse")
      throw new HostError("fileInUse", `Another program has a file of ${directory} open (simulated).`, { path: directory });
    if (fault?.fault === "accessDenied")
      throw new HostError("accessDenied", `Access to ${directory} is denied (simulated).`, {
        path: directory,
        why: "access is denied (simulated)",
      });
    if (fault)
      throw new HostError("volumeMissing", `The volume of ${directory} is not there (simulated).`, {
        path: directory,
        why: "its volume is not there (simulated)",
      });
    const full = this.lab.faults.read().some((active) => active.fault.fault === "diskFull" && active.fault.method === method);
    if (full && (await this.lab.take(["diskFull"], occasion)))
      throw new HostError("noSpace", `There is not enough space for ${method} in ${directory} (simulated).`, {
        path: directory,
        why: `there is not enough space for ${method} (simulated)`,
      });
  }

  private async slowDown(method: FileVerb, directory: string): Promise<void> {
    const slow = await this.lab.take(["slowListing"], { method, items: [{ path: directory }] });
    if (slow) await new Promise((resolve) => setTimeout(resolve, slow.delay));
  }
}

/** The free space that the lab is set to tell, if it is. */
function told<Report extends object>(report: Report & { readonly freeBytes?: FreeBytes }, freeBytes: number | null): Report {
  return freeBytes === null || !("freeBytes" in report) ? report : { ...report, freeBytes };
}

function directoryOf(item: { readonly directory: string }): string {
  return item.directory;
}
