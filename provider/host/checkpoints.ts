import type { PointRefusal } from "./host-error";
import type { HostJob, JobPath } from "./host-job";
import type { Conditional } from "./precondition";

// What the Host port says of checkpoints. Those that backup software makes are called recovery checkpoints: they are exported, then turned
// into reference points. Hyper-V keeps no owner of them, and while one stands, its machine writes into files (.avhdx) that grow.

/** A checkpoint to make. */
export interface CheckpointRequest extends Conditional {
  readonly virtualMachineId: string;
  /** Msvm_VirtualSystemSnapshotSettingData.ConsistencyLevel: 1 application, 2 crash. */
  readonly consistency: "application" | "crash";
  /** IgnoreNonSnapshottableDisks: {@link MachineCheckpoints.unsupportedDisks} are left out; without it they are a reason to refuse. */
  readonly ignoreUnsupportedDisks: boolean;
}

export type CheckpointStart =
  /** `checkpointId` where the method names the checkpoint that it has made. */
  { readonly kind: "completed"; readonly checkpointId?: string } | { readonly kind: "job"; readonly path: JobPath };

export interface CheckpointExportRequest extends Conditional {
  readonly virtualMachineId: string;
  readonly checkpointId: string;
  /** DifferentialBackupBase; without it everything is exported. */
  readonly baseReferencePointId?: string;
  /** BackupIntent: 0 the exported files keep their chain, 1 they are to be merged. */
  readonly intent: "preserveChain" | "merge";
  readonly exportDirectory: string;
}

export interface CheckpointKey {
  readonly virtualMachineId: string;
  readonly checkpointId: string;
}

export type CheckpointChange = CheckpointKey & Conditional;

export type CheckpointConversion =
  /** `referencePointId` where the method names the point that has come. */
  | { readonly kind: "completed"; readonly referencePointId?: string }
  | { readonly kind: "absent" }
  | { readonly kind: "job"; readonly path: JobPath };

export type CheckpointRemoval = { readonly kind: "completed" | "absent" } | { readonly kind: "job"; readonly path: JobPath };

export interface MachineCheckpoints {
  /** Of every type and of anybody; oldest first. */
  readonly checkpoints: readonly Checkpoint[];
  /** The files that the machine's virtual disks are now. Where a checkpoint stands, or its merge is not done, they are others than before. */
  readonly disks: readonly DiskFile[];
  /** Disks are being merged now, or Hyper-V says it will. */
  readonly isMerging: boolean;
  /** What no recovery checkpoint can hold, by what is wrong with it. */
  readonly unsupportedDisks: readonly UnsupportedDisk[];
}

export interface Checkpoint {
  /** Msvm_VirtualSystemSettingData.InstanceID: "Microsoft:" and an upper-case GUID. */
  readonly id: string;
  /** Its WMI path. */
  readonly path: string;
  /** ElementName. */
  readonly name: string;
  /** VirtualSystemType, as the host gives it. */
  readonly type: string;
  /** Whether backup software has made it. Any other is a person's, a replica's or the system's. */
  readonly isRecovery: boolean;
  /** ISO 8601, by the host's clock; undefined where the host does not tell. */
  readonly createdAt?: string;
  /** The disks that it holds, as the files that they were when it was made: what a merge brings the machine back to. */
  readonly disks: readonly Omit<DiskFile, "bytes">[];
}

export interface DiskFile {
  /** Instance id of the machine's disk, as `findVirtualMachines` tells it. */
  readonly instanceId: string;
  readonly path: string;
  /** Length of the file now; undefined where nobody can tell. */
  readonly bytes?: number;
}

export interface UnsupportedDisk {
  /** Instance id of the machine's disk or, of one that is passed through, of its drive. */
  readonly instanceId: string;
  readonly why: Extract<PointRefusal, "passThroughDisk" | "sharedDisk">;
}

/** A job about a checkpoint. */
export interface CheckpointJob extends HostJob {
  readonly work: "create" | "export" | "convert" | "remove" | "merge" | "unknown";
  /** GUID of the machine; undefined where neither the job's association nor this session tells it. */
  readonly virtualMachineId?: string;
  /** The checkpoint that the job has made, or is about; undefined while it is not listed, and where the job does not tell. */
  readonly checkpointId?: string;
  /** The point that a conversion has come to; undefined until it is listed. */
  readonly referencePointId?: string;
  /**
   * Of a job that has failed to make a checkpoint: all that is seen on the machine. A job does not tell whether disks were to be left out,
   * which then are no reason.
   */
  readonly refusals?: readonly PointRefusal[];
  /** Of an export: bytes written by now, and bytes that it will write, as far as the host tells. */
  readonly bytesWritten?: number;
  readonly bytesExpected?: number;
}
