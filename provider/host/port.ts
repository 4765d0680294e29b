import type { PathStyle } from "../domain/paths/path-rules";
import type {
  CheckpointChange,
  CheckpointConversion,
  CheckpointExportRequest,
  CheckpointJob,
  CheckpointRemoval,
  CheckpointRequest,
  CheckpointStart,
  MachineCheckpoints,
} from "./checkpoints";
import type { HostError, PointRefusal } from "./host-error";
import type { HostJob, JobPath } from "./host-job";
import type { Conditional } from "./precondition";
import type { AskedInstance, TestMachine, TestMachineKey, TestMachineRemoval, TestMachineRequest, ToldInstance } from "./test-machines";

export * from "./checkpoints";
export * from "./host-error";
export * from "./host-job";
export * from "./precondition";
export * from "./test-machines";

/**
 * The Host port: everything the lifecycle asks of a machine that runs Hyper-V.
 *
 * Rules that hold for every verb (the contract suite in test/contract runs them against every adapter):
 * - A verb takes a list and MUST answer with one {@link Answer} an item, in the order asked. One item's failure MUST NOT fail another.
 * - A call as a whole rejects only with a {@link HostError} of kind `unreachable`, `unusable` or `connectionLost` (or `damagedState`:
 *   the adapter's own store is damaged). After `connectionLost` the caller MUST assume that a method may or may not have run, also
 *   where one item's answer says so. `unusable` lasts until a person has changed something: asking again is of no use.
 * - No verb retries, none waits for long work: exports and tasks are started, then polled. One exception is a file that another
 *   program has open for a moment, as virus scanners do: it MUST be waited for, within a few seconds, before the answer is `fileInUse`.
 * - A verb that changes files below a {@link Place} MUST refuse with `movedDirectory` when the directory's canonical path is no
 *   longer the recorded one, and with `linkInPath` when a component below the directory is a link. It MUST NOT follow links.
 * - What a request says of {@link Conditional.onlyIf} MUST be looked at right before each single change, a task's files and a method's
 *   call included; where it does not hold, nothing more is changed and the answer is `preconditionFailed`. Where nothing is left to
 *   change, it does not matter.
 * - Directories are absolute paths in the host's own style; paths below a directory are relative, with forward slashes, and their names are
 *   whatever the host's file system can hold: a file that a listing names MUST be reached under that very name.
 */
export interface Host {
  /** Which rules this host's paths follow. */
  readonly pathStyle: PathStyle;

  /**
   * True where an export's configuration and runtime files are written after every disk is whole, so that the files alone
   * prove a finished export when its job is no longer listed. False where nobody can promise that.
   */
  readonly configurationWrittenLast: boolean;

  /**
   * What the machine calls itself: the same by whatever name, account and way it is reached. Undefined where the way is all there is to
   * tell it by.
   */
  machineId(): Promise<string | undefined>;

  /**
   * The folder of the host where this package keeps records that belong to no export directory: an absolute path, the same for every
   * session and account. It need not be there; whoever writes makes it. It is no place for exports.
   */
  recordsDirectory(): Promise<string>;

  /**
   * Called before an export is made that no state knows yet. A host that is made for the asking, as the simulator's lab is, is made here
   * and nowhere else: every other verb is `unreachable` while it is not there. Harmless to call again; any other host does nothing.
   */
  prepare(): Promise<void>;

  /** For a look ahead: from now on a host that {@link Host.prepare} would make answers as it would then. Nothing is made, nothing asked. */
  imagine(): void;

  /**
   * What the host is and what of Hyper-V the account can use, looked at anew. What is missing, or cannot be told, is among the faults and
   * no error; nothing is changed.
   */
  inspect(): Promise<HostFacts>;

  /** Virtual machines whose ElementName (case-insensitive) or Name (GUID) equals the query: none, one or several a query. */
  findVirtualMachines(queries: readonly string[]): Promise<Answer<VirtualMachine[]>[]>;

  /**
   * Every virtual machine that the host shows the account, as {@link Host.findVirtualMachines} names them. None at all MUST be answered
   * only where that may be believed: an account without rights and a service that is stopped look the same, and are errors.
   */
  listVirtualMachines(): Promise<Answer<NamedMachine[]>>;

  /** All reference points of each machine (Msvm_ReferencePointOfVirtualSystem); `notFound` where the machine is not there. */
  listReferencePoints(virtualMachineIds: readonly string[]): Promise<Answer<ReferencePoint[]>[]>;

