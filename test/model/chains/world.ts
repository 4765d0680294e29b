import * as fs from "node:fs";
import * as path from "node:path";
import { type ChainGeneration, type ChainRecord, parseChainRecord } from "../../../provider/domain/export-chain/chain-record";
import { CHAIN_FILE, CLAIM_FILE, MANIFEST_FILE } from "../../../provider/domain/records/record-names";
import type { LabConfiguration, LabMachineState } from "../../../provider/host/simulator/index";
import { walk } from "../../support/files-below";
import { dataDisk, Scene } from "../../support/scene";
import { type DamageKind, type DirectoryName, directoryNames, type Machine, type Manner, machines } from "./commands";

const manners: Readonly<Record<Manner, LabConfiguration>> = {
  "by jobs": { pointJobDuration: 3 },
  "points listed late": { pointJobDuration: 3, pointListingDelay: 10 },
  "exports at once": { pointJobDuration: 3, synchronousExports: true },
  "without jobs": { synchronousPoints: true, synchronousExports: true },
};

/** Every machine has it. */
const SYSTEM_DISK = "system.vhdx";

/** By instance id, SHA-256 of what a disk held. */
type Content = ReadonlyMap<string, string>;

/** What a person has done to a generation: what sizes and names tell, and what only reading tells. */
export type Harm = "seen" | "unseen";

/** A host with its volume, for one sequence alone, and what other people and tools have done there. */
export class World {
  readonly foreignPoints: Set<string>;
  readonly foreignCheckpoints = new Set<string>();
  /** By export id. */
  readonly harmed = new Map<string, Harm>();
  /** Records that somebody has moved away. */
  readonly movedRecords = new Map<DirectoryName, string>();
  private readonly content = new Map<string, Content>();
  private writes = 0;
  private foreignFiles = 0;
  private hasLostDisk = false;

  private constructor(readonly scene: Scene) {
    this.foreignPoints = new Set(scene.points);
  }

  static async open(manner: Manner): Promise<World> {
    const scene = await Scene.open(manners[manner], undefined, undefined, "disk");
    await scene.lab.addVirtualMachine({ name: "WEB01", disks: [{ name: SYSTEM_DISK, bytes: 9 * 1024 }] });
    const world = new World(scene);
    await world.remember();
    return world;
  }

  directory(name: DirectoryName): string {
    return this.scene.at("chains", name);
  }

  /** The record that is there; undefined where there is none. */
  record(name: DirectoryName): ChainRecord | undefined {
    const file = path.join(this.directory(name), CHAIN_FILE);
    return fs.existsSync(file) ? recordOf(fs.readFileSync(file, "utf8")) : undefined;
  }

  /** Also of those that were moved away. */
  allRecords(): ChainRecord[] {
    const there = directoryNames.flatMap((name) => this.record(name) ?? []);
    return [...there, ...[...this.movedRecords.values()].map(recordOf)];
  }

  async points(): Promise<{ readonly id: string; readonly machine: Machine }[]> {
    const { virtualMachines } = await this.scene.lab.describe();
    return virtualMachines.flatMap(({ name, referencePoints }) => referencePoints.map(({ id }) => ({ id, machine: name as Machine })));
  }

  /** Recovery checkpoints, whoever has made them. */
  async checkpoints(): Promise<{ readonly id: string; readonly machine: Machine }[]> {
    const { virtualMachines } = await this.scene.lab.describe();
    return virtualMachines.flatMap(({ name, checkpoints }) => checkpoints.map(({ id }) => ({ id, machine: name as Machine })));
  }

  /** The machines work on: bytes of their disks change. */
  async work(): Promise<void> {
    this.writes += 1;
    const write = { offset: (this.writes * 700) % 8000, bytes: 600, seed: this.writes };
    for (const virtualMachine of machines) await this.scene.lab.writeToDisk({ virtualMachine, disk: SYSTEM_DISK, ...write });
    if (!this.hasLostDisk) await this.scene.lab.writeToDisk({ virtualMachine: "SQL01", disk: dataDisk.name, ...write });
  }

  get canLoseDisk(): boolean {
    return !this.hasLostDisk;
  }

  async loseDisk(): Promise<void> {
    this.hasLostDisk = true;
    await this.scene.lab.removeDisk({ virtualMachine: "SQL01", disk: dataDisk.name });
  }

  async addForeignPoint(virtualMachine: Machine): Promise<void> {
    const { id } = await this.scene.lab.addReferencePoint({ virtualMachine, kind: "rct" });
    this.foreignPoints.add(id);
  }

  async addForeignCheckpoint(virtualMachine: Machine): Promise<void> {
    const { id } = await this.scene.lab.addCheckpoint({ virtualMachine });
    this.foreignCheckpoints.add(id);
  }

  async removeForeignCheckpoints(): Promise<void> {
    for (const id of this.foreignCheckpoints) await this.scene.lab.removeCheckpoint(id);
    this.foreignCheckpoints.clear();
  }

  /**
   * What the disks hold at every point that is there: once one is destroyed, nobody else knows. A checkpoint, which may be a point before
   * anybody looks again, holds what they hold when it is first seen: machines work between the operations.
   */
  async remember(): Promise<void> {
    for (const machine of (await this.scene.lab.describe()).virtualMachines) {
      for (const { id } of machine.referencePoints) if (!this.content.has(id)) this.content.set(id, await this.contentNow(machine, id));
      for (const { id } of machine.checkpoints) if (!this.content.has(id)) this.content.set(id, await this.contentNow(machine));
    }
  }

