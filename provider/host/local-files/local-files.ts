import { failure, success } from "../answer";
import type {
  Answer,
  ChangedDirectory,
  CreatedDirectory,
  DirectoryReport,
  DirectoryRequest,
  FileMove,
  Host,
  SurveyedDirectory,
  SurveyRequest,
  Task,
  TaskId,
  TaskState,
  TextFile,
  TextReplacement,
} from "../port";
import { createDirectory, removeEmptyDirectory } from "./directories";
import { markedDirectories, readDirectory } from "./directory-report";
import { hostErrorFrom } from "./file-errors";
import { patiently } from "./patience";
import { TaskList } from "./tasks/task-list";
import { createTextFile, moveFile, replaceTextFile } from "./text-files";

/** Verbs of the Host port that are about files alone. */
export type FileVerb =
  | "readDirectories"
  | "surveyDirectories"
  | "createDirectories"
  | "createTextFiles"
  | "replaceTextFiles"
  | "moveFiles"
  | "removeEmptyDirectories"
  | "startTasks"
  | "cancelTasks";

/** The file verbs of the port for an adapter that runs where the host's files are. One object a session: it owns the session's tasks. */
export class LocalFiles implements Pick<Host, FileVerb> {
  private readonly tasks = new TaskList();

  readDirectories(requests: readonly DirectoryRequest[]): Promise<Answer<DirectoryReport>[]> {
    return each("look at the directory", requests, directoryOf, readDirectory);
  }

  surveyDirectories(requests: readonly SurveyRequest[]): Promise<Answer<SurveyedDirectory[]>[]> {
    const parentOf = (request: SurveyRequest) => request.parent;
    return each("survey the directories in", requests, parentOf, async (request) => {
      const marked = markedDirectories(request);
      const reports = await this.readDirectories(marked.map((directory) => ({ directory, texts: request.texts, list: true })));
      return marked.flatMap((directory, index) => {
        const report = reports[index];
        return report?.ok ? [{ directory, report: report.value }] : [];
      });
    });
  }

  createDirectories(directories: readonly ChangedDirectory[]): Promise<Answer<CreatedDirectory>[]> {
    return each("create the directory", directories, directoryOf, createDirectory);
  }

  createTextFiles(files: readonly TextFile[]): Promise<Answer<"created" | "exists">[]> {
    return each("create a file in", files, directoryOf, createTextFile);
  }

  replaceTextFiles(files: readonly TextReplacement[]): Promise<Answer<void>[]> {
    return each("replace a file in", files, directoryOf, replaceTextFile);
  }

  moveFiles(moves: readonly FileMove[]): Promise<Answer<void>[]> {
    return each("move a file in", moves, directoryOf, moveFile);
  }

  removeEmptyDirectories(directories: readonly ChangedDirectory[]): Promise<Answer<"removed" | "notEmpty" | "absent">[]> {
    return each("remove the directory", directories, directoryOf, removeEmptyDirectory);
  }

  startTasks(tasks: readonly Task[]): Promise<Answer<TaskId>[]> {
    return each("work on the files of", tasks, directoryOf, (task) => this.tasks.start(task));
  }

  async cancelTasks(ids: readonly TaskId[]): Promise<Answer<void>[]> {
    for (const id of ids) this.tasks.cancel(id);
    return ids.map(() => success(undefined));
  }

  /** The part of {@link Host.poll} that is about tasks. */
  taskStates(ids: readonly TaskId[]): Answer<TaskState>[] {
    return ids.map((id) => this.tasks.look(id));
  }

  /** Cancels every task, and resolves when none touches a file any more. */
  close(): Promise<void> {
    return this.tasks.close();
  }
}

/** One answer an item, in order; one item's failure is its own. */
async function each<Item, Value>(
  action: string,
  items: readonly Item[],
  directory: (item: Item) => string,
  work: (item: Item) => Value | Promise<Value>,
): Promise<Answer<Value>[]> {
  const answers: Answer<Value>[] = [];
  for (const item of items) {
    try {
      answers.push(success(await patiently(() => work(item))));
    } catch (error) {
      answers.push(failure(hostErrorFrom(error, action, directory(item))));
    }
  }
  return answers;
}

function directoryOf(item: { readonly directory: string }): string {
  return item.directory;
}