  /**
   * Calls ExportReferencePoint exactly once a request. Return code 0 answers `completed`, 4096 answers `job`, every other code an
   * error whose kind is the decoded code. The directory MUST exist.
   */
  exportReferencePoints(requests: readonly ExportRequest[]): Promise<Answer<ExportStart>[]>;

  /**
   * Calls CreateReferencePoint (by resilient change tracking) exactly once a request. Return code 0 answers `completed`, 4096 answers
   * `job`, every other code an error whose kind is the decoded code; `notFound` where the machine is not there, and the method is not
   * called. A host may give a point of another consistency than was asked for: that is no error here, the point tells which it got.
   */
  createReferencePoints(requests: readonly PointRequest[]): Promise<Answer<PointStart>[]>;

  /**
   * Calls DestroyReferencePoint exactly once a point that is there; `absent` for one that is not. A point MUST be called absent only
   * where its machine is there: `notFound` where that is not. Every other code than 0 and 4096 is an error of the decoded kind.
   */
  destroyReferencePoints(points: readonly DestroyRequest[]): Promise<Answer<PointDestruction>[]>;

  /**
   * Jobs that make points of each machine, running or still listed after their end; newest first; none of a machine that is not there. Which machine and point a job is
   * about, its CIM_AffectedJobElement association tells. A running one that does not tell may be about any machine: then every answer
   * MUST be an error (`inUse`), unless this session has started it.
   */
  findPointJobs(virtualMachineIds: readonly string[]): Promise<Answer<ListedPointJobs>[]>;

  /** What stands of checkpoints on each machine, and the files it runs on, in one look; `notFound` where the machine is not there. */
  listCheckpoints(virtualMachineIds: readonly string[]): Promise<Answer<MachineCheckpoints>[]>;

  /**
   * Calls CreateSnapshot (type 32768, a recovery checkpoint) exactly once a request. Return code 0 answers `completed`, 4096 answers
   * `job`, every other code an error whose kind is the decoded code; `notFound` where the machine is not there, and the method is not
   * called. A host may give one of another consistency than was asked for: only the point that it is turned into tells which.
   */
  createCheckpoints(requests: readonly CheckpointRequest[]): Promise<Answer<CheckpointStart>[]>;

  /**
   * Calls ExportSystemDefinition exactly once a request, for the checkpoint with its disks, whole or as differences from a base. The
   * directory MUST exist. The job tells of no directory: {@link Host.findCheckpointJobs} finds it by its machine.
   * `invalidParameter` where the checkpoint is not there or no recovery checkpoint of the machine, or the base not a point of it: the method
   * is not called.
   */
  exportCheckpoints(requests: readonly CheckpointExportRequest[]): Promise<Answer<ExportStart>[]>;

  /**
   * Calls ConvertToReferencePoint exactly once a recovery checkpoint that is there: it goes, and a reference point of the same moment comes.
   * What the machine has written meanwhile is merged into its disks afterwards, for as long as that takes: {@link MachineCheckpoints} tells.
   * `absent` for one that is not there, of a machine that is: `notFound` where the machine is not. `invalidParameter` where the checkpoint
   * is a person's and no recovery checkpoint: none of these verbs touches such a one.
   */
  convertCheckpoints(checkpoints: readonly CheckpointChange[]): Promise<Answer<CheckpointConversion>[]>;

  /**
   * Calls DestroySnapshot exactly once a recovery checkpoint that is there; `absent` for one that is not, of a machine that is: `notFound`
   * where the machine is not, `invalidParameter` and the merge as above.
   */
  removeCheckpoints(checkpoints: readonly CheckpointChange[]): Promise<Answer<CheckpointRemoval>[]>;

  /**
   * Jobs that make, export, convert and remove checkpoints of each machine or merge its disks, running or still listed after their end,
   * whoever has started them; newest first; none of a machine that is not there. A running one that does not tell its machine may be about
   * any: then every answer MUST be an error (`inUse`), unless this session has started it. A merge is no such job: it is left out.
   */
  findCheckpointJobs(virtualMachineIds: readonly string[]): Promise<Answer<ListedCheckpointJobs>[]>;

  /** Jobs, running or still listed after their end, whose ExportDirectory is the given directory; newest first. */
  findExportJobs(exportDirectories: readonly string[]): Promise<Answer<ExportJob[]>[]>;