  /** What a generation must restore to. What one operation has made and removed again held what the disks hold now. */
  async contentOf({ referencePointId, checkpointId = "", virtualMachineId }: ChainGeneration): Promise<Content> {
    const known = this.content.get(referencePointId) ?? this.content.get(checkpointId);
    if (known) return known;
    const machine = (await this.scene.lab.describe()).virtualMachines.find(({ id }) => id === virtualMachineId);
    const content = machine ? await this.contentNow(machine) : new Map<string, string>();
    this.content.set(referencePointId, content);
    return content;
  }

  private async contentNow({ id: virtualMachine, disks }: LabMachineState, referencePoint?: string): Promise<Content> {
    const sums = new Map<string, string>();
    for (const { instanceId: disk } of disks) sums.set(disk, await this.scene.lab.diskSha256({ virtualMachine, disk, referencePoint }));
    return sums;
  }

  putForeign(...names: string[]): void {
    this.foreignFiles += 1;
    this.scene.putForeign(...names, `somebody's ${this.foreignFiles}.txt`);
  }

  /** All below the chains' directories, with folders that hold nothing else. */
  takeForeign(): void {
    for (const file of [...this.scene.foreignFiles().keys()]) {
      const relative = path.relative(this.scene.volume, file);
      if (!relative.startsWith("chains")) continue;
      this.scene.takeForeign(relative);
      for (let folder = path.dirname(file); folder !== this.scene.at("chains") && fs.readdirSync(folder).length === 0; ) {
        fs.rmdirSync(folder);
        folder = path.dirname(folder);
      }
    }
  }

  moveRecord(name: DirectoryName): void {
    const file = path.join(this.directory(name), CHAIN_FILE);
    this.movedRecords.set(name, fs.readFileSync(file, "utf8"));
    fs.rmSync(file);
  }

  /** Where another record, or no directory, is by now, they stay away. */
  returnRecords(): void {
    for (const [name, text] of this.movedRecords) {
      const file = path.join(this.directory(name), CHAIN_FILE);
      if (fs.existsSync(file)) continue;
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, text);
      this.movedRecords.delete(name);
    }
  }

  /** What the damage would be done to; undefined where it cannot be. */
  damageable(name: DirectoryName, generation: number, damage: DamageKind, file: number): { id: string; path: string } | undefined {
    const generations = this.record(name)?.generations ?? [];
    const of = generations[generation % generations.length];
    if (of === undefined || this.harmed.has(of.exportId)) return undefined;
    const directory = path.join(this.directory(name), of.label);
    // Without both records nobody can tell whose the files are, and they stay.
    if (damage === "manifestDeleted" && !fs.existsSync(path.join(directory, CLAIM_FILE))) return undefined;
    const files = walk(directory).flatMap((entry) =>
      entry.folder || isRecordFile(entry.file) || this.isForeign(entry.file) ? [] : [entry.file],
    );
    const target = targetOf(directory, damage, files[file % files.length]);
    if (target !== undefined && damage === "fileAltered" && fs.statSync(target).size === 0) return undefined;
    return target !== undefined && fs.existsSync(target) ? { id: of.exportId, path: target } : undefined;
  }

  inflict(damage: DamageKind, { id, path: file }: { readonly id: string; readonly path: string }): void {
    if (damage === "fileResized") fs.appendFileSync(file, "x");
    else if (damage === "fileAltered") alterByte(file);
    else if (damage !== "gone") fs.rmSync(file);
    else for (const entry of walk(file).reverse()) if (!this.isForeign(entry.file)) removeEntry(entry.file);
    if (damage === "gone") removeEntry(file);
    // The manifest proves the files without the claim.
    if (damage !== "claimDeleted") this.harmed.set(id, damage === "fileAltered" ? "unseen" : "seen");
  }

  isForeign(file: string): boolean {
    return this.scene.foreignFiles().has(file);
  }
}

function recordOf(text: string): ChainRecord {
  const parsed = parseChainRecord(text);
  if (!parsed.ok) throw new Error(`a chain's record cannot be read: ${parsed.reason}`);
  return parsed.value;
}

function targetOf(directory: string, damage: DamageKind, file: string | undefined): string | undefined {
  if (damage === "gone") return directory;
  if (damage === "manifestDeleted") return path.join(directory, MANIFEST_FILE);
  return damage === "claimDeleted" ? path.join(directory, CLAIM_FILE) : file;
}

function isRecordFile(file: string): boolean {
  return [CLAIM_FILE, MANIFEST_FILE].includes(path.basename(file)) || file.endsWith(".tmp");
}

function alterByte(file: string): void {
  const content = fs.readFileSync(file);
  const middle = Math.floor(content.length / 2);
  content[middle] = (content[middle] ?? 0) ^ 0xff;
  fs.writeFileSync(file, content);
}

/** A folder with somebody's file in it stays. */
function removeEntry(file: string): void {
  if (!fs.statSync(file).isDirectory()) fs.rmSync(file);
  else if (fs.readdirSync(file).length === 0) fs.rmdirSync(file);
}
