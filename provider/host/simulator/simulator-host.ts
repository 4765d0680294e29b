import * as path from "node:path";
import { success } from "../answer";
import { settledWithin } from "../event-loop";
import { LocalFiles } from "../local-files/local-files";
import { localPathStyle } from "../local-files/local-paths";
import type {
  Answer,
  AskedInstance,
  ChangedDirectory,
  CheckpointChange,
  CheckpointConversion,
  CheckpointExportRequest,
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
  PointRequest,
  PointStart,
  PollAnswer,
  PollRequest,
  ReferencePoint,
  SurveyedDirectory,
  SurveyRequest,
  Task,
  TaskId,
  TestMachine,
  TestMachineKey,
  TestMachineRemoval,
  TestMachineRequest,
  TextFile,
  TextReplacement,
  ToldInstance,
  VirtualMachine,
} from "../port";
import { faultSubject } from "./call/start-export";
import { CheckpointJobs } from "./checkpoints/checkpoint-jobs";
import { Connection } from "./faults/connection";
import type { FaultSubject } from "./faults/fault-matching";
import { FaultyFiles } from "./faults/faulty-files";
import { requireText } from "./given-arguments";
import { ExportJobs } from "./jobs/export-jobs";
import { type Lab, labAt } from "./lab/lab";
import { toldInstances } from "./lab/told-instances";
import { machineNames, referencePoints, virtualMachines } from "./machines/machine-answers";
import { createTestMachines, removeTestMachines } from "./machines/test-machines";
import { PointJobs } from "./points/point-jobs";
import { simulatedHost } from "./simulated-host";

const CLOSING = 2000;

/** The Host port over a lab folder. Constructing it touches nothing. */
export class SimulatorHost implements Host {
  readonly pathStyle = localPathStyle;
  readonly configurationWrittenLast = true;
  private readonly lab: Lab;
  private readonly connection: Connection;
  private readonly jobs: ExportJobs;
  private readonly points: PointJobs;
  private readonly checkpoints: CheckpointJobs;
  private readonly localFiles = new LocalFiles();
  private readonly files: FaultyFiles;

  /** @param directory The lab's folder. */
  constructor(directory: string) {
    requireText("The simulator", directory, "directory");
    this.lab = labAt(directory);
    this.connection = new Connection(this.lab);
    this.jobs = new ExportJobs(this.lab);
    this.points = new PointJobs(this.lab);
    this.checkpoints = new CheckpointJobs(this.lab);
    this.files = new FaultyFiles(this.lab, this.localFiles);
  }

  /** A lab is its folder. */
  async machineId(): Promise<undefined> {
    return undefined;
  }

  async recordsDirectory(): Promise<string> {
    return path.join(this.lab.directory, "records");
  }

  async prepare(): Promise<void> {
    await this.lab.store.create();
  }

  imagine(): void {
    this.lab.store.imagine();
  }

  inspect(): Promise<HostFacts> {
    return this.connection.call("inspect", [], async () => simulatedHost());
  }

  findVirtualMachines(queries: readonly string[]): Promise<Answer<VirtualMachine[]>[]> {
    return this.connection.call("findVirtualMachines", [], () => virtualMachines(this.lab, queries));
  }

  async listVirtualMachines(): Promise<Answer<NamedMachine[]>> {
    const [answer] = await this.connection.call("listVirtualMachines", [], async () => [await machineNames(this.lab)]);
    return answer ?? success([]);
  }

  listReferencePoints(virtualMachineIds: readonly string[]): Promise<Answer<ReferencePoint[]>[]> {
    return this.connection.call("listReferencePoints", virtualMachineIds.map(ofMachine), () =>
      referencePoints(this.lab, virtualMachineIds),
    );
  }

  exportReferencePoints(requests: readonly ExportRequest[]): Promise<Answer<ExportStart>[]> {
    return this.connection.call("exportReferencePoints", requests.map(faultSubject), () => this.jobs.start(requests));
  }

  createReferencePoints(requests: readonly PointRequest[]): Promise<Answer<PointStart>[]> {
    const subjects = requests.map(({ virtualMachineId }) => ofMachine(virtualMachineId));
    return this.connection.call("createReferencePoints", subjects, () => this.points.create(requests));
  }

  destroyReferencePoints(points: readonly DestroyRequest[]): Promise<Answer<PointDestruction>[]> {
    return this.connection.call("destroyReferencePoints", points, () => this.points.destroy(points));
  }

  findPointJobs(virtualMachineIds: readonly string[]): Promise<Answer<ListedPointJobs>[]> {
    return this.connection.call("findPointJobs", virtualMachineIds.map(ofMachine), () => this.points.find(virtualMachineIds));
  }

  listCheckpoints(virtualMachineIds: readonly string[]): Promise<Answer<MachineCheckpoints>[]> {
    return this.connection.call("listCheckpoints", virtualMachineIds.map(ofMachine), () => this.checkpoints.list(virtualMachineIds));
  }

  createCheckpoints(requests: readonly CheckpointRequest[]): Promise<Answer<CheckpointStart>[]> {
    const subjects = requests.map(({ virtualMachineId }) => ofMachine(virtualMachineId));
    return this.connection.call("createCheckpoints", subjects, () => this.checkpoints.create(requests));
  }

  exportCheckpoints(requests: readonly CheckpointExportRequest[]): Promise<Answer<ExportStart>[]> {
    const subjects = requests.map(({ virtualMachineId, exportDirectory }) => ({ virtualMachineId, path: exportDirectory }));
    return this.connection.call("exportCheckpoints", subjects, () => this.checkpoints.export(requests));
  }

