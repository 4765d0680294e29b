import type { PathStyle } from "../../domain/paths/path-rules";
import type {
  Answer,
  AskedInstance,
  ChangedDirectory,
  CheckpointChange,
  CheckpointConversion,
  CheckpointExportRequest,
  CheckpointJob,
  CheckpointRemoval,
  CheckpointRequest,
  CheckpointStart,
  CreatedDirectory,
  DestroyRequest,
  DirectoryReport,
  DirectoryRequest,
  ExportJob,
  ExportRequest,
  ExportStart,
  FileMove,
  Host,
  HostFacts,
  JobPath,
  ListedCheckpointJobs,
  ListedPointJobs,
  MachineCheckpoints,
  NamedMachine,
  PointDestruction,
  PointJob,
  PointRequest,
  PointStart,
  ReferencePoint,
  SurveyedDirectory,
  SurveyRequest,
  Task,
  TaskId,
  TaskState,
  TestMachine,
  TestMachineKey,
  TestMachineRemoval,
  TestMachineRequest,
  TextFile,
  TextReplacement,
  ToldInstance,
  VirtualMachine,
} from "../../host/port";

type PollItem =
  | { readonly job: JobPath }
  | { readonly pointJob: JobPath }
  | { readonly checkpointJob: JobPath }
  | { readonly task: TaskId };
type Polled = ExportJob | PointJob | CheckpointJob | TaskState | undefined;

/**
 * The Host port, one item a call: what several resources ask for at about the same time travels in one command. A session that takes
 * its requests one by one is no faster than a process an operation; sharing is what makes it so.
 */
export class BatchedHost {
  readonly pathStyle: PathStyle;
  readonly configurationWrittenLast: boolean;

  readonly machineId: () => Promise<string | undefined>;
  readonly recordsDirectory: () => Promise<string>;
  readonly prepare: () => Promise<void>;
  readonly inspect: () => Promise<HostFacts>;
  readonly findVirtualMachines: (query: string) => Promise<VirtualMachine[]>;
  readonly listVirtualMachines: () => Promise<Answer<NamedMachine[]>>;
  readonly listReferencePoints: (virtualMachineId: string) => Promise<ReferencePoint[]>;
  readonly exportReferencePoint: (request: ExportRequest) => Promise<ExportStart>;
  readonly createReferencePoint: (request: PointRequest) => Promise<PointStart>;
  readonly destroyReferencePoint: (request: DestroyRequest) => Promise<PointDestruction>;
  readonly findPointJobs: (virtualMachineId: string) => Promise<ListedPointJobs>;
  readonly listCheckpoints: (virtualMachineId: string) => Promise<MachineCheckpoints>;
  readonly createCheckpoint: (request: CheckpointRequest) => Promise<CheckpointStart>;
  readonly exportCheckpoint: (request: CheckpointExportRequest) => Promise<ExportStart>;
  readonly convertCheckpoint: (checkpoint: CheckpointChange) => Promise<CheckpointConversion>;
  readonly removeCheckpoint: (checkpoint: CheckpointChange) => Promise<CheckpointRemoval>;
  readonly findCheckpointJobs: (virtualMachineId: string) => Promise<ListedCheckpointJobs>;
  readonly findExportJobs: (exportDirectory: string) => Promise<ExportJob[]>;
  readonly terminateJob: (path: JobPath) => Promise<void>;
  readonly createTestMachine: (request: TestMachineRequest) => Promise<TestMachine>;
  readonly removeTestMachine: (machine: TestMachineKey) => Promise<TestMachineRemoval>;
  readonly readInstance: (instance: AskedInstance) => Promise<ToldInstance | undefined>;
  readonly readDirectory: (request: DirectoryRequest) => Promise<DirectoryReport>;
  readonly surveyDirectory: (request: SurveyRequest) => Promise<SurveyedDirectory[]>;
  readonly createDirectory: (directory: ChangedDirectory) => Promise<CreatedDirectory>;
  readonly createTextFile: (file: TextFile) => Promise<"created" | "exists">;
  readonly replaceTextFile: (file: TextReplacement) => Promise<void>;
  readonly moveFile: (move: FileMove) => Promise<void>;
  readonly removeEmptyDirectory: (directory: ChangedDirectory) => Promise<"removed" | "notEmpty" | "absent">;
  readonly startTask: (task: Task) => Promise<TaskId>;
  readonly cancelTask: (id: TaskId) => Promise<void>;
  /** Jobs that make points and were started by calls of this process that were answered: whose they are, is known. */
  readonly startedPointJobs: ReadonlySet<JobPath>;
  private readonly poll: (item: PollItem) => Promise<Polled>;

