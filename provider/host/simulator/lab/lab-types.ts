import type { Checkpoint, CheckpointJob, DiskFile, ExportJob, PointJob, VirtualDisk } from "../../port";
import type { Fault } from "../faults/fault-types";

/** A number of milliseconds, or text with a unit: "500ms", "2s", "5m", "6h". */
export type LabDuration = number | string;

/** A disk to add to the lab. */
export interface NewDisk {
  /**
   * A plain file name ("data.vhdx", .vhd, .avhdx or .vhds), unique within its folder. As on a real host, nobody can tell how much of an
   * .avhdx or a .vhds is in use.
   */
  readonly name: string;
  /** Folder of the disk's file, relative with forward slashes, so that two disks of a machine may have one name. Default: none of its own. */
  readonly folder?: string | undefined;
  /** Size of the disk in bytes. Default: the size of `source`; required without one. More than the source has is filled with zeros. */
  readonly bytes?: number | undefined;
  /** A real file whose bytes are the disk's first content. It is copied into the lab. Default: content made from a seed. */
  readonly source?: string | undefined;
}

/** A virtual machine to add to the lab. */
export interface NewVirtualMachine {
  /** Msvm_ComputerSystem.ElementName. Need not be unique, as on a real host. */
  readonly name: string;
  /** Msvm_ComputerSystem.Name: a GUID. Default: a new one. */
  readonly id?: string | undefined;
  /** May be empty. */
  readonly disks: readonly NewDisk[];
}

/** A disk of a machine in the lab. */
export interface LabDisk extends VirtualDisk {
  /** Name that the disk was added with. */
  readonly name: string;
  /** Folder that the disk was added with. */
  readonly folder?: string;
}

/** A machine that was added. */
export interface LabVirtualMachine {
  /** Msvm_ComputerSystem.Name: upper-case GUID. */
  readonly id: string;
  /** Msvm_ComputerSystem.ElementName. */
  readonly name: string;
  readonly disks: readonly LabDisk[];
}

/** A reference point to add: disks of the machine as they are now. */
export interface NewReferencePoint {
  /** Name (when only one machine has it) or GUID. */
  readonly virtualMachine: string;
  /** Msvm_VirtualSystemReferencePoint.ReferencePointType: resilient change tracking, or log based. */
  readonly kind: "rct" | "log";
  /** ConsistencyLevel. Default: "application". */
  readonly consistency?: "application" | "crash" | undefined;
  /** A GUID, with or without "Microsoft:". Default: a new one. */
  readonly id?: string | undefined;
  /**
   * VirtualDiskIdentifiers: instance ids of the disks that the point covers, in any letter case and kept as written. Default: every
   * disk of the machine.
   */
  readonly diskIds?: readonly string[] | undefined;
}

/** A reference point in the lab. */
export interface LabReferencePoint {
  /** Msvm_VirtualSystemReferencePoint.InstanceID: "Microsoft:" and an upper-case GUID. */
  readonly id: string;
  /** GUID of the machine. */
  readonly virtualMachineId: string;
  readonly kind: "rct" | "log";
  readonly consistency: "application" | "crash";
  /** VirtualDiskIdentifiers. */
  readonly diskIds: readonly string[];
  /** ISO 8601. */
  readonly createdAt: string;
}

/** A change of a disk's content: bytes made from a seed. */
export interface DiskWrite {
  /** Name (when only one machine has it) or GUID. */
  readonly virtualMachine: string;
  /** Name (when only one disk of the machine has it) or instance id of the disk. */
  readonly disk: string;
  /** Where it begins, in bytes. */
  readonly offset: number;
  /** How many bytes; they must lie within the disk. */
  readonly bytes: number;
  /** The same seed gives the same bytes. */
  readonly seed: string | number;
}

