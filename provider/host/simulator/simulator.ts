import { HostError } from "../port";
import { newCheckpoint, requireCheckpoint } from "./checkpoints/checkpoint-edits";
import { beginMerge, withoutRunningMerges } from "./checkpoints/due-checkpoints";
import { layersOf } from "./checkpoints/running-files";
import { diskImage } from "./disk/disk-look-up";
import type { Fault } from "./faults/fault-types";
import { requireList, requireMembers, requireText } from "./given-arguments";
import { startOfJob } from "./jobs/job-time";
import { Lab, labAt } from "./lab/lab";
import { describeLab, labCall, labCheckpointCall, labCheckpoints, labMachine, labPoint, labPointCall } from "./lab/lab-answers";
import { applyConfiguration } from "./lab/lab-settings";
import type {
  DiskWrite,
  LabCall,
  LabCheckpoint,
  LabCheckpointCall,
  LabConfiguration,
  LabDescription,
  LabMachineCondition,
  LabPointCall,
  LabReferencePoint,
  LabVirtualMachine,
  NewCheckpoint,
  NewDisk,
  NewReferencePoint,
  NewVirtualMachine,
} from "./lab/lab-types";
import { addDiskTo, addVirtualMachine } from "./machines/add-virtual-machine";
import { addWrite } from "./machines/disk-writes";
import { removeDisk, renameMachine, withCondition } from "./machines/machine-edits";
import { addPoint, removePoint } from "./machines/point-edits";
import type { RestoredDisk } from "./restore/restore";
import { restoreChain } from "./restore/restore";
import { emptyState } from "./state/lab-state";
import { requireMachine } from "./state/look-ups";

/** For a person's questions, which may wait longer than a verb of the host. */
const PATIENCE = 2000;

/**
 * A simulated Hyper-V host on disk: machines with content, reference points, export jobs that take time, and faults. Any number of
 * processes may use one lab at once. Everything that rejects, rejects with a {@link HostError}; test its `kind`.
 */
export class Simulator {
  private constructor(private readonly lab: Lab) {
    if (!(lab instanceof Lab)) throw new HostError("invalidParameter", "new Simulator: open a lab with Simulator.open(directory).");
    lab.settlement.use();
  }

  /**
   * Opens a lab.
   *
   * @param directory The lab's folder. An empty or absent one becomes a new lab.
   * @param options `machines`: what a new lab holds: "default" (SQL01, WEB01, DC01, FILE01 and two named TEST01) or "none". An
   * existing lab stays as it is. Default: "default".
   * @throws HostError `damagedState` when the lab's state cannot be read: the message names the file, the remedy what to do.
   */
  static async open(directory: string, options: { readonly machines?: "default" | "none" | undefined } = {}): Promise<Simulator> {
    requireText("Simulator.open", directory, "directory");
    const lab = labAt(directory);
    await lab.store.create(options.machines === "none" ? emptyState() : undefined);
    return new Simulator(lab);
  }

  /** Absolute path of the lab's folder. */
  get directory(): string {
    return this.lab.directory;
  }

  /**
   * Adds a virtual machine (Msvm_ComputerSystem) with its disks (Msvm_StorageAllocationSettingData).
   *
   * @throws HostError `invalidParameter` for an id that is taken or no GUID, a disk's name that is no plain file name or taken in its
   * folder, or a size that is missing, not a whole number above 0, or less than its source has; `notFound` for a source that is not there.
   */
  async addVirtualMachine(machine: NewVirtualMachine): Promise<LabVirtualMachine> {
    requireMembers("addVirtualMachine", machine, ["name", "disks"]);
    requireList("addVirtualMachine", machine.disks, "disks");
    for (const disk of machine.disks) requireMembers("addVirtualMachine, in disks", disk, ["name"]);
    const added = await addVirtualMachine(this.lab, machine);
    return labMachine(this.lab, await this.lab.store.read(), added);
  }

  /**
   * Gives a machine another name (ElementName). Its GUID, its points and its disks stay what they were.
   *
   * @throws HostError `notFound` for an unknown machine, `invalidParameter` for an ambiguous name or an empty new one.
   */
  async renameVirtualMachine(renaming: { readonly virtualMachine: string; readonly name: string }): Promise<void> {
    requireMembers("renameVirtualMachine", renaming, ["virtualMachine", "name"]);
    const { virtualMachine, name } = renaming;
    await this.lab.store.change((state) => ({ state: renameMachine(state, virtualMachine, name), result: undefined }));
  }

  /**
   * Adds a disk to a machine. Points that were made before do not cover it.
   *
   * @throws HostError `notFound` for an unknown machine or a source that is not there; `invalidParameter` for an ambiguous name, and for a
   * disk's name or size as {@link addVirtualMachine} does.
   */
  async addDisk(addition: { readonly virtualMachine: string; readonly disk: NewDisk }): Promise<LabVirtualMachine> {
    requireMembers("addDisk", addition, ["virtualMachine", "disk"]);
    requireMembers("addDisk, in disk", addition.disk, ["name"]);
    const changed = await addDiskTo(this.lab, addition.virtualMachine, addition.disk);
    return labMachine(this.lab, await this.lab.store.read(), changed);
  }