  /** @param gatherMs how long the first request of a batch waits for others. */
  constructor(
    private readonly host: Host,
    gatherMs = 2,
  ) {
    const share = <I, O>(send: (items: readonly I[]) => Promise<readonly Answer<O>[]>) => shareCalls(send, gatherMs);
    const shareLooks = <I, O>(send: (items: readonly I[]) => Promise<readonly Answer<O>[]>) => shareCalls(once(send), gatherMs);
    this.pathStyle = host.pathStyle;
    this.configurationWrittenLast = host.configurationWrittenLast;
    this.machineId = () => host.machineId();
    this.recordsDirectory = () => host.recordsDirectory();
    this.prepare = () => host.prepare();
    this.inspect = () => host.inspect();
    this.findVirtualMachines = shareLooks((queries) => host.findVirtualMachines(queries));
    this.listVirtualMachines = () => host.listVirtualMachines();
    this.listReferencePoints = shareLooks((ids) => host.listReferencePoints(ids));
    this.exportReferencePoint = share((requests) => host.exportReferencePoints(requests));
    const started = new Set<JobPath>();
    this.startedPointJobs = started;
    const createReferencePoint = share((requests: readonly PointRequest[]) => host.createReferencePoints(requests));
    this.createReferencePoint = async (request) => {
      const start = await createReferencePoint(request);
      if (start.kind === "job") started.add(start.path);
      return start;
    };
    this.destroyReferencePoint = share((requests) => host.destroyReferencePoints(requests));
    this.findPointJobs = shareLooks((ids) => host.findPointJobs(ids));
    this.listCheckpoints = shareLooks((ids) => host.listCheckpoints(ids));
    this.createCheckpoint = share((requests) => host.createCheckpoints(requests));
    this.exportCheckpoint = share((requests) => host.exportCheckpoints(requests));
    this.convertCheckpoint = share((checkpoints) => host.convertCheckpoints(checkpoints));
    this.removeCheckpoint = share((checkpoints) => host.removeCheckpoints(checkpoints));
    this.findCheckpointJobs = shareLooks((ids) => host.findCheckpointJobs(ids));
    this.findExportJobs = shareLooks((directories) => host.findExportJobs(directories));
    this.terminateJob = share((paths) => host.terminateJobs(paths));
    this.createTestMachine = share((requests) => host.createTestMachines(requests));
    this.removeTestMachine = share((machines) => host.removeTestMachines(machines));
    this.readInstance = shareLooks((instances) => host.readInstances(instances));
    this.readDirectory = shareLooks((requests) => host.readDirectories(requests));
    this.surveyDirectory = shareLooks((requests) => host.surveyDirectories(requests));
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

  pollPointJob(path: JobPath): Promise<PointJob | undefined> {
    return this.poll({ pointJob: path }) as Promise<PointJob | undefined>;
  }

  pollCheckpointJob(path: JobPath): Promise<CheckpointJob | undefined> {
    return this.poll({ checkpointJob: path }) as Promise<CheckpointJob | undefined>;
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
  private async pollAll(items: readonly PollItem[]): Promise<Answer<Polled>[]> {
    const jobs = items.flatMap((item) => ("job" in item ? [item.job] : []));
    const pointJobs = items.flatMap((item) => ("pointJob" in item ? [item.pointJob] : []));
    const checkpointJobs = items.flatMap((item) => ("checkpointJob" in item ? [item.checkpointJob] : []));
    const tasks = items.flatMap((item) => ("task" in item ? [item.task] : []));
    const answer = await this.host.poll({
      jobs,
      ...(pointJobs.length > 0 && { pointJobs }),
      ...(checkpointJobs.length > 0 && { checkpointJobs }),
      tasks,
    });
    const answers: Readonly<Record<string, Iterator<Answer<Polled>>>> = {
      job: answer.jobs.values(),
      pointJob: answer.pointJobs.values(),
      checkpointJob: answer.checkpointJobs.values(),
      task: answer.tasks.values(),
    };
    return items.map((item) => {
      const [kind = ""] = Object.keys(item);
      const next: Answer<Polled> | undefined = answers[kind]?.next().value;
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

/** How long requests wait for the answer to the ones before: a call that takes longer must hold nobody up. */
const HOLD_MS = 250;

/**
 * Sends what comes within a moment in one call, and while a call is out what comes meanwhile in the next one: a host that is slow to
 * answer is asked for the more at a time.
 */
function shareCalls<I, O>(send: (items: readonly I[]) => Promise<readonly Answer<O>[]>, gatherMs: number): (item: I) => Promise<O> {
  let waiting: Waiting<I, O>[] = [];
  let out = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function sendAfter(milliseconds: number): void {
    clearTimeout(timer);
    timer = setTimeout(flush, milliseconds);
  }

  async function flush(): Promise<void> {
    const batch = waiting;
    waiting = [];
    out++;
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
    } finally {
      out--;
      if (out === 0 && waiting.length > 0) sendAfter(gatherMs);
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (waiting.length === 1) sendAfter(out === 0 ? gatherMs : Math.max(HOLD_MS, gatherMs));
    });
}

/** Of looks that are the same, one is sent: a thousand exports below one folder all look at that folder. */
function once<I, O>(send: (items: readonly I[]) => Promise<readonly Answer<O>[]>): (items: readonly I[]) => Promise<readonly Answer<O>[]> {
  return async (items) => {
    const keys = items.map((item) => JSON.stringify(item));
    const first = new Map(keys.map((key, index) => [key, index]));
    const sent = [...first.values()];
    const answers = await send(sent.map((index) => items[index] as I));
    const answerOf = new Map([...first.keys()].map((key, position) => [key, answers[position]]));
    return keys.map((key) => answerOf.get(key) as Answer<O>);
  };
}
