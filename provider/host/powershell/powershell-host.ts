import { jobOutcome } from "../../domain/hyperv/job-state";
import { creationCodes } from "../../domain/hyperv/return-codes";
import { type PathStyle, pathRules } from "../../domain/paths/path-rules";
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
  Place,
  PointDestruction,
  PointJob,
  PointRequest,
  PointStart,
  PollAnswer,
  PollRequest,
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
} from "../port";
import { HostError } from "../port";
import {
  checkpointJob,
  directoryReport,
  exportJob,
  machineCheckpoints,
  pointJob,
  type RawCheckpointJob,
  type RawCheckpoints,
  type RawJob,
  type RawMachine,
  type RawPoint,
  type RawPointJob,
  type RawReport,
  type RawTask,
  referencePoint,
  type StartedCheckpointWork,
  type StartedExport,
  type StartedPointWork,
  taskState,
  virtualMachine,
} from "./answers";
import { type BridgeVerb, deadlineOf } from "./deadlines";
import { type Failure, hostErrorFrom, type Subject } from "./failures";
import { whyJobsMayBeHidden } from "./hidden-jobs";
import type { Greeting } from "./session/greeting";
import type { SessionTimes } from "./session/session";
import { SharedSession } from "./shared-session";
import type { Transport } from "./transports/transport";

type RawPointStart =
  | { readonly kind: "job"; readonly path: JobPath }
  | { readonly kind: "completed"; readonly referencePointId: string | null };
/** Of the machines that were asked for, or of nobody knows which. `listed` counts those of all machines. */
interface RawJobs<Job> {
  readonly listed: number;
  readonly jobs: readonly Job[];
}
interface ListedRawJobs<Job> extends RawJobs<Job> {
  readonly hostTime: string;
}
type RawCheckpointStart =
  | { readonly kind: "job"; readonly path: JobPath }
  | { readonly kind: "completed"; readonly checkpointId: string | null };
type RawConversion = RawPointStart | { readonly kind: "absent" };
/** `managementService` is empty where there is none, and null where nobody can tell. */
interface RawHyperVState {
  readonly managementService: string | null;
  readonly failure: Failure | null;
}
type RawAnswer<Raw> = { readonly value: Raw } | { readonly error: Failure };

/** How many items of a verb travel in one request, where a long one would hold up the polls behind it or make an endless answer. */
const ITEMS_AT_ONCE = 50;

/** Windows paths; the tests play a host on machines that are none. */
export function hostPathStyle(): PathStyle {
  return process.env.HYPERV_BRIDGE_PATHS === "posix" ? "posix" : "windows";
}

/** The Host port over the bridge in a PowerShell. Constructing it starts nothing; the first verb opens the session. */
export class PowerShellHost implements Host {
  readonly pathStyle = hostPathStyle();
  /** Nobody has said in which order Hyper-V writes an export. */
  readonly configurationWrittenLast = false;
  private readonly session: SharedSession;
  /** What jobs do that this process started: a job of the class Msvm_ConcreteJob does not say it. */
  private readonly started = new Map<JobPath, StartedExport>();
  private readonly startedPointWork = new Map<JobPath, StartedPointWork>();
  private readonly startedCheckpointWork = new Map<JobPath, StartedCheckpointWork>();
  /** Answers about tasks name files by their position. */
  private readonly tasks = new Map<TaskId, Task["files"]>();

  constructor(transport: Transport, times?: SessionTimes) {
    this.session = new SharedSession(transport, times);
  }

  /** What the shell and the machine are; opens the session where none is open. */
  async greeting(): Promise<Greeting> {
    return (await this.session.get()).host;
  }

  async machineId(): Promise<string> {
    // Of the session that answered what was asked before, without opening another where it has broken since.
    return (this.session.last?.host ?? (await this.greeting())).machineId;
  }

  async recordsDirectory(): Promise<string> {
    return (this.session.last?.host ?? (await this.greeting())).recordsDirectory;
  }

  async prepare(): Promise<void> {}

  imagine(): void {}

