import * as path from "node:path";
import { jobStates } from "../../domain/hyperv/job-state";
import { settledWithin } from "../event-loop";
import { createDirectory, removeEmptyDirectory } from "../local-files/directories";
import { markedDirectories, readDirectory } from "../local-files/directory-report";
import { hostErrorFrom } from "../local-files/file-errors";
import { samePath } from "../local-files/guarded-place";
import { TaskList } from "../local-files/tasks/task-list";
import { createTextFile, moveFile, replaceTextFile } from "../local-files/text-files";
import {
  type Answer,
  type CreatedDirectory,
  type DirectoryReport,
  type DirectoryRequest,
  type ExportJob,
  type ExportRequest,
  type ExportStart,
  type FileMove,
  type Host,
  HostError,
  type JobPath,
  type Place,
  type PollAnswer,
  type PollRequest,
  type ReferencePoint,
  type SurveyedDirectory,
  type SurveyRequest,
  type Task,
  type TaskId,
  type TextFile,
  type VirtualMachine,
} from "../port";
import { withTermination } from "./export/call-log";
import { jobAnswer } from "./export/job-answer";
import { withEnd } from "./export/settlement";
import { faultSubject, startExports } from "./export/start-export";
import type { FaultSubject } from "./faults/fault-matching";
import type { HostMethod } from "./faults/fault-table";
import { type Lab, labAt } from "./state/lab";
import { findMachines, jobAt, machineById, pointsOf } from "./state/look-ups";
import { pointAnswer, virtualMachineAnswer } from "./state/machine-answer";
import type { JobRecord } from "./wmi-names";

/** How long a verb waits for work that is due; the rest goes on in the background. */
const PATIENCE = 250;
const CLOSING = 2000;

/** The Host port over a lab folder. Constructing it touches nothing; the first verb makes the lab where there is none. */
export class SimulatorHost implements Host {
  readonly pathStyle: Host["pathStyle"] = process.platform === "win32" ? "windows" : "posix";
  readonly configurationWrittenLast = true;
  private readonly lab: Lab;
  private readonly tasks = new TaskList();
  private release: (() => void) | undefined;

  /** @param directory The lab's folder. */
  constructor(directory: string) {
    this.lab = labAt(directory);
  }

  findVirtualMachines(queries: readonly string[]): Promise<Answer<VirtualMachine[]>[]> {
    return this.call("findVirtualMachines", [], async () => {
      const state = await this.lab.store.read();
      return queries.map((query) => good(findMachines(state, query).map((machine) => virtualMachineAnswer(this.lab, machine))));
    });
  }

  listReferencePoints(virtualMachineIds: readonly string[]): Promise<Answer<ReferencePoint[]>[]> {
    const subjects = virtualMachineIds.map((virtualMachineId) => ({ virtualMachineId }));
    return this.call("listReferencePoints", subjects, async () => {
      const state = await this.lab.store.read();
      return virtualMachineIds.map((id) => {
        const machine = machineById(state, id);
        if (machine) return good(pointsOf(state, machine.Name).map(pointAnswer));
        return bad(new HostError("notFound", `There is no virtual machine ${id} on the simulated host.`));
      });
    });
  }

  exportReferencePoints(requests: readonly ExportRequest[]): Promise<Answer<ExportStart>[]> {
    return this.call("exportReferencePoints", requests.map(faultSubject), async () => {
      const machines = new Set(requests.map((request) => request.virtualMachineId.toUpperCase()));
      // A job that is over by the clock must not refuse the next one.
      await this.lab.settlement.settle(20 * PATIENCE, (job) => machines.has(job.VirtualMachineId));
      return startExports(this.lab, requests);
    });
  }

  findExportJobs(exportDirectories: readonly string[]): Promise<Answer<ExportJob[]>[]> {
    return this.call("findExportJobs", exportDirectories.map(atPath), async () => {
      const state = await this.lab.settlement.settle(PATIENCE);
      const now = Date.now();
      const jobs = state.jobs.map((job) => jobAnswer(this.lab, state, job, now)).filter((job) => job !== undefined);
      // Jobs are recorded in the order of their start; two of one millisecond must not change places.
      jobs.reverse();
      return exportDirectories.map((directory) => {
        const wanted = path.resolve(directory);
        return good(jobs.filter((job) => samePath(path.resolve(job.exportDirectory), wanted)));
      });
    });
  }