  /** RequestStateChange(Terminate) of jobs of any kind. Success when the job has ended or is no longer listed, too. Does not wait for the end. */
  terminateJobs(paths: readonly JobPath[]): Promise<Answer<void>[]>;

  /**
   * Makes a machine for a probe, by DefineSystem, CreateVirtualHardDisk and AddResourceSettings, each called at most once a request. Their jobs
   * take seconds and are waited for, a minute each: the second exception. What fails midway leaves what was made: {@link Host.removeTestMachines}
   * and the names in the request are enough to find it.
   */
  createTestMachines(requests: readonly TestMachineRequest[]): Promise<Answer<TestMachine>[]>;

  /**
   * Calls DestroySystem exactly once a machine whose GUID, name and notes are those that are given, looked at right before, and waits for its job
   * in the same way. Its points go with it, the file of its disk stays. `absent` MUST be answered only where that may be believed.
   */
  removeTestMachines(machines: readonly TestMachineKey[]): Promise<Answer<TestMachineRemoval>[]>;

  /** All that instances tell, for people who want to know; undefined of one that is not there. Nothing is decided by it. */
  readInstances(instances: readonly AskedInstance[]): Promise<Answer<ToldInstance | undefined>[]>;

  /** What is at each directory now: one listing, the asked text files, free space. Never creates or changes anything. */
  readDirectories(requests: readonly DirectoryRequest[]): Promise<Answer<DirectoryReport>[]>;

  /**
   * Directories directly below each `parent` whose text file `marker` contains a text, each with what {@link Host.readDirectories}
   * would answer for it. A help to ask less often and never a proof: what cannot be reported is left out, and a parent that is missing
   * or holds more than 10,000 entries answers nothing.
   */
  surveyDirectories(requests: readonly SurveyRequest[]): Promise<Answer<SurveyedDirectory[]>[]>;

  /** Creates each directory and its missing parents; success when it is there already. `volumeMissing` when the volume is not. */
  createDirectories(directories: readonly ChangedDirectory[]): Promise<Answer<CreatedDirectory>[]>;

  /** Creates each file exactly once, whole or not at all, flushed; answers `exists` and changes nothing when the name is taken. */
  createTextFiles(files: readonly TextFile[]): Promise<Answer<"created" | "exists">[]>;

  /**
   * Replaces each file by writing beside it, flushing and renaming: a reader sees the old text or the new, never a part. A file that
   * holds the text already is a success whatever its condition says: it may be the condition, and its answer have been lost.
   */
  replaceTextFiles(files: readonly TextReplacement[]): Promise<Answer<void>[]>;

  /** Moves files within their directory, each one atomic, replacing what is at the target; makes missing sub-directories. */
  moveFiles(moves: readonly FileMove[]): Promise<Answer<void>[]>;

  /** Removes each directory if it is empty. */
  removeEmptyDirectories(directories: readonly ChangedDirectory[]): Promise<Answer<"removed" | "notEmpty" | "absent">[]>;

  /** Starts long work on files; poll it with {@link Host.poll}. A task ends with the session that started it. */
  startTasks(tasks: readonly Task[]): Promise<Answer<TaskId>[]>;

  /** Cancels tasks; success when a task has ended or is not known, too. */
  cancelTasks(ids: readonly TaskId[]): Promise<Answer<void>[]>;

  /** One batched look at jobs and tasks. A job that is no longer listed answers `undefined`. A task's end is answered once. */
  poll(request: PollRequest): Promise<PollAnswer>;

  /** Ends the session in bounded time (2 s). Jobs of the host go on; tasks do not. */
  close(): Promise<void>;
}

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: HostError };

export type TaskId = string;

export interface HostFacts {
  readonly computerName: string;
  /** The account that Hyper-V is asked as. */
  readonly account: string;
  /** Whether the account has the rights of an administrator now; undefined where the host knows no such thing. */
  readonly isElevated: boolean | undefined;
  /** The shell that answers; undefined where none stands between. */
  readonly powershell: { readonly version: string; readonly edition: string } | undefined;
  /** The service vmms; undefined where nobody can tell. */
  readonly managementService: "running" | "stopped" | "missing" | undefined;
  /** Why the account would find no machines, points or jobs, or fewer than there are. */
  readonly faults: readonly HostError[];
}