  async inspect(): Promise<HostFacts> {
    const { host, reply } = await this.send("inspect", {}, 1);
    const raw = "error" in reply ? { managementService: null, failure: reply.error as Failure } : (reply.value as RawHyperVState);
    const seen = raw.failure === null ? undefined : hostErrorFrom(raw.failure, { action: "look at Hyper-V" }, host);
    const hidden = whyJobsMayBeHidden(host);
    return {
      computerName: host.computerName,
      account: host.account,
      isElevated: host.administrator,
      powershell: { version: host.powershellVersion, edition: host.powershellEdition },
      managementService: managementServiceOf(raw),
      faults: [seen, seen?.details.fault === hidden?.details.fault ? undefined : hidden].filter((error) => error !== undefined),
    };
  }

  findVirtualMachines(queries: readonly string[]): Promise<Answer<VirtualMachine[]>[]> {
    const subject = (query: string) => ({ action: `look for the virtual machine ${query}` });
    return this.each("findVirtualMachines", "queries", queries, subject, (machines: RawMachine[]) => machines.map(virtualMachine));
  }

  async listVirtualMachines(): Promise<Answer<NamedMachine[]>> {
    return this.ask<NamedMachine[]>("listVirtualMachines", {}, 1, { action: "list the virtual machines" });
  }

  listReferencePoints(virtualMachineIds: readonly string[]): Promise<Answer<ReferencePoint[]>[]> {
    const subject = (id: string) => ({ action: `list the reference points of ${id}` });
    return this.each("listReferencePoints", "virtualMachineIds", virtualMachineIds, subject, (points: RawPoint[]) =>
      points.map(referencePoint),
    );
  }

  async exportReferencePoints(requests: readonly ExportRequest[]): Promise<Answer<ExportStart>[]> {
    const subject = ({ referencePointId, virtualMachineId, exportDirectory }: ExportRequest) => ({
      action: `export ${referencePointId} of machine ${virtualMachineId} to`,
      path: exportDirectory,
    });
    const answers = await this.each("exportReferencePoints", "requests", requests, subject, (start: ExportStart) => start);
    answers.forEach((answer, index) => {
      const request = requests[index];
      if (request && answer.ok && answer.value.kind === "job") this.started.set(answer.value.path, request);
    });
    return answers;
  }

  async createReferencePoints(requests: readonly PointRequest[]): Promise<Answer<PointStart>[]> {
    const subject = ({ virtualMachineId }: PointRequest) => ({
      action: `make a reference point of machine ${virtualMachineId}`,
      returnCodes: creationCodes,
    });
    const toStart = (raw: RawPointStart): PointStart => {
      if (raw.kind === "job") return raw;
      return { kind: "completed", ...(raw.referencePointId && { referencePointId: raw.referencePointId }) };
    };
    const answers = await this.each("createReferencePoints", "requests", requests, subject, toStart);
    remember(this.startedPointWork, "create", requests, answers);
    return answers;
  }

  async destroyReferencePoints(points: readonly DestroyRequest[]): Promise<Answer<PointDestruction>[]> {
    const subject = ({ referencePointId, virtualMachineId }: DestroyRequest) => ({
      action: `destroy ${referencePointId} of machine ${virtualMachineId}`,
    });
    const answers = await this.each("destroyReferencePoints", "points", points, subject, (raw: PointDestruction) => raw);
    remember(this.startedPointWork, "destroy", points, answers);
    return answers;
  }

  async findPointJobs(virtualMachineIds: readonly string[]): Promise<Answer<ListedPointJobs>[]> {
    if (virtualMachineIds.length === 0) return [];
    const subject = { action: "list the jobs that make reference points" };
    const reply = await this.ask<ListedRawJobs<RawPointJob>>("findPointJobs", { virtualMachineIds }, virtualMachineIds.length, subject);
    if (!reply.ok) return virtualMachineIds.map(() => reply);
    const { hostTime, listed, jobs } = reply.value;
    const toJob = (raw: RawPointJob) => pointJob(raw, this.startedPointWork.get(raw.path));
    const found = await this.jobsOfMachines(virtualMachineIds, { listed, jobs: jobs.map(toJob) });
    return found.map((answer) => (answer.ok ? good({ hostTime, jobs: answer.value }) : answer));
  }

  listCheckpoints(virtualMachineIds: readonly string[]): Promise<Answer<MachineCheckpoints>[]> {
    const subject = (id: string) => ({ action: `list the checkpoints of ${id}` });
    return this.each("listCheckpoints", "virtualMachineIds", virtualMachineIds, subject, (raw: RawCheckpoints) => machineCheckpoints(raw));
  }