  terminateJobs(paths: readonly JobPath[]): Promise<Answer<void>[]> {
    return this.call("terminateJobs", this.jobSubjects(paths), async () => {
      await this.lab.settlement.settle(PATIENCE);
      const ended = await this.lab.store.change((state) => {
        let next = state;
        const jobs: JobRecord[] = [];
        for (const one of paths) {
          const job = jobAt(next, one);
          if (!job || job.end) continue;
          jobs.push(job);
          const bytes = this.lab.settlement.bytesWritten(job);
          next = withTermination(next, job);
          next = withEnd(next, job.InstanceID, {
            JobState: jobStates.terminated,
            ErrorCode: 0,
            ErrorDescription: "",
            at: Date.now(),
            listed: true,
            bytes,
          });
        }
        return { state: next, result: jobs };
      });
      // After the answer this process writes no more for the job.
      await Promise.all(ended.map((job) => this.lab.settlement.idle(job.InstanceID)));
      return paths.map(() => good(undefined));
    });
  }

  readDirectories(requests: readonly DirectoryRequest[]): Promise<Answer<DirectoryReport>[]> {
    return this.call("readDirectories", requests.map(atDirectory), async () => {
      const { settings } = await this.lab.settlement.settle(PATIENCE);
      return this.each("readDirectories", requests, directoryOf, (request) => this.look("readDirectories", request, settings.freeBytes));
    });
  }

  surveyDirectories(requests: readonly SurveyRequest[]): Promise<Answer<SurveyedDirectory[]>[]> {
    const subjects = requests.map(({ parent }) => atPath(parent));
    return this.call("surveyDirectories", subjects, async () => {
      const { settings } = await this.lab.settlement.settle(PATIENCE);
      return this.each(
        "surveyDirectories",
        requests,
        ({ parent }) => parent,
        async (request) => {
          const asked = markedDirectories(request).map((directory) => ({ directory, texts: request.texts, list: true }));
          const answers = await this.each("surveyDirectories", asked, directoryOf, (one) =>
            this.look("surveyDirectories", one, settings.freeBytes),
          );
          return answers.flatMap((answer, index) =>
            answer.ok ? [{ directory: asked[index]?.directory ?? "", report: answer.value }] : [],
          );
        },
      );
    });
  }

  createDirectories(directories: readonly string[]): Promise<Answer<CreatedDirectory>[]> {
    return this.call("createDirectories", directories.map(atPath), async () => {
      const { settings } = await this.lab.store.read();
      return this.each(
        "createDirectories",
        directories,
        (directory) => directory,
        async (directory) => createDirectory(directory, settings.freeBytes),
      );
    });
  }

  createTextFiles(files: readonly TextFile[]): Promise<Answer<"created" | "exists">[]> {
    return this.call("createTextFiles", files.map(atDirectory), () => this.each("createTextFiles", files, directoryOf, createTextFile));
  }

  replaceTextFiles(files: readonly TextFile[]): Promise<Answer<void>[]> {
    return this.call("replaceTextFiles", files.map(atDirectory), () => this.each("replaceTextFiles", files, directoryOf, replaceTextFile));
  }

  moveFiles(moves: readonly FileMove[]): Promise<Answer<void>[]> {
    return this.call("moveFiles", moves.map(atDirectory), () => this.each("moveFiles", moves, directoryOf, async (move) => moveFile(move)));
  }

  removeEmptyDirectories(directories: readonly string[]): Promise<Answer<"removed" | "notEmpty" | "absent">[]> {
    return this.call("removeEmptyDirectories", directories.map(atPath), () =>
      this.each(
        "removeEmptyDirectories",
        directories,
        (directory) => directory,
        async (directory) => removeEmptyDirectory(directory),
      ),
    );
  }

  startTasks(tasks: readonly Task[]): Promise<Answer<TaskId>[]> {
    return this.call("startTasks", tasks.map(atDirectory), () =>
      this.each("startTasks", tasks, directoryOf, async (task) => this.tasks.start(task)),
    );
  }

  cancelTasks(ids: readonly TaskId[]): Promise<Answer<void>[]> {
    return this.call("cancelTasks", [], async () => {
      for (const id of ids) this.tasks.cancel(id);
      return ids.map(() => good(undefined));
    });
  }