/** Settings of the lab. What is left out stays as it is. */
export interface LabConfiguration {
  /** How fast exports write, running ones included from now on. Default: 3 MiB a second. */
  readonly bytesPerSecond?: number | "unlimited" | undefined;
  /** From the method's return to the first byte (JobState 3 until then). Default: "250ms". */
  readonly jobStartDelay?: LabDuration | undefined;
  /** How long an ended job is still listed (CIM_ConcreteJob.TimeBeforeRemoval). Default: "5m". */
  readonly finishedJobLifetime?: LabDuration | undefined;
  /** True: ExportReferencePoint does all its work and answers 0; no job is ever listed. Default: false: it answers 4096 with a job. */
  readonly synchronousExports?: boolean | undefined;
  /** @deprecated Say {@link LabConfiguration.synchronousExports}: "synchronous" is true, "job" is false. */
  readonly completion?: "job" | "synchronous" | undefined;
  /** Free space that every volume reports, in bytes. Default "native": what the file system says. It is told, not enforced. */
  readonly freeBytes?: number | "native" | undefined;
  /**
   * How the files of exports that start from now on are called. No public source gives the names of a real ExportReferencePoint.
   * "hyperv": as Export-VM names them, in "Virtual Machines" and "Virtual Hard Disks". "opaque": names that tell nothing, in the export
   * directory itself and in nested folders. There the configuration and a disk have an extension that Hyper-V does not write, so that
   * they are known only by the job that names them; where no job will name them, every extension is one of Hyper-V's. Default: "hyperv".
   */
  readonly exportNames?: "hyperv" | "opaque" | undefined;
  /**
   * What a job that starts from now on tells of its export. "files": each file once it is begun (exportedFiles), and at its end the
   * disks (exportedDisks). "nothing": neither, ever. Default: "files".
   */
  readonly jobNames?: "files" | "nothing" | undefined;
  /** How long a job works that makes or destroys a point, after `jobStartDelay`. Default: "250ms". */
  readonly pointJobDuration?: LabDuration | undefined;
  /** How much later than its job's end a new point is listed. Default: 0. */
  readonly pointListingDelay?: LabDuration | undefined;
  /** True: CreateReferencePoint and DestroyReferencePoint do all their work and answer 0. Default: false: they answer 4096 with a job. */
  readonly synchronousPoints?: boolean | undefined;
  /**
   * What DestroyReferencePoint does while an export of the machine runs; no source says what a real host does. "refused": 32774.
   * "exportGoesOn": the point goes, the export is finished. "exportFails": an export of the point, or on top of it, fails when it goes.
   * Default: "refused".
   */
  readonly destroyWhileExporting?: "refused" | "exportGoesOn" | "exportFails" | undefined;
  /** How much later than its job's end a new checkpoint is listed. Default: 0. */
  readonly checkpointListingDelay?: LabDuration | undefined;
  /**
   * True: CreateSnapshot, ConvertToReferencePoint and DestroySnapshot do all their work and answer 0. Default: false: they answer 4096 with
   * a job, which works for `pointJobDuration`.
   */
  readonly synchronousCheckpoints?: boolean | undefined;
  /** How long disks are merged once their checkpoint is converted or removed. Default: "250ms". */
  readonly mergeDuration?: LabDuration | undefined;
  /** A merge fails where the machine has more points than this: seen where nobody had destroyed them. Default: "unlimited". */
  readonly pointsThatMergesBear?: number | "unlimited" | undefined;
}

/** What a machine is like, as far as it decides what becomes of its points and checkpoints. What is left out stays as it is. */
export interface LabMachineCondition {
  /** Name (when only one machine has it) or GUID. */
  readonly virtualMachine: string;
  /**
   * The guest's backup service. "fallsBack": it is off, and a point with application consistency becomes one with crash consistency.
   * "fails": it is off, and the job of such a point fails. Default: "works".
   */
  readonly guestBackup?: "works" | "fallsBack" | "fails" | undefined;
  /** A disk of the host is passed through to the machine: a job that makes a point fails with 32770. Default: false. */
  readonly passThroughDisk?: boolean | undefined;
  /** The machine is a replica of another one: CreateReferencePoint answers 32770. Default: false. */
  readonly replica?: boolean | undefined;
  /** A checkpoint is being made all the time: CreateReferencePoint answers 32775. Default: false. */
  readonly checkpointRunning?: boolean | undefined;
  /**
   * Hyper-V keeps the machine's disk files open: merges and new checkpoints fail until the machine restarts ({@link Simulator.restart}).
   * Default: false.
   */
  readonly chainLocked?: boolean | undefined;
}