  async createCheckpoints(requests: readonly CheckpointRequest[]): Promise<Answer<CheckpointStart>[]> {
    const subject = ({ virtualMachineId }: CheckpointRequest) => ({
      action: `make a recovery checkpoint of machine ${virtualMachineId}`,
      returnCodes: creationCodes,
    });
    const toStart = (raw: RawCheckpointStart): CheckpointStart => {
      if (raw.kind === "job") return raw;
      return { kind: "completed", ...(raw.checkpointId && { checkpointId: raw.checkpointId }) };
    };
    const answers = await this.each("createCheckpoints", "requests", requests, subject, toStart);
    remember(this.startedCheckpointWork, "create", requests, answers);
    return answers;
  }

  async exportCheckpoints(requests: readonly CheckpointExportRequest[]): Promise<Answer<ExportStart>[]> {
    const subject = ({ checkpointId, virtualMachineId, exportDirectory }: CheckpointExportRequest) => ({
      action: `export the checkpoint ${checkpointId} of machine ${virtualMachineId} to`,
      path: exportDirectory,
    });
    const answers = await this.each("exportCheckpoints", "requests", requests, subject, (start: ExportStart) => start);
    remember(this.startedCheckpointWork, "export", requests, answers);
    return answers;
  }

  async convertCheckpoints(checkpoints: readonly CheckpointChange[]): Promise<Answer<CheckpointConversion>[]> {
    const subject = ({ checkpointId, virtualMachineId }: CheckpointChange) => ({
      action: `turn the checkpoint ${checkpointId} of machine ${virtualMachineId} into a reference point`,
      returnCodes: creationCodes,
    });
    const toConversion = (raw: RawConversion): CheckpointConversion => {
      if (raw.kind !== "completed") return raw;
      return { kind: "completed", ...(raw.referencePointId && { referencePointId: raw.referencePointId }) };
    };
    const answers = await this.each("convertCheckpoints", "checkpoints", checkpoints, subject, toConversion);
    remember(this.startedCheckpointWork, "convert", checkpoints, answers);
    return answers;
  }

  async removeCheckpoints(checkpoints: readonly CheckpointChange[]): Promise<Answer<CheckpointRemoval>[]> {
    const subject = ({ checkpointId, virtualMachineId }: CheckpointChange) => ({
      action: `remove the checkpoint ${checkpointId} of machine ${virtualMachineId}`,
      returnCodes: creationCodes,
    });
    const answers = await this.each("removeCheckpoints", "checkpoints", checkpoints, subject, (raw: CheckpointRemoval) => raw);
    remember(this.startedCheckpointWork, "remove", checkpoints, answers);
    return answers;
  }

  async findCheckpointJobs(virtualMachineIds: readonly string[]): Promise<Answer<ListedCheckpointJobs>[]> {
    const action = "list the jobs that make, export and change checkpoints";
    const toJob = (raw: RawCheckpointJob) => checkpointJob(raw, this.startedCheckpointWork.get(raw.path));
    if (virtualMachineIds.length === 0) return [];
    const reply = await this.ask<ListedRawJobs<RawCheckpointJob>>("findCheckpointJobs", { virtualMachineIds }, virtualMachineIds.length, {
      action,
    });
    if (!reply.ok) return virtualMachineIds.map(() => reply);
    const { hostTime, listed, jobs } = reply.value;
    // A merge changes nothing that another job could double.
    const found = await this.jobsOfMachines(virtualMachineIds, { listed, jobs: jobs.map(toJob) }, (job) => job.work !== "merge");
    return found.map((answer) => (answer.ok ? good({ hostTime, jobs: answer.value }) : answer));
  }

