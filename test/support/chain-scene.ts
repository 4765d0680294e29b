import * as fs from "node:fs";
import * as path from "node:path";
import { type ChainRecord, parseChainRecord } from "../../provider/domain/export-chain/chain-record";
import { byLabel, lineOf } from "../../provider/domain/export-chain/generation/generation";
import type { ChainInputs } from "../../provider/domain/export-chain/properties";
import { CHAIN_FILE, CLAIM_FILE } from "../../provider/domain/records/record-names";
import type { LabConfiguration } from "../../provider/host/simulator/index";
import { walk } from "./files-below";
import { dataDisk, Scene } from "./scene";

/** What every disk held when a point was made. */
type Content = Readonly<Record<string, string>>;

/** A scene with one machine whose disk changes from night to night, and what it held at each point that was made. */
export class ChainScene {
  private readonly content = new Map<string, Content>();
  private nights = 0;

  private constructor(
    readonly scene: Scene,
    /** Points that were there before: nobody's business. */
    readonly foreignPoints: string[],
    readonly via: ChainInputs["via"],
  ) {}

  static async open(configuration: LabConfiguration = {}, via: ChainInputs["via"] = "referencePoint"): Promise<ChainScene> {
    const scene = await Scene.open({ pointJobDuration: 0, mergeDuration: 0, ...configuration });
    return new ChainScene(scene, [...scene.points], via);
  }

  get directory(): string {
    return this.scene.at("chains", "sql01");
  }

  inputs(changes: Partial<ChainInputs> = {}): ChainInputs {
    return {
      host: { kind: "simulator", directory: this.scene.labDirectory },
      virtualMachine: "SQL01",
      directory: this.directory,
      via: this.via,
      ignoreUnsupportedDisks: false,
      intent: "preserveChain",
      generation: "night-1",
      fullEvery: 3,
      keep: { last: 4, daily: 0, weekly: 0, monthly: 0, yearly: 0 },
      timeZone: "UTC",
      consistency: "application",
      verification: { level: "size", portion: "1/1" },
      onLostBase: "full",
      onDestroy: "delete",
      onExisting: "fail",
      timeouts: this.scene.timeouts,
      createUrn: "urn:pulumi:dev::ops::pulumi-nodejs:dynamic/hyperv:ExportChain::sql01",
      ...changes,
    };
  }

  /** The machine works on: bytes of its disk change. */
  async work(): Promise<void> {
    this.nights += 1;
    const write = { offset: (this.nights * 5000) % (dataDisk.bytes - 3000), bytes: 3000, seed: `night ${this.nights}` };
    await this.scene.lab.writeToDisk({ virtualMachine: "SQL01", disk: dataDisk.name, ...write });
  }

  /** Somebody else makes a point of the machine. */
  async addForeignPoint(): Promise<void> {
    const { id } = await this.scene.lab.addReferencePoint({ virtualMachine: "SQL01", kind: "rct" });
    this.foreignPoints.push(id);
  }

  record(): ChainRecord | undefined {
    const file = path.join(this.directory, CHAIN_FILE);
    if (!fs.existsSync(file)) return undefined;
    const parsed = parseChainRecord(fs.readFileSync(file, "utf8"));
    if (!parsed.ok) throw new Error(`the chain's record cannot be read: ${parsed.reason}`);
    return parsed.value;
  }

  /** Remembers what the disks held at every point that is there: once it is destroyed, nobody else knows. */
  async remember(): Promise<void> {
    const { virtualMachines } = await this.scene.lab.describe();
    for (const { id: virtualMachine, disks, referencePoints } of virtualMachines) {
      for (const { id: referencePoint } of referencePoints) {
        if (this.content.has(referencePoint)) continue;
        const sums: Record<string, string> = {};
        for (const { name } of disks) sums[name] = await this.scene.lab.diskSha256({ virtualMachine, disk: name, referencePoint });
        this.content.set(referencePoint, sums);
      }
    }
  }

  /** SHA-256 of each disk at a point that is remembered. */
  contentAt(referencePoint: string): Content | undefined {
    return this.content.get(referencePoint);
  }

  async pointsThere(): Promise<string[]> {
    const { virtualMachines } = await this.scene.lab.describe();
    return virtualMachines.flatMap(({ referencePoints }) => referencePoints.map(({ id }) => id));
  }