  /**
   * Removes a disk from a machine. Points that cover it go on doing so, and a running job still exports it; an export that starts from
   * now on leaves it out and lists only what it exports.
   *
   * @param where `disk`: name (when only one disk of the machine has it) or instance id.
   * @throws HostError `notFound` for an unknown machine or disk, `invalidParameter` for an ambiguous name.
   */
  async removeDisk(where: { readonly virtualMachine: string; readonly disk: string }): Promise<void> {
    requireMembers("removeDisk", where, ["virtualMachine", "disk"]);
    await this.lab.store.change((state) => ({ state: removeDisk(state, where.virtualMachine, where.disk), result: undefined }));
  }

  /**
   * Adds a reference point (Msvm_VirtualSystemReferencePoint): disks of the machine as they are now.
   *
   * @throws HostError `notFound` for an unknown machine; `invalidParameter` for an ambiguous name, an id that is taken or no GUID, or a
   * disk that is not the machine's or given twice.
   */
  async addReferencePoint(point: NewReferencePoint): Promise<LabReferencePoint> {
    requireMembers("addReferencePoint", point, ["virtualMachine", "kind"]);
    const added = await this.lab.store.change((state) => {
      const { virtualMachine, kind, consistency = "application", id, diskIds } = point;
      const changed = addPoint(state, { virtualMachine, kind, consistency, id, diskIds, createdAt: Date.now() });
      return { state: changed.state, result: changed.point };
    });
    return labPoint(added);
  }

  /**
   * Removes a reference point, as DestroyReferencePoint does. A job that exports it goes on.
   *
   * @param id "Microsoft:GUID" or GUID.
   * @throws HostError `notFound` when there is none.
   */
  async removeReferencePoint(id: string): Promise<void> {
    requireText("removeReferencePoint", id, "id");
    await this.lab.store.change((state) => ({ state: removePoint(state, id), result: undefined }));
  }

  /**
   * Adds a checkpoint (Msvm_VirtualSystemSettingData) that somebody else has made: of the disks as they are now. From now on the machine
   * writes into files of its own.
   *
   * @throws HostError `notFound` for an unknown machine, `invalidParameter` for an ambiguous name, a type that there is none of, or a time
   * that is none.
   */
  async addCheckpoint(checkpoint: NewCheckpoint): Promise<LabCheckpoint> {
    requireMembers("addCheckpoint", checkpoint, ["virtualMachine"]);
    const { virtualMachine, type = "recovery", name = "Checkpoint", createdAt } = checkpoint;
    if (type !== "recovery" && type !== "user") throw new HostError("invalidParameter", `There is no type of checkpoint ${String(type)}.`);
    const at = createdAt === undefined ? Date.now() : Date.parse(createdAt);
    if (!(at >= 0)) throw new HostError("invalidParameter", `A checkpoint's time must be in ISO 8601, got ${String(createdAt)}.`);
    return this.lab.store.change((state) => {
      const machine = requireMachine(state, virtualMachine);
      const made = newCheckpoint(state, machine, { type, name, consistency: "crash", createdAt: at });
      const next = { ...made.state, checkpoints: [...made.state.checkpoints, made.checkpoint] };
      const all = labCheckpoints(this.lab, next, requireMachine(next, machine.Name));
      return { state: next, result: all.find(({ id }) => id === made.checkpoint.InstanceID) as LabCheckpoint };
    });
  }

  /**
   * Removes a checkpoint of any type, as whoever has made it does: its disks are merged from now on.
   *
   * @param id "Microsoft:GUID" or GUID.
   * @throws HostError `notFound` when there is none.
   */
  async removeCheckpoint(id: string): Promise<void> {
    requireText("removeCheckpoint", id, "id");
    await this.lab.store.change((state) => {
      const checkpoint = requireCheckpoint(state, id);
      const checkpoints = state.checkpoints.filter((one) => one !== checkpoint);
      const next = { ...state, checkpoints, unmerged: [...state.unmerged, checkpoint] };
      return { state: beginMerge(next, checkpoint, startOfJob()), result: undefined };
    });
  }

  /**
   * Restarts a machine: Hyper-V lets go of its disk files (`chainLocked` ends), and what could not be merged before is merged.
   *
   * @throws HostError `notFound` for an unknown machine, `invalidParameter` for an ambiguous name.
   */
  async restart(virtualMachine: string): Promise<void> {
    requireText("restart", virtualMachine, "virtualMachine");
    await this.lab.settlement.settle(PATIENCE);
    await this.lab.store.change((before) => {
      const unlocked = withCondition(before, { virtualMachine, chainLocked: false });
      const machine = requireMachine(unlocked, virtualMachine);
      const state = withoutRunningMerges(unlocked, machine.Name);
      const newest = layersOf(state, machine)
        .filter((one) => state.unmerged.includes(one))
        .at(-1);
      return { state: newest === undefined ? state : beginMerge(state, newest, startOfJob()), result: undefined };
    });
  }