  async findExportJobs(exportDirectories: readonly string[]): Promise<Answer<ExportJob[]>[]> {
    if (exportDirectories.length === 0) return [];
    const subject = { action: "list the export jobs" };
    const { same } = pathRules(this.pathStyle);
    const isAsked = (directory: string) => exportDirectories.some((asked) => same(directory, asked));
    const paths = [...this.started].filter(([, { exportDirectory }]) => isAsked(exportDirectory)).map(([path]) => path);
    const asked = { directories: exportDirectories, paths };
    const reply = await this.ask<RawJob[]>("findExportJobs", asked, exportDirectories.length, subject);
    if (!reply.ok) return exportDirectories.map(() => reply);
    const hidden = reply.value.length === 0 ? whyJobsMayBeHidden(await this.greeting()) : undefined;
    if (hidden) return exportDirectories.map(() => bad(hidden));
    const jobs = reply.value.map((raw) => exportJob(raw, this.started.get(raw.path)));
    const secretive = jobs.find((job) => job.exportDirectory === "" && jobOutcome(job.jobState) === "running");
    // It may write to any of them: whoever believed that none does would export for a second time beside it.
    if (secretive) return exportDirectories.map(() => bad(writesSomewhere(secretive)));
    const newestFirst = newestJobsFirst(jobs);
    return exportDirectories.map((directory) => good(newestFirst.filter((job) => same(job.exportDirectory, directory))));
  }

  terminateJobs(paths: readonly JobPath[]): Promise<Answer<void>[]> {
    return this.each("terminateJobs", "paths", paths, (path) => ({ action: `terminate the job ${path}` }), nothing);
  }

  createTestMachines(requests: readonly TestMachineRequest[]): Promise<Answer<TestMachine>[]> {
    const subject = ({ name, directory }: TestMachineRequest) => ({
      action: `make the test machine ${name} in`,
      path: directory,
      returnCodes: creationCodes,
    });
    return this.each("createTestMachines", "requests", requests, subject, (made: TestMachine) => made, 1);
  }

  removeTestMachines(machines: readonly TestMachineKey[]): Promise<Answer<TestMachineRemoval>[]> {
    const subject = ({ name }: TestMachineKey) => ({ action: `remove the test machine ${name}`, returnCodes: creationCodes });
    return this.each("removeTestMachines", "machines", machines, subject, (removal: TestMachineRemoval) => removal, 1);
  }

  readInstances(instances: readonly AskedInstance[]): Promise<Answer<ToldInstance | undefined>[]> {
    const subject = ({ kind }: AskedInstance) => ({ action: `read all that a ${kind} tells` });
    return this.each("readInstances", "instances", instances, subject, (told: ToldInstance | null) => told ?? undefined);
  }

  readDirectories(requests: readonly DirectoryRequest[]): Promise<Answer<DirectoryReport>[]> {
    return this.each("readDirectories", "requests", requests, at("look at the directory"), directoryReport);
  }

  surveyDirectories(requests: readonly SurveyRequest[]): Promise<Answer<SurveyedDirectory[]>[]> {
    const subject = ({ parent }: SurveyRequest) => ({ action: "survey the directory", path: parent });
    return this.each("surveyDirectories", "requests", requests, subject, (found: { directory: string; report: RawReport }[]) =>
      found.map(({ directory, report }) => ({ directory, report: directoryReport(report) })),
    );
  }

  createDirectories(directories: readonly ChangedDirectory[]): Promise<Answer<CreatedDirectory>[]> {
    type Raw = Omit<CreatedDirectory, "freeBytes"> & { readonly freeBytes: number | null };
    return this.each("createDirectories", "directories", directories, at("create the directory"), (raw: Raw) => ({
      ...raw,
      freeBytes: raw.freeBytes ?? undefined,
    }));
  }

  createTextFiles(files: readonly TextFile[]): Promise<Answer<"created" | "exists">[]> {
    return this.each("createTextFiles", "files", files, at("create a file in"), (outcome: "created" | "exists") => outcome);
  }

  replaceTextFiles(files: readonly TextReplacement[]): Promise<Answer<void>[]> {
    return this.each("replaceTextFiles", "files", files, at("replace a file in"), nothing);
  }

  moveFiles(moves: readonly FileMove[]): Promise<Answer<void>[]> {
    return this.each("moveFiles", "moves", moves, at("move a file in"), nothing);
  }

  removeEmptyDirectories(directories: readonly ChangedDirectory[]): Promise<Answer<"removed" | "notEmpty" | "absent">[]> {
    type Outcome = "removed" | "notEmpty" | "absent";
    return this.each("removeEmptyDirectories", "directories", directories, at("remove the directory"), (outcome: Outcome) => outcome);
  }

