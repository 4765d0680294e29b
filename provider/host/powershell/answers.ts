import { jobStates } from "../../domain/hyperv/job-state";
import type {
  Checkpoint,
  CheckpointJob,
  DirectoryEntry,
  DirectoryReport,
  ExportJob,
  HashedFile,
  MachineCheckpoints,
  NamedFile,
  PointJob,
  PointRefusal,
  ReferencePoint,
  Task,
  TaskState,
  VirtualDisk,
  VirtualMachine,
} from "../port";

/** What the bridge answers, in its own words, and how the port says it. */

export interface RawMachine extends Omit<VirtualMachine, "disks"> {
  readonly disks: readonly (Omit<VirtualDisk, "allocatedBytes"> & { readonly allocatedBytes: number | null })[];
}

export function virtualMachine({ disks, ...machine }: RawMachine): VirtualMachine {
  return {
    ...machine,
    disks: disks.map(({ allocatedBytes, ...disk }) => (allocatedBytes === null ? disk : { ...disk, allocatedBytes })),
  };
}

export interface RawPoint {
  readonly id: string;
  readonly virtualMachineId: string;
  readonly consistencyLevel: number | null;
  readonly hasAssociatedData: boolean;
  readonly diskIds: readonly string[];
  readonly changeTrackingIds: readonly string[];
}

export function referencePoint(raw: RawPoint): ReferencePoint {
  return {
    id: raw.id,
    virtualMachineId: raw.virtualMachineId.toUpperCase(),
    // ReferencePointType is documented one way and was read another; what hangs on a point tells its kind.
    kind: raw.changeTrackingIds.length > 0 ? "rct" : raw.hasAssociatedData ? "log" : "unknown",
    consistency: raw.consistencyLevel === 1 ? "application" : raw.consistencyLevel === 2 ? "crash" : "unknown",
    diskIds: raw.diskIds,
  };
}

interface RawJobFacts {
  readonly path: string;
  readonly jobState: number;
  readonly percentComplete: number;
  readonly errorCode: number;
  readonly errorTexts: readonly string[];
  readonly startedAt: string | null;
}

export interface RawJob extends RawJobFacts {
  /** These are null where the job is an Msvm_ConcreteJob, which does not have them. */
  readonly exportDirectory: string | null;
  readonly virtualMachineId: string | null;
  readonly referencePointId: string | null;
  readonly baseReferencePointId: string | null;
  readonly exportedFiles: readonly { readonly path: string; readonly property: keyof typeof namedBy }[];
  readonly exportedDisks: readonly string[];
}

const namedBy = {
  ExportedConfigFilePath: "configuration",
  ExportedRuntimeFilePath: "runtimeState",
  ExportedGuestStateFilePath: "guestState",
  ExportedLogFilePaths: "log",
} as const satisfies Readonly<Record<string, NamedFile["namedBy"]>>;

/** What is known of a job since its start, where the job itself does not say it. */
export type StartedExport = Pick<ExportJob, "exportDirectory" | "virtualMachineId" | "referencePointId" | "baseReferencePointId">;

export function exportJob(raw: RawJob, started: StartedExport | undefined): ExportJob {
  const base = raw.baseReferencePointId || started?.baseReferencePointId;
  return {
    ...jobFacts(raw),
    exportDirectory: raw.exportDirectory ?? started?.exportDirectory ?? "",
    virtualMachineId: (raw.virtualMachineId ?? started?.virtualMachineId ?? "").toUpperCase(),
    referencePointId: raw.referencePointId ?? started?.referencePointId ?? "",
    ...(base && { baseReferencePointId: base }),
    exportedFiles: raw.exportedFiles.map(({ path, property }) => ({ path, namedBy: namedBy[property] })),
    ...(raw.exportedDisks.length > 0 && { exportedDisks: raw.exportedDisks }),
  };
}

export interface RawPointJob extends RawJobFacts {
  readonly work: "create" | "destroy" | null;
  readonly virtualMachineId: string | null;
  readonly referencePointId: string | null;
  readonly refusal: PointRefusal | null;
}

