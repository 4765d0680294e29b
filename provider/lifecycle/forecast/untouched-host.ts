import { pathRules } from "../../domain/paths/path-rules";
import {
  type Answer,
  type ChangedDirectory,
  type CreatedDirectory,
  type DirectoryReport,
  type DirectoryRequest,
  type FreeBytes,
  type Host,
  HostError,
  type Task,
  type TextReplacement,
} from "../../host/port";
import { madeBelow } from "../directory/made-below";
import type { BatchedHost } from "../session/batched-host";

/** What a create would do first that changes more than its own directory and claim. */
export type FirstDeed = { readonly kind: "export" } | { readonly kind: "task"; readonly task: Task };

/**
 * A host for one create that is only thought through: it answers questions, says of a new directory and its claim that they are made,
 * and stops the create where it would export, read whole files or remove any. Nothing is changed.
 */
export class UntouchedHost implements Host {
  readonly pathStyle: Host["pathStyle"];
  readonly configurationWrittenLast: boolean;
  /** Where the create was stopped; undefined where it has failed before. */
  firstDeed: FirstDeed | undefined;
  freeBytes: FreeBytes;
  /** The export directory with links resolved, as far as it can be told of one that is not there yet. */
  canonicalPath: string | undefined;
  private readonly reports = new Map<string, Promise<DirectoryReport>>();
  /** Texts of files that would have been replaced, by their paths. */
  private readonly replaced = new Map<string, string>();

  constructor(private readonly host: BatchedHost) {
    this.pathStyle = host.pathStyle;
    this.configurationWrittenLast = host.configurationWrittenLast;
  }

  async prepare(): Promise<void> {
    this.imagine();
  }

  imagine(): void {
    this.host.imagine();
  }

  machineId(): Promise<string | undefined> {
    return this.host.machineId();
  }

  inspect(): ReturnType<Host["inspect"]> {
    return this.host.inspect();
  }

  recordsDirectory(): Promise<string> {
    return this.host.recordsDirectory();
  }

  findVirtualMachines(queries: Parameters<Host["findVirtualMachines"]>[0]): ReturnType<Host["findVirtualMachines"]> {
    return each(queries, (query) => this.host.findVirtualMachines(query));
  }

  listVirtualMachines(): ReturnType<Host["listVirtualMachines"]> {
    return this.host.listVirtualMachines();
  }

  listReferencePoints(ids: Parameters<Host["listReferencePoints"]>[0]): ReturnType<Host["listReferencePoints"]> {
    return each(ids, (id) => this.host.listReferencePoints(id));
  }

  findExportJobs(directories: Parameters<Host["findExportJobs"]>[0]): ReturnType<Host["findExportJobs"]> {
    return each(directories, (directory) => this.host.findExportJobs(directory));
  }

  readDirectories(requests: readonly DirectoryRequest[]): Promise<Answer<DirectoryReport>[]> {
    return each(requests, (request) => this.read(request));
  }

  surveyDirectories(requests: Parameters<Host["surveyDirectories"]>[0]): ReturnType<Host["surveyDirectories"]> {
    return each(requests, (request) => this.host.surveyDirectory(request));
  }

  createDirectories(directories: readonly ChangedDirectory[]): Promise<Answer<CreatedDirectory>[]> {
    return each(directories, async ({ directory }) => {
      const there = await this.read({ directory, texts: [], list: false });
      if (there.kind === "directory") {
        this.freeBytes = there.freeBytes;
        this.canonicalPath = there.canonicalPath;
        return { canonicalPath: there.canonicalPath, created: false, freeBytes: there.freeBytes };
      }
      const above = await madeBelow((request) => this.read(request), pathRules(this.pathStyle), directory);
      this.freeBytes = above?.freeBytes;
      this.canonicalPath = above?.canonicalPath;
      // On which volume it will be is not known, so no lack of space refuses it here.
      return { created: true, ...(above ?? { canonicalPath: directory, freeBytes: Number.POSITIVE_INFINITY }) };
    });
  }

  createTextFiles(files: readonly unknown[]): Promise<Answer<"created">[]> {
    return each(files, async () => "created" as const);
  }

  replaceTextFiles(files: readonly TextReplacement[]): Promise<Answer<void>[]> {
    return each(files, async ({ directory, path, text }) => {
      this.replaced.set(this.keyOf(directory, path), text);
    });
  }