/** A checkpoint to add: of another backup product, or of a person. */
export interface NewCheckpoint {
  /** Name (when only one machine has it) or GUID. */
  readonly virtualMachine: string;
  /** "recovery": one that backup software makes. Default: "recovery". */
  readonly type?: "recovery" | "user" | undefined;
  /** ElementName. Default: a name that tells nothing. */
  readonly name?: string | undefined;
  /** ISO 8601. Default: now. */
  readonly createdAt?: string | undefined;
}

/** A checkpoint in the lab. */
export interface LabCheckpoint extends Checkpoint {
  /** GUID of the machine. */
  readonly virtualMachineId: string;
}

/** Settings as they are, durations in milliseconds. */
export interface LabSettings {
  readonly bytesPerSecond: number | "unlimited";
  readonly jobStartDelay: number;
  readonly finishedJobLifetime: number;
  readonly synchronousExports: boolean;
  /** @deprecated Read {@link LabSettings.synchronousExports}. */
  readonly completion: "job" | "synchronous";
  readonly freeBytes: number | "native";
  readonly exportNames: "hyperv" | "opaque";
  readonly jobNames: "files" | "nothing";
  readonly pointJobDuration: number;
  readonly pointListingDelay: number;
  readonly synchronousPoints: boolean;
  readonly destroyWhileExporting: "refused" | "exportGoesOn" | "exportFails";
  readonly checkpointListingDelay: number;
  readonly synchronousCheckpoints: boolean;
  readonly mergeDuration: number;
  readonly pointsThatMergesBear: number | "unlimited";
}

/** A call of a WMI method that reached the host; a call whose connection broke before is none. */
export interface LabCall {
  readonly method: "ExportReferencePoint" | "RequestStateChange";
  /** Upper-case GUID. */
  readonly virtualMachineId: string;
  /** "Microsoft:" and an upper-case GUID. */
  readonly referencePointId: string;
  readonly baseReferencePointId?: string;
  readonly exportDirectory: string;
  /** 0, 4096, or 32768 to 32778. */
  readonly returnCode: number;
  /** ISO 8601. */
  readonly at: string;
}

/** A call of a WMI method about a point, or to end a job about one, that reached the host. */
export interface LabPointCall {
  readonly method: "CreateReferencePoint" | "DestroyReferencePoint" | "RequestStateChange";
  /** Upper-case GUID. */
  readonly virtualMachineId: string;
  /** "Microsoft:" and an upper-case GUID: of a point that is there already, or that the ended job was about. */
  readonly referencePointId?: string;
  /** What a new point was asked to have. */
  readonly consistency?: "application" | "crash";
  /** 0, 4096, or 32768 to 32778. */
  readonly returnCode: number;
  /** ISO 8601. */
  readonly at: string;
}

/** A call of a WMI method about a checkpoint, or to end a job about one, that reached the host. */
export interface LabCheckpointCall {
  readonly method: "CreateSnapshot" | "ExportSystemDefinition" | "ConvertToReferencePoint" | "DestroySnapshot" | "RequestStateChange";
  /** Upper-case GUID. */
  readonly virtualMachineId: string;
  /** "Microsoft:" and an upper-case GUID: of a checkpoint that is there already, or that the ended job was about. */
  readonly checkpointId?: string;
  /** Of an export of differences. */
  readonly baseReferencePointId?: string;
  readonly exportDirectory?: string;
  /** What a new checkpoint was asked to have. */
  readonly consistency?: "application" | "crash";
  /** 0, 4096, or 32768 to 32778. */
  readonly returnCode: number;
  /** ISO 8601. */
  readonly at: string;
}

/** A machine of the lab with what hangs on it. */
export interface LabMachineState extends LabVirtualMachine {
  readonly referencePoints: readonly LabReferencePoint[];
  /** Oldest first. */
  readonly checkpoints: readonly LabCheckpoint[];
  /** The files that it writes into now. */
  readonly diskFiles: readonly DiskFile[];
}

/** The whole lab as data. */
export interface LabDescription {
  readonly directory: string;
  readonly virtualMachines: readonly LabMachineState[];
  /** Jobs that are listed now, oldest first. */
  readonly jobs: readonly ExportJob[];
  /** Jobs that make or destroy points and are listed now, oldest first. */
  readonly pointJobs: readonly PointJob[];
  /** Jobs about checkpoints that are listed now, oldest first. */
  readonly checkpointJobs: readonly CheckpointJob[];
  readonly settings: LabSettings;
  readonly faults: readonly Fault[];
}