/** What is known of a job since its start, where its association does not tell. */
export type StartedPointWork = Pick<PointJob, "work"> & { readonly virtualMachineId: string };

export function pointJob(raw: RawPointJob, started: StartedPointWork | undefined): PointJob {
  const virtualMachineId = raw.virtualMachineId ?? started?.virtualMachineId;
  return {
    ...jobFacts(raw),
    work: raw.work ?? started?.work ?? "unknown",
    ...(virtualMachineId && { virtualMachineId: virtualMachineId.toUpperCase() }),
    ...(raw.referencePointId && { referencePointId: raw.referencePointId }),
    ...(raw.refusal && { refusal: raw.refusal }),
  };
}

/** As the bridge finds them: a checkpoint's disks have ids of their own, by its own GUID. */
export interface RawCheckpoints {
  readonly virtualMachineId: string;
  readonly checkpoints: readonly (Omit<Checkpoint, "isRecovery" | "createdAt" | "disks"> & {
    readonly createdAt: string | null;
    readonly disks: readonly { readonly instanceId: string; readonly path: string }[];
  })[];
  readonly disks: readonly { readonly instanceId: string; readonly path: string; readonly bytes: number }[];
  readonly isMerging: boolean;
  readonly physicalDiskIds: readonly string[];
}

const RECOVERY = "Microsoft:Hyper-V:Snapshot:Recovery";
const PREFIX = "Microsoft:";
const GUID_LENGTH = 36;

export function machineCheckpoints({
  virtualMachineId,
  checkpoints,
  disks,
  isMerging,
  physicalDiskIds,
}: RawCheckpoints): MachineCheckpoints {
  const toCheckpoint = ({ createdAt, disks: held, ...rest }: RawCheckpoints["checkpoints"][number]): Checkpoint => ({
    ...rest,
    isRecovery: rest.type === RECOVERY,
    ...(createdAt !== null && { createdAt }),
    disks: held.map(({ instanceId, path }) => ({ instanceId: idOfMachinesDisk(virtualMachineId, instanceId, disks), path })),
  });
  const shared = disks.filter(({ path }) => /\.vhds$/i.test(path));
  return {
    checkpoints: checkpoints.map(toCheckpoint).sort(byAge),
    // No length was told of a file that is out of reach.
    disks: disks.map(({ bytes, ...disk }) => (bytes > 0 ? { ...disk, bytes } : disk)),
    isMerging,
    unsupportedDisks: [
      ...physicalDiskIds.map((instanceId) => ({ instanceId, why: "passThroughDisk" }) as const),
      ...shared.map(({ instanceId }) => ({ instanceId, why: "sharedDisk" }) as const),
    ],
  };
}

/** The same place on the same controller, under the machine's GUID. */
function idOfMachinesDisk(virtualMachineId: string, instanceId: string, disks: RawCheckpoints["disks"]): string {
  const place = instanceId.slice(PREFIX.length + GUID_LENGTH).toLowerCase();
  const same = disks.find((disk) => disk.instanceId.slice(PREFIX.length + GUID_LENGTH).toLowerCase() === place);
  return same?.instanceId ?? `${PREFIX}${virtualMachineId.toUpperCase()}${instanceId.slice(PREFIX.length + GUID_LENGTH)}`;
}

function byAge(left: Checkpoint, right: Checkpoint): number {
  const [before, after] = [left.createdAt ?? "", right.createdAt ?? ""];
  return before < after ? -1 : before > after ? 1 : 0;
}

export interface RawCheckpointJob extends RawJobFacts {
  readonly work: Exclude<CheckpointJob["work"], "unknown"> | null;
  readonly virtualMachineId: string | null;
  readonly checkpointId: string | null;
  readonly referencePointId: string | null;
  readonly refusals: readonly PointRefusal[];
}

/** What is known of a job since its start, where its association does not tell. */
export type StartedCheckpointWork = Pick<CheckpointJob, "work"> & { readonly virtualMachineId: string };

