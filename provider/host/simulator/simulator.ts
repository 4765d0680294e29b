import { createHash, randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { nextTurn } from "../event-loop";
import { hostErrorFrom } from "../local-files/file-errors";
import { HostError } from "../port";
import { DiskImage, diskFilePath } from "./disk/disk-image";
import { jobAnswer } from "./export/job-answer";
import type { Fault } from "./faults/fault-table";
import { type RestoredDisk, restoreChain } from "./restore/restore";
import { addMachine, addPoint, addWrite, removeDisk, removePoint, requireDisk } from "./state/edits";
import { type Lab, labAt } from "./state/lab";
import { applyConfiguration, settingsAnswer } from "./state/lab-settings";
import { emptyState } from "./state/lab-state";
import type {
  DiskWrite,
  LabCall,
  LabConfiguration,
  LabDescription,
  LabDisk,
  LabReferencePoint,
  LabVirtualMachine,
  NewReferencePoint,
  NewVirtualMachine,
} from "./state/lab-types";
import { pointsOf, requireMachine, requirePoint } from "./state/look-ups";
import { pointAnswer, virtualMachineAnswer } from "./state/machine-answer";
import type { DiskRecord, MachineRecord, PointRecord } from "./wmi-names";

const PIECE = 1024 * 1024;
const PATIENCE = 2000;

/**
 * A simulated Hyper-V host on disk: machines with content, reference points, export jobs that take time, and faults. Any number of
 * processes may use one lab at once. Everything that rejects, rejects with a {@link HostError}; test its `kind`.
 */
export class Simulator {
  private constructor(private readonly lab: Lab) {
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
  static async open(directory: string, options: { readonly machines?: "default" | "none" } = {}): Promise<Simulator> {
    const lab = labAt(directory);
    if (options.machines === "none") await lab.store.create(emptyState());
    await lab.store.read();
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
    const id = machine.id ?? randomUUID();
    const disks = machine.disks.map((disk) => {
      const sourceBytes = disk.source === undefined ? undefined : sizeOf(disk.source);
      const bytes = disk.bytes ?? sourceBytes;
      if (bytes === undefined) throw new HostError("invalidParameter", `Disk ${disk.name} needs bytes or a source.`);
      if (sourceBytes !== undefined && bytes < sourceBytes) {
        throw new HostError("invalidParameter", `Disk ${disk.name}: bytes is ${bytes}, less than the ${sourceBytes} bytes of its source.`);
      }
      return { name: disk.name, folder: disk.folder, bytes, ...(sourceBytes === undefined ? {} : { sourceBytes }) };
    });
    // Once without publishing, so that nothing is copied for a machine that is refused.
    const planned = addMachine(await this.lab.store.read(), { id, name: machine.name, disks }).machine;
    for (const [index, disk] of planned.disks.entries()) {
      const source = machine.disks[index]?.source;
      if (source !== undefined) await copySource(source, diskFilePath(this.lab.directory, planned, disk));
    }
    const added = await this.lab.store.change((state) => {
      const changed = addMachine(state, { id, name: machine.name, disks });
      return { state: changed.state, result: changed.machine };
    });
    return this.machineAnswer(added);
  }

  /**
   * Removes a disk from a machine. Points that cover it go on doing so, and a running job still exports it; an export that starts from
   * now on leaves it out and lists only what it exports.
   *
   * @param where `disk`: name (when only one disk of the machine has it) or instance id.
   * @throws HostError `notFound` for an unknown machine or disk, `invalidParameter` for an ambiguous name.
   */
  async removeDisk(where: { readonly virtualMachine: string; readonly disk: string }): Promise<void> {
    await this.lab.store.change((state) => ({ state: removeDisk(state, where.virtualMachine, where.disk), result: undefined }));
  }

  /**
   * Adds a reference point (Msvm_VirtualSystemReferencePoint): disks of the machine as they are now.
   *
   * @throws HostError `notFound` for an unknown machine; `invalidParameter` for an ambiguous name, an id that is taken or no GUID, or a
   * disk that is not the machine's or given twice.
   */
  async addReferencePoint(point: NewReferencePoint): Promise<LabReferencePoint> {
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
    await this.lab.store.change((state) => ({ state: removePoint(state, id), result: undefined }));
  }

  /**
   * Changes bytes of a disk, so that differential exports have something to hold. Points that were made before keep what they had.
   *
   * @throws HostError `notFound` for an unknown machine or disk, `invalidParameter` for a range outside the disk.
   */
  async writeToDisk(write: DiskWrite): Promise<void> {
    await this.lab.store.change((state) => ({ state: addWrite(state, { ...write, seed: String(write.seed) }).state, result: undefined }));
  }

  /**
   * Changes settings of the lab, for every process and at once.
   *
   * @throws HostError `invalidParameter` that names the setting.
   */
  async configure(configuration: LabConfiguration): Promise<void> {
    await this.lab.settlement.settle(PATIENCE);
    await this.lab.store.change((state) => ({ state: applyConfiguration(state, configuration, Date.now()), result: undefined }));
  }

  /**
   * Switches on exactly these faults, and counts their uses anew. They are kept in `faults.json` in the lab's folder, which may be
   * edited by hand. `faultTable` says what each does.
   *
   * @throws HostError `invalidParameter` that names the fault and what is wrong with it.
   */
  async setFaults(faults: readonly Fault[]): Promise<void> {
    this.lab.faults.write(faults);
  }

  /** Switches every fault off. A job whose fate was decided when it started keeps it. */
  async clearFaults(): Promise<void> {
    this.lab.faults.clear();
  }

  /** Brings every job up to now and returns the whole lab as data. */
  async describe(): Promise<LabDescription> {
    const state = await this.lab.settlement.settle(PATIENCE);
    const now = Date.now();
    return {
      directory: this.lab.directory,
      virtualMachines: state.machines.map((machine) => ({
        ...this.machineAnswer(machine),
        referencePoints: pointsOf(state, machine.Name).map(labPoint),
      })),
      jobs: state.jobs.map((job) => jobAnswer(this.lab, state, job, now)).filter((job) => job !== undefined),
      settings: settingsAnswer(state.settings),
      faults: this.lab.faults.read().map((active) => active.fault),
    };
  }

  /** Calls of WMI methods that reached the host, oldest first: kept across processes, the last 10,000. */
  async calls(): Promise<LabCall[]> {
    const { calls } = await this.lab.store.read();
    return calls.map((call) => {
      const { baseReferencePointId, ...rest } = call;
      return { ...rest, ...(baseReferencePointId === undefined ? {} : { baseReferencePointId }), at: new Date(call.at).toISOString() };
    });
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
    readonly referencePoint?: string;
    readonly offset?: number;
    readonly bytes?: number;
  }): Promise<Buffer> {
    const image = await this.image(where);
    const offset = where.offset ?? 0;
    const bytes = where.bytes ?? image.bytes - offset;
    if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(bytes) || offset < 0 || bytes < 0 || offset + bytes > image.bytes) {
      throw new HostError(
        "invalidParameter",
        `The range must lie within the disk's ${image.bytes} bytes: got offset ${offset} and ${bytes} bytes.`,
      );
    }
    return image.read(offset, bytes);
  }

  /**
   * SHA-256 of a disk as it was at a reference point, lower-case hexadecimal. To compare with what {@link Simulator.restore} returns.
   *
   * @param where `referencePoint`: default: as the disk is now.
   * @throws HostError `notFound` for an unknown machine, disk or point.
   */
  async diskSha256(where: { readonly virtualMachine: string; readonly disk: string; readonly referencePoint?: string }): Promise<string> {
    const image = await this.image(where);
    const hash = createHash("sha256");
    for (let offset = 0; offset < image.bytes; offset += PIECE) {
      hash.update(await image.read(offset, Math.min(PIECE, image.bytes - offset)));
      await nextTurn();
    }
    return hash.digest("hex");
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
    await this.lab.settlement.settle(PATIENCE);
    return { disks: await restoreChain(request.exports, request.into) };
  }

  private async image(where: {
    readonly virtualMachine: string;
    readonly disk: string;
    readonly referencePoint?: string;
  }): Promise<DiskImage> {
    const state = await this.lab.store.read();
    const machine = requireMachine(state, where.virtualMachine);
    const point = where.referencePoint === undefined ? undefined : requirePoint(state, where.referencePoint);
    const disks = point ? [...machine.disks, ...machine.removedDisks] : machine.disks;
    const disk = requireDisk({ ...machine, disks }, where.disk);
    if (point && point.VirtualSystemIdentifier !== machine.Name) {
      throw new HostError("notFound", `${machine.ElementName} has no reference point ${point.InstanceID}.`);
    }
    return new DiskImage(disk, diskFilePath(this.lab.directory, machine, disk), point?.sequence ?? machine.sequence);
  }

  private machineAnswer(machine: MachineRecord): LabVirtualMachine {
    const { id, name, disks } = virtualMachineAnswer(this.lab, machine);
    return { id, name, disks: disks.map((disk, index) => ({ ...disk, ...namesOf(machine.disks[index]) })) };
  }
}

function namesOf(disk: DiskRecord | undefined): Pick<LabDisk, "name" | "folder"> {
  return { name: disk?.name ?? "", ...(disk?.folder === undefined ? {} : { folder: disk.folder }) };
}

function labPoint(point: PointRecord): LabReferencePoint {
  const { id, virtualMachineId, diskIds } = pointAnswer(point);
  const answer = pointAnswer(point);
  return {
    id,
    virtualMachineId,
    kind: answer.kind === "log" ? "log" : "rct",
    consistency: answer.consistency === "crash" ? "crash" : "application",
    diskIds,
    createdAt: new Date(point.createdAt).toISOString(),
  };
}

function sizeOf(source: string): number {
  try {
    const found = fs.statSync(source);
    if (!found.isFile()) throw new HostError("invalidParameter", `The source ${source} is not a file.`, { path: source });
    return found.size;
  } catch (error) {
    throw hostErrorFrom(error, "use the source", source);
  }
}

async function copySource(source: string, target: string): Promise<void> {
  try {
    fs.mkdirSync(path.dirname(target), { recursive: true });
    await fs.promises.copyFile(source, target, fs.constants.COPYFILE_EXCL);
  } catch (error) {
    throw hostErrorFrom(error, "copy the source", source);
  }
}