  /**
   * Changes what a machine is like, as far as it decides what becomes of its points and checkpoints.
   *
   * @throws HostError `notFound` for an unknown machine, `invalidParameter` for an ambiguous name or a value that there is none of.
   */
  async configureMachine(condition: LabMachineCondition): Promise<void> {
    requireMembers("configureMachine", condition, ["virtualMachine"]);
    await this.lab.store.change((state) => ({ state: withCondition(state, condition), result: undefined }));
  }

  /**
   * Changes bytes of a disk, so that differential exports have something to hold. Points that were made before keep what they had.
   *
   * @throws HostError `notFound` for an unknown machine or disk, `invalidParameter` for a range outside the disk.
   */
  async writeToDisk(write: DiskWrite): Promise<void> {
    requireMembers("writeToDisk", write, ["virtualMachine", "disk", "offset", "bytes", "seed"]);
    await this.lab.store.change((state) => ({ state: addWrite(state, { ...write, seed: String(write.seed) }), result: undefined }));
  }

  /**
   * Changes settings of the lab, for every process and at once.
   *
   * @throws HostError `invalidParameter` that names the setting.
   */
  async configure(configuration: LabConfiguration): Promise<void> {
    requireMembers("configure", configuration, []);
    await this.lab.settlement.settle(PATIENCE);
    await this.lab.store.change((state) => ({ state: applyConfiguration(state, configuration), result: undefined }));
  }

  /**
   * Switches on exactly these faults, and counts their uses anew. They are kept in `faults.json` in the lab's folder, which may be
   * edited by hand. `faultTable` says what each does.
   *
   * @throws HostError `invalidParameter` that names the fault and what is wrong with it.
   */
  async setFaults(faults: readonly Fault[]): Promise<void> {
    requireList("setFaults", faults, "faults");
    this.lab.faults.write(faults);
  }

  /** Switches every fault off. A job whose fate was decided when it started keeps it. */
  async clearFaults(): Promise<void> {
    this.lab.faults.clear();
  }

  /** Brings every job up to now and returns the whole lab as data. */
  async describe(): Promise<LabDescription> {
    await this.lab.settlement.settle(PATIENCE);
    return describeLab(this.lab);
  }

  /** Calls of WMI methods about points, oldest first: kept across processes, the last 10,000. */
  async pointCalls(): Promise<LabPointCall[]> {
    const { pointCalls } = await this.lab.store.read();
    return pointCalls.map(labPointCall);
  }

  /** Calls of WMI methods about checkpoints, oldest first: kept across processes, the last 10,000. */
  async checkpointCalls(): Promise<LabCheckpointCall[]> {
    const { checkpointCalls } = await this.lab.store.read();
    return checkpointCalls.map(labCheckpointCall);
  }

  /** Calls of WMI methods about exports that reached the host, oldest first: kept across processes, the last 10,000. */
  async calls(): Promise<LabCall[]> {
    const { calls } = await this.lab.store.read();
    return calls.map(labCall);
  }

  /**
   * Bytes of a disk as it was at a reference point: what a restore of an export of that point must give.
   *
   * @param where `referencePoint`: default: as the disk is now. `offset`, `bytes`: default: the whole disk.
   * @throws HostError `notFound` for an unknown machine, disk or point; `invalidParameter` for a range outside the disk.
   */
  async readDisk(where: {
    readonly virtualMachine: string;
    readonly disk: string;
    readonly referencePoint?: string | undefined;
    readonly offset?: number | undefined;
    readonly bytes?: number | undefined;
  }): Promise<Buffer> {
    requireMembers("readDisk", where, ["virtualMachine", "disk"]);
    const image = await diskImage(this.lab, where);
    return image.readRange(where.offset, where.bytes);
  }

  /**
   * SHA-256 of a disk as it was at a reference point, lower-case hexadecimal. To compare with what {@link Simulator.restore} returns.
   *
   * @param where `referencePoint`: default: as the disk is now.
   * @throws HostError `notFound` for an unknown machine, disk or point.
   */
  async diskSha256(where: {
    readonly virtualMachine: string;
    readonly disk: string;
    readonly referencePoint?: string | undefined;
  }): Promise<string> {
    requireMembers("diskSha256", where, ["virtualMachine", "disk"]);
    return (await diskImage(this.lab, where)).sha256();
  }

  /**
   * Puts the raw disks together again from exports: `into`/FOLDER/NAME for each disk, replaced if it is there. Every file is compared with its
   * checksums first: those of the export's configuration and, where the directory holds one, those of the manifest.
   *
   * @param request `exports`: directories, the full export first, then each differential one on top of the one before it. `into`:
   * made when it is absent; nothing is written outside it.
   * @throws HostError `failed` that says which export, file or link of the chain is wrong, and how; `notFound` for a missing file.
   */
  async restore(request: { readonly exports: readonly string[]; readonly into: string }): Promise<{ disks: RestoredDisk[] }> {
    requireMembers("restore", request, ["exports", "into"]);
    requireList("restore", request.exports, "exports");
    await this.lab.settlement.settle(PATIENCE);
    return { disks: await restoreChain(request.exports, request.into) };
  }
}