export function checkpointJob(raw: RawCheckpointJob, started: StartedCheckpointWork | undefined): CheckpointJob {
  const virtualMachineId = raw.virtualMachineId ?? started?.virtualMachineId;
  return {
    ...jobFacts(raw),
    work: raw.work ?? started?.work ?? "unknown",
    ...(virtualMachineId && { virtualMachineId: virtualMachineId.toUpperCase() }),
    ...(raw.checkpointId && { checkpointId: raw.checkpointId }),
    ...(raw.referencePointId && { referencePointId: raw.referencePointId }),
    ...(raw.refusals.length > 0 && { refusals: raw.refusals }),
  };
}

function jobFacts({ path, jobState, percentComplete, errorCode, errorTexts, startedAt }: RawJobFacts) {
  const succeeded = jobState === jobStates.completed || jobState === jobStates.completedWithWarnings;
  return {
    path,
    // A job that calls itself completed and names an error has failed.
    jobState: succeeded && errorCode !== 0 ? jobStates.exception : jobState,
    percentComplete,
    errorCode,
    ...(errorTexts.length > 0 && { errorDescription: errorTexts.join(" ") }),
    startedAt: startedAt ?? new Date(0).toISOString(),
  };
}

export type RawReport =
  | { readonly kind: "absent" | "parentMissing" | "volumeMissing" }
  | { readonly kind: "notDirectory"; readonly above?: string }
  | {
      readonly kind: "directory";
      readonly canonicalPath: string;
      readonly texts: readonly (readonly [string, string])[];
      readonly folders: readonly RawFolder[];
      readonly freeBytes: number | null;
    };

/** A folder and, one after the other, name, kind and bytes of each entry in it. */
type RawFolder = readonly [folder: string, entries: readonly (string | number)[]];

const entryKinds = ["file", "directory", "link"] as const;
/** A file whose content is recalled when it is read. */
const RECALLED_FILE = 3;

export function directoryReport(raw: RawReport): DirectoryReport {
  if (raw.kind !== "directory") return raw;
  return {
    kind: "directory",
    canonicalPath: raw.canonicalPath,
    entries: raw.folders.flatMap(entriesOf).sort((left, right) => (left.path < right.path ? -1 : left.path > right.path ? 1 : 0)),
    // fromEntries makes own properties, whatever the names are.
    texts: Object.fromEntries(raw.texts),
    freeBytes: raw.freeBytes ?? undefined,
  };
}

function entriesOf([folder, flat]: RawFolder): DirectoryEntry[] {
  const before = folder === "" ? "" : `${folder}/`;
  const entries: DirectoryEntry[] = [];
  for (let index = 0; index < flat.length; index += 3) {
    const path = `${before}${flat[index]}`;
    const bytes = flat[index + 2] as number;
    const isRecalled = flat[index + 1] === RECALLED_FILE;
    const kind = entryKinds[flat[index + 1] as number] ?? "other";
    entries.push(isRecalled ? { path, kind: "file", bytes, isRecalled } : { path, kind, bytes });
  }
  return entries;
}

export type RawTask =
  | { readonly kind: "running"; readonly doneBytes: number }
  | { readonly kind: "cancelled" }
  | { readonly kind: "hashed"; readonly files: readonly (readonly [bytes: number, sha256: string])[] }
  | { readonly kind: "removed"; readonly wasThere: readonly boolean[] };

/** @param files the files of the task, in the order asked: answers go by their position */
export function taskState(raw: RawTask, files: Task["files"]): TaskState {
  switch (raw.kind) {
    case "running":
    case "cancelled":
      return raw;
    case "hashed":
      return {
        kind: "hashed",
        files: raw.files.map(([bytes, sha256], index): HashedFile => ({ path: files[index] ?? "", bytes, sha256 })),
      };
    case "removed":
      return {
        kind: "removed",
        removed: files.filter((_, index) => raw.wasThere[index]),
        absent: files.filter((_, index) => !raw.wasThere[index]),
      };
  }
}