export interface NamedMachine {
  /** Msvm_ComputerSystem.Name: upper-case GUID. */
  readonly id: string;
  /** Msvm_ComputerSystem.ElementName: not unique. */
  readonly name: string;
}

export interface VirtualMachine extends NamedMachine {
  readonly disks: readonly VirtualDisk[];
}

export interface VirtualDisk {
  /** Msvm_StorageAllocationSettingData.InstanceID, the form that DisksToExport takes. */
  readonly instanceId: string;
  /** Path of the disk's file on the host (HostResource). */
  readonly path: string;
  /** Its size or its file's length, whichever the host tells: it says neither the least nor the most that an export needs. */
  readonly bytes: number;
  /**
   * Bytes of the disk that are in use now: the most that a full export of it needs. A thin disk has fewer than `bytes`. It MUST be
   * undefined where nobody can tell: of a file that others lie below, as a checkpoint's (.avhdx) or a set's (.vhds), and of one out of reach.
   */
  readonly allocatedBytes?: number;
}

export interface ReferencePoint {
  /** Msvm_VirtualSystemReferencePoint.InstanceID: "Microsoft:" and an upper-case GUID. */
  readonly id: string;
  /** VirtualSystemIdentifier: the machine's GUID. */
  readonly virtualMachineId: string;
  readonly kind: "rct" | "log" | "unknown";
  /** ConsistencyLevel: 1 application, 2 crash. */
  readonly consistency: "application" | "crash" | "unknown";
  /** VirtualDiskIdentifiers: the disks that the point covers. */
  readonly diskIds: readonly string[];
  /** Place in the order in which the machine's points were made: a lower number is older. Undefined where the host does not tell. */
  readonly order?: number;
}

export interface ExportRequest extends Conditional {
  readonly virtualMachineId: string;
  readonly referencePointId: string;
  readonly baseReferencePointId?: string;
  /** Instance ids; empty: every disk of the point. */
  readonly disksToExport: readonly string[];
  readonly exportDirectory: string;
}

export type ExportStart = { readonly kind: "completed" } | { readonly kind: "job"; readonly path: JobPath };

/** A point to make. */
export interface PointRequest extends Conditional {
  readonly virtualMachineId: string;
  /** Msvm_VirtualSystemReferencePointSettingData.ConsistencyLevel: 1 application, 2 crash. */
  readonly consistency: "application" | "crash";
}

export type PointStart =
  /** `referencePointId` where the method names the point that it has made. */
  { readonly kind: "completed"; readonly referencePointId?: string } | { readonly kind: "job"; readonly path: JobPath };

/** Both keys of an Msvm_VirtualSystemReferencePoint. */
export interface PointKey {
  readonly virtualMachineId: string;
  readonly referencePointId: string;
}

export type DestroyRequest = PointKey & Conditional;

export type PointDestruction = { readonly kind: "completed" | "absent" } | { readonly kind: "job"; readonly path: JobPath };

/** A job that makes or destroys a point. */
export interface PointJob extends HostJob {
  readonly work: "create" | "destroy" | "unknown";
  /** GUID of the machine; undefined where neither the job's association nor this session tells it. */
  readonly virtualMachineId?: string;
  /**
   * The point that the job has made, or destroys. One that was made is listed; undefined until it is, which may be seconds after the
   * job's end, and where it is gone again.
   */
  readonly referencePointId?: string;
  /** Of a job that has failed to make a point. */
  readonly refusal?: PointRefusal;
}

export interface ListedPointJobs {
  /** ISO 8601: the host's clock, by which {@link HostJob.startedAt} goes. It MUST be read before the jobs are listed. */
  readonly hostTime: string;
  readonly jobs: readonly PointJob[];
}

/** The same of jobs about checkpoints. */
export interface ListedCheckpointJobs {
  readonly hostTime: string;
  readonly jobs: readonly CheckpointJob[];
}

export interface ExportJob extends HostJob {
  readonly exportDirectory: string;
  readonly virtualMachineId: string;
  readonly referencePointId: string;
  readonly baseReferencePointId?: string;
  /**
   * The files that the job names (ExportedConfigFilePath, ExportedRuntimeFilePath, ExportedGuestStateFilePath,
   * ExportedLogFilePaths), absolute, as the host gives them; empty until it does, and where it never does.
   */
  readonly exportedFiles: readonly NamedFile[];
  /** ExportedDisks: instance ids of the disks that the job has exported; undefined until it lists any, and where it never does. */
  readonly exportedDisks?: readonly string[];
  /** Bytes below the export directory now, as far as the adapter can tell cheaply. */
  readonly bytesWritten?: number;
  /** Bytes that the job will write, where known. */
  readonly bytesExpected?: number;
}