  convertCheckpoints(checkpoints: readonly CheckpointChange[]): Promise<Answer<CheckpointConversion>[]> {
    const subjects = checkpoints.map(({ virtualMachineId }) => ofMachine(virtualMachineId));
    return this.connection.call("convertCheckpoints", subjects, () => this.checkpoints.convert(checkpoints));
  }

  removeCheckpoints(checkpoints: readonly CheckpointChange[]): Promise<Answer<CheckpointRemoval>[]> {
    const subjects = checkpoints.map(({ virtualMachineId }) => ofMachine(virtualMachineId));
    return this.connection.call("removeCheckpoints", subjects, () => this.checkpoints.remove(checkpoints));
  }

  findCheckpointJobs(virtualMachineIds: readonly string[]): Promise<Answer<ListedCheckpointJobs>[]> {
    return this.connection.call("findCheckpointJobs", virtualMachineIds.map(ofMachine), () => this.checkpoints.find(virtualMachineIds));
  }

  findExportJobs(exportDirectories: readonly string[]): Promise<Answer<ExportJob[]>[]> {
    return this.connection.call("findExportJobs", exportDirectories.map(atPath), () => this.jobs.find(exportDirectories));
  }

  terminateJobs(paths: readonly JobPath[]): Promise<Answer<void>[]> {
    const subjects = [...this.jobs.subjects(paths), ...this.points.subjects(paths), ...this.checkpoints.subjects(paths)];
    return this.connection.call("terminateJobs", subjects, async () => {
      await this.points.terminate(paths);
      await this.checkpoints.terminate(paths);
      return this.jobs.terminate(paths);
    });
  }

  createTestMachines(requests: readonly TestMachineRequest[]): Promise<Answer<TestMachine>[]> {
    return this.connection.call("createTestMachines", requests.map(atDirectory), () => createTestMachines(this.lab, requests));
  }

  removeTestMachines(machines: readonly TestMachineKey[]): Promise<Answer<TestMachineRemoval>[]> {
    const subjects = machines.map(({ virtualMachineId }) => ofMachine(virtualMachineId));
    return this.connection.call("removeTestMachines", subjects, () => removeTestMachines(this.lab, machines));
  }

  readInstances(instances: readonly AskedInstance[]): Promise<Answer<ToldInstance | undefined>[]> {
    return this.connection.call("readInstances", [], () => toldInstances(this.lab, instances));
  }

  readDirectories(requests: readonly DirectoryRequest[]): Promise<Answer<DirectoryReport>[]> {
    return this.connection.call("readDirectories", requests.map(atDirectory), () => this.files.readDirectories(requests));
  }

  surveyDirectories(requests: readonly SurveyRequest[]): Promise<Answer<SurveyedDirectory[]>[]> {
    const subjects = requests.map(({ parent }) => atPath(parent));
    return this.connection.call("surveyDirectories", subjects, () => this.files.surveyDirectories(requests));
  }

  createDirectories(directories: readonly ChangedDirectory[]): Promise<Answer<CreatedDirectory>[]> {
    return this.connection.call("createDirectories", directories.map(atDirectory), () => this.files.createDirectories(directories));
  }

  createTextFiles(files: readonly TextFile[]): Promise<Answer<"created" | "exists">[]> {
    return this.connection.call("createTextFiles", files.map(atDirectory), () => this.files.createTextFiles(files));
  }

  replaceTextFiles(files: readonly TextReplacement[]): Promise<Answer<void>[]> {
    return this.connection.call("replaceTextFiles", files.map(atDirectory), () => this.files.replaceTextFiles(files));
  }

  moveFiles(moves: readonly FileMove[]): Promise<Answer<void>[]> {
    return this.connection.call("moveFiles", moves.map(atDirectory), () => this.files.moveFiles(moves));
  }

  removeEmptyDirectories(directories: readonly ChangedDirectory[]): Promise<Answer<"removed" | "notEmpty" | "absent">[]> {
    return this.connection.call("removeEmptyDirectories", directories.map(atDirectory), () =>
      this.files.removeEmptyDirectories(directories),
    );
  }

  startTasks(tasks: readonly Task[]): Promise<Answer<TaskId>[]> {
    return this.connection.call("startTasks", tasks.map(atDirectory), () => this.files.startTasks(tasks));
  }

  cancelTasks(ids: readonly TaskId[]): Promise<Answer<void>[]> {
    return this.connection.call("cancelTasks", [], () => this.files.cancelTasks(ids));
  }

  poll(request: PollRequest): Promise<PollAnswer> {
    const { jobs, pointJobs = [], checkpointJobs = [] } = request;
    const subjects = [...this.jobs.subjects(jobs), ...this.points.subjects(pointJobs), ...this.checkpoints.subjects(checkpointJobs)];
    return this.connection.call("poll", subjects, async () => ({
      jobs: await this.jobs.look(jobs),
      pointJobs: await this.points.look(pointJobs),
      checkpointJobs: await this.checkpoints.look(checkpointJobs),
      tasks: this.localFiles.taskStates(request.tasks),
    }));
  }

  async close(): Promise<void> {
    this.connection.close();
    await settledWithin(this.localFiles.close(), CLOSING);
  }
}

/**
 * Opens a lab folder as a host.
 *
 * @param directory The lab's folder; an empty or absent one becomes the default lab with {@link Host.prepare}, not before.
 */
export function openSimulatorHost(directory: string): Host {
  return new SimulatorHost(directory);
}

function ofMachine(virtualMachineId: string): FaultSubject {
  return { virtualMachineId };
}

function atPath(directory: string): FaultSubject {
  return { path: directory };
}

function atDirectory(item: { readonly directory: string }): FaultSubject {
  return { path: item.directory };
}