  async startTasks(tasks: readonly Task[]): Promise<Answer<TaskId>[]> {
    const answers = await this.each("startTasks", "tasks", tasks, at("start work on the files of"), (id: TaskId) => id);
    answers.forEach((answer, index) => {
      const task = tasks[index];
      if (task && answer.ok) this.tasks.set(answer.value, task.files);
    });
    return answers;
  }

  cancelTasks(ids: readonly TaskId[]): Promise<Answer<void>[]> {
    return this.each("cancelTasks", "ids", ids, () => ({ action: "cancel the task" }), nothing);
  }

  async poll(request: PollRequest): Promise<PollAnswer> {
    const [jobs, pointJobs, checkpointJobs, tasks] = await Promise.all([
      this.pollJobs(request.jobs),
      this.pollPointJobs(request.pointJobs ?? []),
      this.pollCheckpointJobs(request.checkpointJobs ?? []),
      this.pollTasks(request.tasks),
    ]);
    return { jobs, pointJobs, checkpointJobs, tasks };
  }

  close(): Promise<void> {
    return this.session.close();
  }

  private pollJobs(paths: readonly JobPath[]): Promise<Answer<ExportJob | undefined>[]> {
    return this.look("pollJobs", paths, (raw: RawJob) => exportJob(raw, this.started.get(raw.path)));
  }

  private pollPointJobs(paths: readonly JobPath[]): Promise<Answer<PointJob | undefined>[]> {
    return this.look("pollPointJobs", paths, (raw: RawPointJob) => pointJob(raw, this.startedPointWork.get(raw.path)));
  }

  private pollCheckpointJobs(paths: readonly JobPath[]): Promise<Answer<CheckpointJob | undefined>[]> {
    const toJob = (raw: RawCheckpointJob) => checkpointJob(raw, this.startedCheckpointWork.get(raw.path));
    return this.look("pollCheckpointJobs", paths, toJob);
  }

  private async look<Raw, Job>(verb: BridgeVerb, paths: readonly JobPath[], toJob: (raw: Raw) => Job): Promise<Answer<Job | undefined>[]> {
    const subject = (path: JobPath) => ({ action: `look at the job ${path}` });
    const value = (raw: Raw | null) => (raw === null ? undefined : toJob(raw));
    const answers = await this.each(verb, "paths", paths, subject, value, paths.length);
    const isUnseen = (answer: Answer<Job | undefined>) => answer.ok && answer.value === undefined;
    const hidden = answers.some(isUnseen) ? whyJobsMayBeHidden(await this.greeting()) : undefined;
    return hidden === undefined ? answers : answers.map((answer) => (isUnseen(answer) ? bad(hidden) : answer));
  }

  /** @param mayBeOurs whether a job that tells no machine could be one that somebody must not start beside */
  private async jobsOfMachines<Job extends PointJob | CheckpointJob>(
    virtualMachineIds: readonly string[],
    { listed, jobs }: RawJobs<Job>,
    mayBeOurs: (job: Job) => boolean = () => true,
  ): Promise<Answer<Job[]>[]> {
    const hidden = listed === 0 ? whyJobsMayBeHidden(await this.greeting()) : undefined;
    if (hidden) return virtualMachineIds.map(() => bad(hidden));
    const isSecretive = (job: Job) => job.virtualMachineId === undefined && jobOutcome(job.jobState) === "running";
    const secretive = jobs.find((job) => isSecretive(job) && mayBeOurs(job));
    // It may be of any of them: whoever believed that none runs would begin the same work beside it.
    if (secretive) return virtualMachineIds.map(() => bad(worksOnSomeMachine(secretive)));
    const newestFirst = newestJobsFirst(jobs);
    return virtualMachineIds.map((id) => good(newestFirst.filter((job) => job.virtualMachineId === id.toUpperCase())));
  }

  private async pollTasks(ids: readonly TaskId[]): Promise<Answer<TaskState>[]> {
    const subject = { action: "work on the files" };
    const raws = await this.each(
      "pollTasks",
      "ids",
      ids,
      () => subject,
      (raw: RawTask) => raw,
      ids.length,
    );
    return raws.map((answer, index) => {
      const id = ids[index] as TaskId;
      const files = this.tasks.get(id) ?? [];
      // A task's end is told once; after it, nobody asks again.
      if (!answer.ok || answer.value.kind !== "running") this.tasks.delete(id);
      return answer.ok ? good(taskState(answer.value, files)) : answer;
    });
  }