/** A file that an export job names, and the property that names it. */
export interface NamedFile {
  readonly path: string;
  readonly namedBy: "configuration" | "runtimeState" | "guestState" | "log";
}

/** A directory together with the canonical path (links resolved) that it had when it was claimed. */
export interface Place {
  readonly directory: string;
  readonly canonicalPath: string;
}

export interface ChangedDirectory extends Conditional {
  readonly directory: string;
}

export interface DirectoryRequest {
  readonly directory: string;
  /** Text files to read in the same look, relative; each at most 16 MiB. What is no regular file reads as absent. */
  readonly texts: readonly string[];
  /** False: only the texts are wanted. Nothing is listed and `entries` is empty, so that a large directory costs nothing. */
  readonly list: boolean;
}

export interface SurveyRequest {
  readonly parent: string;
  /** Name of a text file directly in the directories that are meant. */
  readonly marker: string;
  /** What the marker's text must contain. */
  readonly containing: string;
  /** As in {@link DirectoryRequest}. */
  readonly texts: readonly string[];
}

export interface SurveyedDirectory {
  readonly directory: string;
  readonly report: DirectoryReport;
}

export type DirectoryReport =
  | {
      readonly kind: "directory";
      readonly canonicalPath: string;
      readonly entries: readonly DirectoryEntry[];
      readonly texts: Readonly<Record<string, string>>;
      readonly freeBytes: FreeBytes;
    }
  /** Positively not there: its parent is. */
  | { readonly kind: "absent" }
  | { readonly kind: "parentMissing" }
  | { readonly kind: "volumeMissing" }
  /** A file or a link stands where the directory should be; or, with its path, a file where a folder above it should be. */
  | { readonly kind: "notDirectory"; readonly above?: string };

/** Free bytes of a directory's volume; undefined where nobody can tell. */
export type FreeBytes = number | undefined;

export interface DirectoryEntry {
  /**
   * Relative, forward slashes. Listed recursively; what is behind a link is not listed, nor what is in a folder that file servers make
   * inside of others ("@eaDir", "System Volume Information"): often nobody may look into it.
   */
  readonly path: string;
  readonly kind: "file" | "directory" | "link" | "other";
  /** 0 for anything but a file. */
  readonly bytes: number;
  /** The file's content lies in another storage tier, and reading it brings it back: that may take long, and cost money. */
  readonly isRecalled?: boolean;
}

export interface CreatedDirectory {
  readonly canonicalPath: string;
  /** False when the directory was there already. */
  readonly created: boolean;
  readonly freeBytes: FreeBytes;
}

export interface TextFile extends Place {
  /** Relative path. */
  readonly path: string;
  readonly text: string;
}

export type TextReplacement = TextFile & Conditional;

export interface FileMove extends Place, Conditional {
  readonly from: string;
  readonly to: string;
}

export type Task =
  /** SHA-256 of each file, at most two files at once, off the main thread. */
  | (Place & { readonly kind: "hash"; readonly files: readonly string[] })
  /** Removes each file, in the order given, then the sub-directories that this left empty. What is absent already is a success. */
  | (Place & Conditional & { readonly kind: "remove"; readonly files: readonly string[] });

export type TaskState =
  | { readonly kind: "running"; readonly doneBytes: number }
  | { readonly kind: "hashed"; readonly files: readonly HashedFile[] }
  | { readonly kind: "removed"; readonly removed: readonly string[]; readonly absent: readonly string[] }
  /** Cancelled, or started by a session that is gone. */
  | { readonly kind: "cancelled" };

export interface HashedFile {
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

export interface PollRequest {
  /** Of exports. */
  readonly jobs: readonly JobPath[];
  readonly pointJobs?: readonly JobPath[];
  readonly checkpointJobs?: readonly JobPath[];
  readonly tasks: readonly TaskId[];
}

export interface PollAnswer {
  readonly jobs: readonly Answer<ExportJob | undefined>[];
  readonly pointJobs: readonly Answer<PointJob | undefined>[];
  readonly checkpointJobs: readonly Answer<CheckpointJob | undefined>[];
  readonly tasks: readonly Answer<TaskState>[];
}