  /** Checkpoints that stand, and files of disks that are differences still. */
  async checkpointsThere(): Promise<{ readonly checkpoints: string[]; readonly unmerged: string[] }> {
    const { virtualMachines } = await this.scene.lab.describe();
    const files = virtualMachines.flatMap(({ diskFiles }) => diskFiles.map(({ path: file }) => file));
    return {
      checkpoints: virtualMachines.flatMap(({ checkpoints }) => checkpoints.map(({ id }) => id)),
      unmerged: files.filter((file) => file.endsWith(".avhdx")),
    };
  }

  /** What cannot be restored byte for byte of the generations that the record lists. */
  async restoreProblems(only?: readonly string[]): Promise<string[]> {
    const { generations = [] } = this.record() ?? {};
    const found: string[] = [];
    for (const generation of generations.filter(({ label }) => only?.includes(label) ?? true)) {
      const line = lineOf(generation, byLabel(generations));
      if (line === undefined) {
        found.push(`${generation.label} lacks its base`);
        continue;
      }
      const exports = [...line].reverse().map(({ label }) => path.join(this.directory, label));
      found.push(...(await this.differences(exports, generation)));
    }
    return found;
  }

  /** What a restore of a generation from these exports, the full one first, gives otherwise than the disks were. */
  async differences(exports: readonly string[], { label, referencePointId }: ChainRecord["generations"][number]): Promise<string[]> {
    const into = path.join(this.scene.directory, "restored");
    try {
      const { disks } = await this.scene.lab.restore({ exports, into });
      const wanted = this.content.get(referencePointId);
      if (wanted === undefined) return [`nobody knows what ${label} should hold`];
      return disks.flatMap(({ name, sha256 }) => (wanted[name] === sha256 ? [] : [`${label}: ${name} differs`]));
    } catch (error) {
      return [`${label} cannot be restored: ${(error as Error).message}`];
    } finally {
      fs.rmSync(into, { recursive: true, force: true });
    }
  }

  /**
   * Everything that is wrong with volume and points once an operation has ended.
   *
   * @param unproven points that are there and that nothing proves to be anybody's
   */
  async violations(labels: readonly string[], unproven: readonly string[] = []): Promise<string[]> {
    const found = await this.restoreProblems();
    const record = this.record();
    const generations = record?.generations ?? [];
    const there = generations.map(({ label }) => label);
    if (there.join() !== labels.join()) found.push(`the generations are ${there.join()}; expected ${labels.join()}`);
    if (record?.attempt) found.push("the record still has an attempt");
    if (record && record.removing.length > 0) found.push("the record still has generations to remove");
    const newest = generations.at(-1)?.referencePointId;
    const wantedPoints = [...this.foreignPoints, ...unproven, ...(newest === undefined ? [] : [newest])];
    const points = await this.pointsThere();
    if ([...points].sort().join() !== wantedPoints.sort().join())
      found.push(`the points are ${points.join()}; expected ${wantedPoints.join()}`);
    const { checkpoints, unmerged } = await this.checkpointsThere();
    if (checkpoints.length > 0) found.push(`the checkpoints ${checkpoints.join()} stand still`);
    if (unmerged.length > 0) found.push(`not merged: ${unmerged.join()}`);
    const top = fs.existsSync(this.directory) ? fs.readdirSync(this.directory) : [];
    const foreign = [...this.scene.foreignFiles().keys()].map((file) => path.relative(this.directory, file).split(path.sep)[0]);
    const strange = top.filter((name) => name !== CHAIN_FILE && !there.includes(name) && !foreign.includes(name));
    if (strange.length > 0) found.push(`left behind: ${strange.join()}`);
    if (record === undefined && labels.length === 0 && foreign.every((name) => name === "..") && fs.existsSync(this.directory))
      found.push("the directory was not removed");
    for (const { file } of top.length === 0 ? [] : walk(this.directory))
      if (/\.tmp$|\.repair-/.test(file)) found.push(`left behind: ${file}`);
    for (const label of there) if (!fs.existsSync(path.join(this.directory, label, CLAIM_FILE))) found.push(`${label} has no claim`);
    for (const [file, text] of this.scene.foreignFiles())
      if (!fs.existsSync(file) || fs.readFileSync(file, "utf8") !== text) found.push(`the foreign file ${file} was touched`);
    return found;
  }

  close(): void {
    this.scene.close();
  }
}