  poll(request: PollRequest): Promise<PollAnswer> {
    return this.call("poll", this.jobSubjects(request.jobs), async () => {
      const state = request.jobs.length > 0 ? await this.lab.settlement.settle(PATIENCE) : await this.lab.store.read();
      const now = Date.now();
      const jobs = request.jobs.map((one) => {
        const job = jobAt(state, one);
        return good(job && jobAnswer(this.lab, state, job, now));
      });
      return { jobs, tasks: request.tasks.map((id) => this.tasks.look(id)) };
    });
  }

  async close(): Promise<void> {
    this.release?.();
    this.release = undefined;
    await settledWithin(this.tasks.close(), CLOSING);
  }

  /** What every verb goes through: the faults of the connection, and the errors that reject a call as a whole. */
  private async call<T>(method: HostMethod, items: readonly FaultSubject[], work: () => Promise<T>): Promise<T> {
    this.release ??= this.lab.settlement.use();
    const before = await this.lab.take(["hostUnreachable", "connectionLostBefore"], { method, items });
    if (before?.fault === "hostUnreachable") throw new HostError("unreachable", "The simulated host does not answer.");
    if (before) throw new HostError("connectionLost", `The connection to the simulated host broke before ${method} ran.`);
    const result = await work();
    const after = await this.lab.take(["connectionLostAfter"], { method, items });
    if (after)
      throw new HostError("connectionLost", `The connection to the simulated host broke while ${method} ran; it may or may not have run.`);
    return result;
  }

  /** One answer an item, in order; one item's failure is its own. */
  private async each<Item, Value>(
    method: HostMethod,
    items: readonly Item[],
    pathOf: (item: Item) => string,
    work: (item: Item) => Promise<Value>,
  ): Promise<Answer<Value>[]> {
    const answers: Answer<Value>[] = [];
    for (const item of items) answers.push(await this.one(method, pathOf(item), () => work(item)));
    return answers;
  }

  private async one<Value>(method: HostMethod, directory: string, work: () => Promise<Value>): Promise<Answer<Value>> {
    try {
      const occasion = { method, items: [{ path: directory }] };
      const fault = await this.lab.take(["volumeMissing", "accessDenied"], occasion);
      if (fault?.fault === "accessDenied")
        throw new HostError("accessDenied", `Access to ${directory} is denied (simulated).`, { path: directory });
      if (fault && method === "readDirectories") return good({ kind: "volumeMissing" } as Value);
      if (fault) throw new HostError("volumeMissing", `The volume of ${directory} is not there (simulated).`, { path: directory });
      const full = this.lab.faults.read().some((active) => active.fault.fault === "diskFull" && active.fault.method === method);
      if (full && (await this.lab.take(["diskFull"], occasion))) {
        throw new HostError("noSpace", `There is not enough space for ${method} in ${directory} (simulated).`, { path: directory });
      }
      return good(await work());
    } catch (error) {
      if (error instanceof HostError && error.kind === "damagedState") throw error;
      return bad(hostErrorFrom(error, method, directory));
    }
  }

  private async look(method: HostMethod, request: DirectoryRequest, freeBytes: number | null): Promise<DirectoryReport> {
    const slow = await this.lab.take(["slowListing"], { method, items: [{ path: request.directory }] });
    if (slow) await new Promise((resolve) => setTimeout(resolve, slow.delay));
    return readDirectory(request, freeBytes);
  }

  private jobSubjects(paths: readonly JobPath[]): FaultSubject[] {
    if (this.lab.faults.read().length === 0) return [];
    const state = this.lab.store.peek();
    return paths.map((one) => {
      const job = state && jobAt(state, one);
      return job ? { virtualMachineId: job.VirtualMachineId, referencePointId: job.ReferencePointId, path: job.ExportDirectory } : {};
    });
  }
}

/**
 * Opens a lab folder as a host.
 *
 * @param directory The lab's folder; an empty or absent one becomes the default lab with the first verb, not before.
 */
export function openSimulatorHost(directory: string): Host {
  return new SimulatorHost(directory);
}

function good<T>(value: T): Answer<T> {
  return { ok: true, value };
}

function bad(error: HostError): { readonly ok: false; readonly error: HostError } {
  return { ok: false, error };
}

function atPath(directory: string): FaultSubject {
  return { path: directory };
}

function atDirectory(item: Pick<Place, "directory">): FaultSubject {
  return { path: item.directory };
}

function directoryOf(item: Pick<Place, "directory">): string {
  return item.directory;
}