  /** One answer an item, in order, asked for in requests of a bounded length. */
  private async each<Item, Raw, Value>(
    verb: BridgeVerb,
    name: string,
    items: readonly Item[],
    toSubject: (item: Item) => Subject,
    toValue: (raw: Raw) => Value,
    atOnce = ITEMS_AT_ONCE,
  ): Promise<Answer<Value>[]> {
    const parts: (readonly Item[])[] = [];
    for (let from = 0; from < items.length; from += atOnce) parts.push(items.slice(from, from + atOnce));
    const answers = await Promise.all(parts.map((part) => this.part(verb, name, part, toSubject, toValue)));
    return answers.flat();
  }

  private async part<Item, Raw, Value>(
    verb: BridgeVerb,
    name: string,
    items: readonly Item[],
    toSubject: (item: Item) => Subject,
    toValue: (raw: Raw) => Value,
  ): Promise<Answer<Value>[]> {
    const [first] = items;
    if (first === undefined) return [];
    const { host, reply } = await this.send(verb, { [name]: items }, items.length);
    // What fails a request as a whole fails each of its items.
    if ("error" in reply) return items.map((item) => bad(hostErrorFrom(reply.error as Failure, toSubject(item), host)));
    return (reply.value as RawAnswer<Raw>[]).map((raw, index) =>
      "error" in raw ? bad(hostErrorFrom(raw.error, toSubject(items[index] as Item), host)) : good(toValue(raw.value)),
    );
  }

  private async ask<Raw>(verb: BridgeVerb, requestArguments: object, items: number, subject: Subject): Promise<Answer<Raw>> {
    const { host, reply } = await this.send(verb, requestArguments, items);
    return "error" in reply ? bad(hostErrorFrom(reply.error as Failure, subject, host)) : good(reply.value as Raw);
  }

  private async send(verb: BridgeVerb, requestArguments: object, items: number) {
    const session = await this.session.get();
    return { host: session.host, reply: await session.request(verb, requestArguments, deadlineOf(verb, items)) };
  }
}

/** Keeps what jobs do that were started here, and of which machine they are. */
function remember<Work>(
  started: Map<JobPath, { readonly work: Work; readonly virtualMachineId: string }>,
  work: Work,
  items: readonly { readonly virtualMachineId: string }[],
  answers: readonly Answer<object>[],
): void {
  answers.forEach((answer, index) => {
    const item = items[index];
    if (!item || !answer.ok || !("path" in answer.value)) return;
    started.set(String(answer.value.path), { work, virtualMachineId: item.virtualMachineId });
  });
}

/** Of those of one moment, what the host lists last is taken for newer. */
function newestJobsFirst<Job extends { readonly startedAt: string }>(jobs: readonly Job[]): Job[] {
  return [...jobs].reverse().sort((left, right) => (left.startedAt < right.startedAt ? 1 : left.startedAt > right.startedAt ? -1 : 0));
}

function worksOnSomeMachine({ path, work }: PointJob | CheckpointJob): HostError {
  const message = `The job ${path} does not tell of which machine it is (${work}); another run has started it.`;
  return new HostError("inUse", message, { remedy: "Wait until the job has ended, then run this again." });
}

function writesSomewhere({ path }: ExportJob): HostError {
  const message = `The job ${path} exports a reference point and does not tell where to; another run has started it.`;
  return new HostError("inUse", message, { remedy: "Wait until the job has ended, then run this again." });
}

function managementServiceOf({ managementService: state }: RawHyperVState): HostFacts["managementService"] {
  if (state === null) return undefined;
  return state === "" ? "missing" : state === "Running" ? "running" : "stopped";
}

function good<T>(value: T): Answer<T> {
  return { ok: true, value };
}

function bad(error: HostError): { readonly ok: false; readonly error: HostError } {
  return { ok: false, error };
}

function nothing(): void {}

function at(action: string): (item: Pick<Place, "directory">) => Subject {
  return ({ directory }) => ({ action, path: directory });
}