  exportReferencePoints(requests: readonly unknown[]): Promise<Answer<never>[]> {
    return each(requests, async () => this.stop({ kind: "export" }));
  }

  createReferencePoints(requests: readonly unknown[]): Promise<Answer<never>[]> {
    return each(requests, refuse);
  }

  destroyReferencePoints(points: readonly unknown[]): Promise<Answer<never>[]> {
    return each(points, refuse);
  }

  findPointJobs(virtualMachineIds: readonly unknown[]): Promise<Answer<never>[]> {
    return each(virtualMachineIds, refuse);
  }

  listCheckpoints(ids: Parameters<Host["listCheckpoints"]>[0]): ReturnType<Host["listCheckpoints"]> {
    return each(ids, (id) => this.host.listCheckpoints(id));
  }

  createCheckpoints(requests: readonly unknown[]): Promise<Answer<never>[]> {
    return each(requests, refuse);
  }

  exportCheckpoints(requests: readonly unknown[]): Promise<Answer<never>[]> {
    return each(requests, refuse);
  }

  convertCheckpoints(checkpoints: readonly unknown[]): Promise<Answer<never>[]> {
    return each(checkpoints, refuse);
  }

  removeCheckpoints(checkpoints: readonly unknown[]): Promise<Answer<never>[]> {
    return each(checkpoints, refuse);
  }

  findCheckpointJobs(virtualMachineIds: readonly unknown[]): Promise<Answer<never>[]> {
    return each(virtualMachineIds, refuse);
  }

  createTestMachines(requests: readonly unknown[]): Promise<Answer<never>[]> {
    return each(requests, refuse);
  }

  removeTestMachines(machines: readonly unknown[]): Promise<Answer<never>[]> {
    return each(machines, refuse);
  }

  readInstances(instances: readonly unknown[]): Promise<Answer<never>[]> {
    return each(instances, refuse);
  }

  startTasks(tasks: readonly Task[]): Promise<Answer<never>[]> {
    return each(tasks, async (task) => this.stop({ kind: "task", task }));
  }

  moveFiles(moves: readonly unknown[]): Promise<Answer<never>[]> {
    return each(moves, refuse);
  }

  removeEmptyDirectories(directories: readonly unknown[]): Promise<Answer<never>[]> {
    return each(directories, refuse);
  }

  terminateJobs(paths: readonly unknown[]): Promise<Answer<never>[]> {
    return each(paths, refuse);
  }

  cancelTasks(ids: readonly unknown[]): Promise<Answer<void>[]> {
    return each(ids, async () => {});
  }

  async poll(): Promise<never> {
    return refuse();
  }

  async close(): Promise<void> {}

  private read(request: DirectoryRequest): Promise<DirectoryReport> {
    const key = JSON.stringify(request);
    const asked = this.reports.get(key) ?? this.host.readDirectory(request);
    this.reports.set(key, asked);
    return this.replaced.size === 0 ? asked : asked.then((report) => this.asWritten(request, report));
  }

  /** What would be read after what would have been written. */
  private asWritten({ directory, texts }: DirectoryRequest, report: DirectoryReport): DirectoryReport {
    if (report.kind !== "directory") return report;
    const written = texts.flatMap((path) => {
      const text = this.replaced.get(this.keyOf(directory, path));
      return text === undefined ? [] : [[path, text] as const];
    });
    return { ...report, texts: { ...report.texts, ...Object.fromEntries(written) } };
  }

  private keyOf(directory: string, path: string): string {
    const { join, fold, normalise } = pathRules(this.pathStyle);
    return fold(normalise(join(directory, path)));
  }

  private stop(deed: FirstDeed): never {
    this.firstDeed ??= deed;
    return refuse();
  }
}

function refuse(): never {
  throw new HostError("notSupported", "Nothing is done here: it is only thought through.");
}

function each<Item, Value>(items: readonly Item[], answer: (item: Item) => Promise<Value> | never): Promise<Answer<Value>[]> {
  return Promise.all(
    items.map(async (item): Promise<Answer<Value>> => {
      try {
        return { ok: true, value: await answer(item) };
      } catch (error) {
        return { ok: false, error: error as HostError };
      }
    }),
  );
}
