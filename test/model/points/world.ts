import * as fs from "node:fs";
import * as path from "node:path";
import { POINT_RECORD, type PointEntry, type PointRecord } from "../../../provider/domain/reference-point/point-record";
import { type LabConfiguration, SimulatorHost } from "../../../provider/host/simulator/index";
import { dataDisk, Scene } from "../../support/scene";
import { setClockAhead } from "../in-process/set-clock";
import type { Machine, Manner } from "./commands";

const manners: Readonly<Record<Manner, LabConfiguration>> = {
  "by a job": { pointJobDuration: 5 },
  "listed late": { pointJobDuration: 5, pointListingDelay: 15 },
  "at once": { synchronousPoints: true },
};

/** A job of another tool is told from that of a killed run by its time: this is longer than clocks may be apart. */
const LATER_MS = 10 * 60_000;

export interface ListedPoint {
  readonly id: string;
  readonly machine: Machine;
}

export interface RecordOfResource {
  readonly urn: string;
  readonly entries: readonly PointEntry[];
}

/** A host with its volume, for one sequence alone, and the points that other tools have made on it. */
export class World {
  readonly foreign = new Set<string>();
  /** Points that another tool has destroyed. */
  readonly destroyed = new Set<string>();
  /** Points that a destroy was asked for while no state held an export of them: what a killed run has exported is no use of its base. */
  readonly given = new Set<string>();
  private writes = 0;

  private constructor(
    readonly scene: Scene,
    private readonly idOf: ReadonlyMap<Machine, string>,
  ) {
    for (const id of scene.points) this.foreign.add(id);
  }

  static async open(manner: Manner): Promise<World> {
    const scene = await Scene.open(manners[manner], undefined, undefined, "disk");
    const web = await scene.lab.addVirtualMachine({ name: "WEB01", disks: [{ name: dataDisk.name, bytes: 9 * 1024 }] });
    const [sql] = (await scene.lab.describe()).virtualMachines;
    return new World(
      scene,
      new Map([
        ["SQL01", sql?.id ?? ""],
        ["WEB01", web.id],
      ]),
    );
  }

  machineId(machine: Machine): string {
    return this.idOf.get(machine) ?? "";
  }

  async points(): Promise<ListedPoint[]> {
    const { virtualMachines } = await this.scene.lab.describe();
    return virtualMachines.flatMap(({ name, referencePoints }) => referencePoints.map(({ id }) => ({ id, machine: name as Machine })));
  }

  /** Another tool makes a point of the machine, of which no job tells. */
  async addForeignPoint(machine: Machine): Promise<string> {
    this.writes += 1;
    await this.scene.lab.writeToDisk({ virtualMachine: machine, disk: dataDisk.name, offset: 1000, bytes: 500, seed: this.writes });
    const { id } = await this.scene.lab.addReferencePoint({ virtualMachine: machine, kind: "rct" });
    this.foreign.add(id);
    return id;
  }

  /** The same by the method that we call, ten minutes later. The machine may refuse it. */
  async makeForeignPoint(machine: Machine): Promise<void> {
    await this.settle();
    setClockAhead(LATER_MS);
    const before = await this.points();
    const host = new SimulatorHost(this.scene.lab.directory);
    await host.createReferencePoints([{ virtualMachineId: this.machineId(machine), consistency: "crash" }]);
    await host.close();
    await this.settle();
    for (const { id } of await this.points()) if (!before.some((known) => known.id === id)) this.foreign.add(id);
    setClockAhead(LATER_MS);
  }

  async destroyPoint(id: string): Promise<void> {
    await this.scene.lab.removeReferencePoint(id);
    this.foreign.delete(id);
    this.destroyed.add(id);
  }

  /** Until no job about a point is under way any more, and what one has made is listed. */
  async settle(): Promise<void> {
    for (;;) {
      const { pointJobs } = await this.scene.lab.describe();
      await new Promise((resolve) => setTimeout(resolve, 25));
      if (pointJobs.every(({ jobState }) => jobState !== 3 && jobState !== 4)) return;
    }
  }

  /** What the host keeps of our resources. */
  async records(): Promise<RecordOfResource[]> {
    return (await this.recordFiles(POINT_RECORD)).map((text) => {
      const { owner, entries } = JSON.parse(text) as PointRecord;
      return { urn: owner.urn, entries };
    });
  }

  /** Every file below the host's folder of records. */
  async filesOfRecords(): Promise<string[]> {
    const folder = await this.recordsFolder();
    if (!fs.existsSync(folder)) return [];
    const all = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
    return all.filter((entry) => entry.isFile()).map(({ parentPath, name }) => path.join(parentPath, name));
  }

  private async recordFiles(named: string): Promise<string[]> {
    return (await this.filesOfRecords()).filter((file) => path.basename(file) === named).map((file) => fs.readFileSync(file, "utf8"));
  }

  private async recordsFolder(): Promise<string> {
    const host = new SimulatorHost(this.scene.lab.directory);
    const folder = await host.recordsDirectory();
    await host.close();
    return folder;
  }
}
