import type { PathStyle } from "../../domain/paths/path-rules";
import type {
  Answer,
  ChangedDirectory,
  CreatedDirectory,
  DirectoryReport,
  DirectoryRequest,
  ExportJob,
  ExportRequest,
  ExportStart,
  FileMove,
  Host,
  JobPath,
  NamedMachine,
  ReferencePoint,
  SurveyedDirectory,
  SurveyRequest,
  Task,
  TaskId,
  TaskState,
  TextFile,
  TextReplacement,
  VirtualMachine,
} from "../../host/port";

type PollItem = { readonly job: JobPath } | { readonly task: TaskId };

/**
 * The Host port, one item a call: what several resources ask for at about the same time travels in one command. A session that takes
 * its requests one by one is no faster than a process an operation; sharing is what makes it so.
 */
export class BatchedHost {
  readonly pathStyle: PathStyle;
  readonly configurationWrittenLast: boolean;

  readonly machineId: () => Promise<string | undefined>;
  readonly prepare: () => Promise<void>;
  readonly findVirtualMachines: (query: string) => Promise<VirtualMachine[]>;
  readonly listVirtualMachines: () => Promise<Answer<NamedMachine[]>>;
  readonly listReferencePoints: (virtualMachineId: string) => Promise<ReferencePoint[]>;
  readonly exportReferencePoint: (request: ExportRequest) => Promise<ExportStart>;
  readonly findExportJobs: (exportDirectory: string) => Promise<ExportJob[]>;
  readonly terminateJob: (path: JobPath) => Promise<void>;
  readonly readDirectory: (request: DirectoryRequest) => Promise<DirectoryReport>;
  readonly surveyDirectory: (request: SurveyRequest) => Promise<SurveyedDirectory[]>;
  readonly createDirectory: (directory: ChangedDirectory) => Promise<CreatedDirectory>;
  readonly createTextFile: (file: TextFile) => Promise<"created" | "exists">;
  readonly replaceTextFile: (file: TextReplacement) => Promise<void>;
  readonly moveFile: (move: FileMove) => Promise<void>;
  readonly removeEmptyDirectory: (directory: ChangedDirectory) => Promise<"removed" | "notEmpty" | "absent">;
  readonly startTask: (task: Task) => Promise<TaskId>;
  readonly cancelTask: (id: TaskId) => Promise<void>;
  private readonly poll: (item: PollItem) => Promise<ExportJob | TaskState | undefined>;

  /** @param gatherMs how long the first request of a batch waits for others. */
  constructor(
    private readonly host: Host,
    gatherMs = 2,
  ) {
    const share = <I, O>(send: (items: readonly I[]) => Promise<readonly Answer<O>[]>) => shareCalls(send, gatherMs);
    this.pathStyle = host.pathStyle;
    this.configurationWrittenLast = host.configurationWrittenLast;
    this.machineId = () => host.machineId();
    this.prepare = () => host.prepare();
    this.findVirtualMachines = share((queries) => host.findVirtualMachines(queries));
    this.listVirtualMachines = () => host.listVirtualMachines();
    this.listReferencePoints = share((ids) => host.listReferencePoints(ids));
    this.exportReferencePoint = share((requests) => host.exportReferencePoints(requests));
    this.findExportJobs = share((directories) => host.findExportJobs(directories));
    this.terminateJob = share((paths) => host.terminateJobs(paths));
    this.readDirectory = share((requests) => host.readDirectories(requests));
    this.surveyDirectory = share((requests) => host.surveyDirectories(requests));
    this.createDirectory = share((directories) => host.createDirectories(directories));
    this.createTextFile = share((files) => host.createTextFiles(files));
    this.replaceTextFile = share((files) => host.replaceTextFiles(files));
    this.moveFile = share((moves) => host.moveFiles(moves));
    this.removeEmptyDirectory = share((directories) => host.removeEmptyDirectories(directories));
    this.startTask = share((tasks) => host.startTasks(tasks));
    this.cancelTask = share((ids) => host.cancelTasks(ids));
    this.poll = share((items) => this.pollAll(items));
  }

  pollJob(path: JobPath): Promise<ExportJob | undefined> {
    return this.poll({ job: path }) as Promise<ExportJob | undefined>;
  }

  pollTask(id: TaskId): Promise<TaskState> {
    return this.poll({ task: id }) as Promise<TaskState>;
  }

  imagine(): void {
    this.host.imagine();
  }

  close(): Promise<void> {
    return this.host.close();
  }

  /** Jobs and tasks of every resource go into one poll; the answers are put back in the order asked. */
  private async pollAll(items: readonly PollItem[]): Promise<Answer<ExportJob | TaskState | undefined>[]> {
    const jobs = items.flatMap((item) => ("job" in item ? [item.job] : []));
    const tasks = items.flatMap((item) => ("task" in item ? [item.task] : []));
    const answer = await this.host.poll({ jobs, tasks });
    const jobAnswers = answer.jobs.values();
    const taskAnswers = answer.tasks.values();
    return items.map((item) => {
      const next: Answer<ExportJob | TaskState | undefined> | undefined =
        "job" in item ? jobAnswers.next().value : taskAnswers.next().value;
      if (next === undefined) throw new TypeError("the host answered fewer items than it was asked");
      return next;
    });
  }
}

interface Waiting<I, O> {
  readonly item: I;
  readonly resolve: (value: O) => void;
  readonly reject: (reason: unknown) => void;
}

function shareCalls<I, O>(send: (items: readonly I[]) => Promise<readonly Answer<O>[]>, gatherMs: number): (item: I) => Promise<O> {
  let waiting: Waiting<I, O>[] = [];

  async function flush(): Promise<void> {
    const batch = waiting;
    waiting = [];
    try {
      const answers = await send(batch.map(({ item }) => item));
      batch.forEach(({ resolve, reject }, index) => {
        const answer = answers[index];
        if (answer === undefined) reject(new TypeError("the host answered fewer items than it was asked"));
        else if (answer.ok) resolve(answer.value);
        else reject(answer.error);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (waiting.length === 1) setTimeout(flush, gatherMs);
    });
}
